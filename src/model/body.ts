/** The numbers of a model in a `.onebit` file: weights, thresholds and scores, as docs/format.md lays them out. */

import { bitMatrix } from "../core/bits.ts";
import { int32Bytes } from "../core/bytes.ts";
import type { Shape } from "../core/shape.ts";
import { BitReader, BitWriter } from "./bitstream.ts";
import {
  type FrozenDense,
  type FrozenEncoder,
  type FrozenModel,
  hiddenOf,
  operandOf,
  outputOf,
  thresholdBits,
} from "./model.ts";

/** Bytes of each part. */
export interface BodySizes {
  readonly weights: number;
  readonly thresholds: number;
  readonly scores: number;
}

/** Of a model with this encoder and these widths, from input to classes. */
export function bodySizes(encoder: FrozenEncoder, widths: readonly number[]): BodySizes {
  let weights = 0;
  let thresholds = 0;
  for (let i = 0; i + 1 < widths.length; i++) {
    const [n, m] = [widths[i]!, widths[i + 1]!];
    weights += n * m;
    if (i + 2 < widths.length) thresholds += m * thresholdBits(operandOf(encoder.kind, i), n);
  }
  return { weights: Math.ceil(weights / 8), thresholds: Math.ceil(thresholds / 8), scores: 8 * widths.at(-1)! };
}

/** The weights of all layers as one bit stream. */
export function weightStream({ layers }: FrozenModel): Uint8Array {
  const stream = new BitWriter(layers.reduce((sum, { weights }) => sum + weights.rows * weights.columns, 0));
  for (const { weights } of layers) stream.writeMatrix(weights);
  return stream.bytes;
}

/** The thresholds of all hidden layers as one bit stream. */
export function thresholdStream(model: FrozenModel): Uint8Array {
  const hidden = hiddenOf(model);
  const widths = hidden.map((layer) => thresholdBits(layer.operand, layer.weights.columns));
  const stream = new BitWriter(hidden.reduce((sum, layer, i) => sum + layer.thresholds.length * widths[i]!, 0));
  for (const [i, layer] of hidden.entries()) {
    for (const threshold of layer.thresholds) stream.write(threshold, widths[i]!);
  }
  return stream.bytes;
}

/** A_0, B_0, A_1, B_1 … as int32 little-endian. */
export function scoreBytes(model: FrozenModel): Uint8Array {
  const { scale, offset } = outputOf(model);
  const pairs = new Int32Array(2 * scale.length);
  for (let j = 0; j < scale.length; j++) pairs.set([scale[j]!, offset[j]!], 2 * j);
  return int32Bytes(pairs);
}

/** The model of these parts of a file, which are as long as `bodySizes` says; undefined when bits that fill up the
 *  weights or the thresholds are not 0: a model has one file, and one hash. */
export function readBody(
  parts: Readonly<Record<keyof BodySizes, Uint8Array>>,
  encoder: FrozenEncoder,
  shape: Shape,
  widths: readonly number[],
): FrozenModel | undefined {
  const weights = new BitReader(parts.weights);
  const thresholds = new BitReader(parts.thresholds);
  const stack = widths.slice(1).map((rows, i) => {
    const matrix = bitMatrix(rows, widths[i]!);
    weights.readMatrix(matrix);
    return { operand: operandOf(encoder.kind, i), weights: matrix };
  });
  const output = stack.pop()!;
  const hidden = stack.map((layer): FrozenDense => {
    const width = thresholdBits(layer.operand, layer.weights.columns);
    const read = () => signed(thresholds.read(width), layer.operand === "sum" ? width : 32);
    return { kind: "dense", ...layer, thresholds: Int32Array.from({ length: layer.weights.rows }, read) };
  });
  if (!weights.restIsZero || !thresholds.restIsZero) return undefined;
  const scores = new DataView(parts.scores.buffer, parts.scores.byteOffset, parts.scores.length);
  const classes = output.weights.rows;
  const scale = Int32Array.from({ length: classes }, (_, j) => scores.getInt32(8 * j, true));
  const offset = Int32Array.from({ length: classes }, (_, j) => scores.getInt32(8 * j + 4, true));
  return { encoder, shape, layers: [...hidden, { kind: "output", ...output, scale, offset }] };
}

/** The two's complement number in the low `width` bits. */
function signed(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}
