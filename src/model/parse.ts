/** What a file's JSON says of a model: its encoder, shape and layers. Shared by the `.onebit` header and
 *  `manifest.json`. */

import type { OnebitError } from "../core/errors.ts";
import { brief, isObject } from "../core/json.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { layerNameOf } from "./check.ts";
import { type FrozenEncoder, type FrozenModel, MAX_LAYERS, MAX_WIDTH } from "./model.ts";

/** Makes the error of "FILE has …". */
type Fault = (what: string, hint?: string) => OnebitError;

/** The encoder. Its threshold is for `checkModel` to judge. */
export function parseEncoder(encoder: unknown, fault: Fault): FrozenEncoder {
  if (isObject(encoder)) {
    if (encoder.kind === "pixels") return { kind: "pixels" };
    if (encoder.kind === "threshold" && typeof encoder.threshold === "number") {
      return { kind: "threshold", threshold: encoder.threshold };
    }
  }
  throw fault(`has the unknown encoder ${brief(encoder)}`);
}

/** The widths from input to classes, 2 … MAX_LAYERS + 1, each 1 … MAX_WIDTH. */
export function parseWidths(widths: unknown, fault: Fault): number[] {
  if (Array.isArray(widths) && widths.length >= 2 && widths.length <= MAX_LAYERS + 1 && widths.every(isWidth)) {
    return widths;
  }
  throw fault(`has the layers ${brief(widths)}, not 2 … ${MAX_LAYERS + 1} widths of 1 … ${MAX_WIDTH}`);
}

/** A sample's shape: 1 … 4 sizes, whose product is 1 … MAX_WIDTH. */
export function parseShape(shape: unknown, fault: Fault): Shape {
  if (Array.isArray(shape) && shape.length >= 1 && shape.length <= 4 && shape.every(isWidth)) {
    if (sizeOf(shape) <= MAX_WIDTH) return shape;
  }
  throw fault(`has the shape ${brief(shape)}, not up to 4 sizes of a sample of 1 … ${MAX_WIDTH} numbers`);
}

/** The widths from input to classes of layers [{"kind":"dense","units":500}, …, {"kind":"output","units":10}] on samples of
 *  `inputs` numbers. */
export function parseLayers(layers: unknown, inputs: number, fault: Fault): number[] {
  if (!Array.isArray(layers) || layers.length < 1 || layers.length > MAX_LAYERS || !layers.every(isObject)) {
    throw fault(`has the layers ${brief(layers)}, not a list of 1 … ${MAX_LAYERS} objects`);
  }
  for (const [i, { kind, units }] of layers.entries()) {
    const expected = i + 1 === layers.length ? "output" : "dense";
    if (kind !== "dense" && kind !== "output") {
      throw fault(`has ${layerNameOf(i)} of the unknown kind ${brief(kind)}`, "A newer onebit may know it.");
    }
    if (kind !== expected) throw fault(`has ${layerNameOf(i)} of kind ${kind}, where ${expected} must be`);
    if (!isWidth(units)) throw fault(`has ${layerNameOf(i)} of ${brief(units)} units, not 1 … ${MAX_WIDTH}`);
  }
  return [inputs, ...layers.map(({ units }) => units as number)];
}

/** What `parseLayers` reads. */
export function describeLayers({ layers }: FrozenModel): { kind: string; units: number }[] {
  return layers.map(({ kind, weights }) => ({ kind, units: weights.rows }));
}

function isWidth(size: unknown): size is number {
  return Number.isInteger(size) && (size as number) >= 1 && (size as number) <= MAX_WIDTH;
}
