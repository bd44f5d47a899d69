/** What a file's JSON says of a model: its input and its widths. Shared by the `.onebit` header and `manifest.json`. */

import type { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { type FrozenInput, MAX_WIDTH } from "./model.ts";

/** The input. Its threshold is for `checkModel` to judge. `fault` makes the error of "FILE has …". */
export function parseInput(input: unknown, fault: (what: string) => OnebitError): FrozenInput {
  if (isObject(input)) {
    if (input.kind === "pixels") return { kind: "pixels" };
    if (input.kind === "threshold" && typeof input.threshold === "number") {
      return { kind: "threshold", threshold: input.threshold };
    }
  }
  throw fault(`has the unknown input ${shown(input)}`);
}

/** As many as a configuration takes. Rows are padded in memory, so that more, of one neuron each, would take far more
 *  than their file. */
const MAX_LAYERS = 256;

/** The widths from input to classes, 2 … MAX_LAYERS, each 1 … MAX_WIDTH. */
export function parseLayers(layers: unknown, fault: (what: string) => OnebitError): number[] {
  const fits = (size: unknown) => Number.isInteger(size) && (size as number) >= 1 && (size as number) <= MAX_WIDTH;
  if (!Array.isArray(layers) || layers.length < 2 || layers.length > MAX_LAYERS || !layers.every(fits)) {
    throw fault(`has the layers ${shown(layers)}, not 2 … ${MAX_LAYERS} widths of 1 … ${MAX_WIDTH}`);
  }
  return layers;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
