/** onebit/infer: loads a `.onebit` model and classifies images. Small, without dependencies but a hash, for any host.
 *
 *  ```ts
 *  import { loadModel } from "onebit/infer";
 *  const model = loadModel(new Uint8Array(await (await fetch("model.onebit")).arrayBuffer()));
 *  const [digit] = model.classify(pixels); // Uint8Array of 784 grey values, row by row, 255 is ink
 *  ``` */

import { OnebitError } from "./core/errors.ts";
import { classify, scores } from "./infer/run.ts";
import { decodeModel, type ModelFile } from "./model/file.ts";
import { layerSizes } from "./model/model.ts";

export { OnebitError, type OnebitErrorCode } from "./core/errors.ts";
export type { ModelFile, ModelInfo } from "./model/file.ts";
export type { FrozenHidden, FrozenInput, FrozenModel, FrozenOutput, Operand } from "./model/model.ts";

export interface LoadedModel extends ModelFile {
  /** Pixels of an image. */
  readonly inputs: number;
  readonly classes: number;
  /** Int32Array [count, classes] of u8 [count, inputs]: one image or several, one after the other. */
  scores(images: Uint8Array): Int32Array;
  /** The class of each image, Int32Array [count]: the greatest score, the lowest index among equals. */
  classify(images: Uint8Array): Int32Array;
}

/** The model of a `.onebit` file's bytes. Throws `model` when they are truncated, altered or of a newer format.
 *  It and its methods throw `argument` for no images or something else than bytes, `shape` for a wrong number of pixels. */
export function loadModel(bytes: Uint8Array): LoadedModel {
  if (!(bytes instanceof Uint8Array)) {
    throw new OnebitError("argument", "a model is a Uint8Array", "Wrap an ArrayBuffer: new Uint8Array(buffer).");
  }
  const file = decodeModel(bytes);
  const sizes = layerSizes(file.model);
  const inputs = sizes[0]!;
  return {
    ...file,
    inputs,
    classes: sizes.at(-1)!,
    scores: (images) => scores(file.model, images, images.length / inputs),
    classify: (images) => classify(file.model, images, images.length / inputs),
  };
}
