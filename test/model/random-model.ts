/** Random frozen models for tests, functions of their seed. */

import { type BitMatrix, bitMatrix, setBit } from "../../src/core/bits.ts";
import { below, randomWords } from "../../src/core/random.ts";
import {
  type FrozenDense,
  type FrozenEncoder,
  type FrozenModel,
  type FrozenOutput,
  operandOf,
  operandRange,
} from "../../src/model/model.ts";

/** A model of these widths. Thresholds lie around the middle of the operand's range, where neurons are undecided; the first
 *  neuron of each layer always fires, the second never. Scores lie around 0, so that each class wins at times. */
export function randomModel(sizes: readonly number[], kind: FrozenEncoder["kind"], seed: number): FrozenModel {
  const next = randomWords(seed, "test model");
  const layers = sizes.slice(1).map((rows, i) => {
    const columns = sizes[i]!;
    return { operand: operandOf(kind, i), weights: randomBits(rows, columns, next) };
  });
  const output = layers.pop()!;
  const hidden = layers.map((layer) => {
    const { lowest, highest } = operandRange(layer.operand, layer.weights.columns);
    const spread = Math.ceil(Math.sqrt(layer.weights.columns)) * (layer.operand === "sum" ? 200 : 1);
    const thresholds = Int32Array.from({ length: layer.weights.rows }, () => {
      const t = Math.ceil((lowest + highest) / 2) - spread + below(next(), 2 * spread + 1);
      return Math.min(highest + 1, Math.max(lowest, t));
    });
    thresholds[0] = lowest;
    if (thresholds.length > 1) thresholds[1] = highest + 1;
    return { ...layer, thresholds };
  });
  const scale = Int32Array.from({ length: output.weights.rows }, () => below(next(), 41) - 20);
  const { lowest, highest } = operandRange(output.operand, output.weights.columns);
  const offset = scale.map((a) => below(next(), 41) - 20 - Math.round((a * (lowest + highest)) / 2));
  const encoder: FrozenEncoder = kind === "pixels" ? { kind } : { kind, threshold: below(next(), 256) };
  return stacked(encoder, hidden, { ...output, scale, offset });
}

/** The model of these layers; a sample is a list of numbers. */
export function stacked(
  encoder: FrozenEncoder,
  hidden: readonly Omit<FrozenDense, "kind">[],
  output: Omit<FrozenOutput, "kind">,
): FrozenModel {
  return {
    encoder,
    shape: [(hidden[0] ?? output).weights.columns],
    layers: [
      ...hidden.map((layer): FrozenDense => ({ ...layer, kind: "dense" })),
      { ...output, kind: "output" } satisfies FrozenOutput,
    ],
  };
}

/** The same with a hidden layer changed. */
export function withHidden(model: FrozenModel, index: number, change: Partial<FrozenDense>): FrozenModel {
  const layers = model.layers.map((layer, i) => (i === index ? ({ ...layer, ...change } as FrozenDense) : layer));
  return { ...model, layers };
}

/** The same with the output layer changed. */
export function withOutput(model: FrozenModel, change: Partial<FrozenOutput>): FrozenModel {
  const layers = model.layers.map((layer) => (layer.kind === "output" ? { ...layer, ...change } : layer));
  return { ...model, layers };
}

export function randomBits(rows: number, columns: number, next: () => number): BitMatrix {
  const m = bitMatrix(rows, columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) setBit(m, r, c, next() >>> 31);
  return m;
}

/** u8 [count, n]: 0, 255 and all between. */
export function randomImages(count: number, n: number, seed: number): Uint8Array {
  const next = randomWords(seed, "test images");
  return Uint8Array.from({ length: count * n }, () => {
    const word = next();
    return word < 2 ** 30 ? 0 : word >= 3 * 2 ** 30 ? 255 : word & 255;
  });
}
