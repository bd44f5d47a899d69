/** What an engine takes. */

import { type BitMatrix, dirtyPadding, rowBytes } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { type FrozenModel, inputsOf } from "../model/model.ts";

/** 8-bit pixels u8 [count, inputs], or, for a model that takes bits, Bits[count, inputs]. */
export type Inputs = Uint8Array | BitMatrix;

/** How many images there are; a fraction when the last one is not whole. Throws `argument` for anything but images. */
export function countInputs(model: FrozenModel, inputs: Inputs): number {
  if (inputs instanceof Uint8Array) return inputs.length / inputsOf(model);
  if (!(inputs?.bytes instanceof Uint8Array)) {
    throw new OnebitError("argument", "images are a Uint8Array of 8-bit pixels", "Binarized ones are a BitMatrix.");
  }
  return inputs.rows;
}

/** Throws `argument` when there are no images, or something else, or bits in the padding of a row; `shape` when they are
 *  not `count` of the model's width; `kind` when they are bits and the model takes pixels. */
export function checkInputs(model: FrozenModel, inputs: Inputs, count: number): void {
  const n = inputsOf(model);
  const found = countInputs(model, inputs);
  if (found === 0) throw new OnebitError("argument", "there are no images");
  if (inputs instanceof Uint8Array) {
    if (found === count && Number.isInteger(count)) return;
    const what = Number.isInteger(count) ? `${count} images` : "a whole number of images";
    throw new OnebitError("shape", `${inputs.length} bytes are not ${what} of ${n} pixels`);
  }
  const { rows, columns, stride, bytes } = inputs;
  if (model.encoder.kind === "pixels") throw new OnebitError("kind", "this model takes 8-bit pixels, not bits");
  if (rows !== count || !Number.isInteger(rows) || columns !== n) {
    throw new OnebitError("shape", `${rows} × ${columns} bits are not ${count} images of ${n}`);
  }
  if (stride !== rowBytes(n) || bytes.length !== rows * stride) {
    throw new OnebitError("shape", `${rows} images of ${n} bits take rows of ${rowBytes(n)} bytes`);
  }
  const dirty = dirtyPadding(inputs);
  if (dirty) throw new OnebitError("argument", `image ${dirty.row}: padding bit ${dirty.column} is 1`);
}
