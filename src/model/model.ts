/** The frozen model: integers and bits, nothing else. It *is* the model; every exporter and engine gives its scores.
 *
 *  It is an encoder and a list of layers, the last of which is the output:
 *  dense   neuron j outputs bit 1 iff p_j >= T_j.
 *  output  score_j = A_j · p_j + B_j; the class is argmax_j, the lowest index among equals.
 *  p_j is the number of agreements n − popcount(x XOR w_j), 0 … n; a first layer on 8-bit pixels uses the signed sum
 *  Σ w·q, |Σ| <= 255 n, in its place (`operand: "sum"`). docs/conventions.md has the derivations. */

import type { BitMatrix } from "../core/bits.ts";
import { type Shape, sizeOf } from "../core/shape.ts";

/** How a sample becomes the first layer's input. A net trained on random binarizations freezes to threshold 127: the
 *  most probable bit, 1 iff pixel/255 > 1/2. */
export type FrozenEncoder =
  | { readonly kind: "threshold"; readonly threshold: number } // bit = 1 iff pixel > threshold
  | { readonly kind: "pixels" }; // 8-bit pixels into ±1 weights

/** What a layer counts: agreements of bits, or the signed sum of 8-bit pixels. Only the first layer can be "sum". */
export type Operand = "agreements" | "sum";

/** A fully connected layer with a threshold a neuron: bits in (or pixels, if it is the first), bits out. */
export interface FrozenDense {
  readonly kind: "dense";
  readonly operand: Operand;
  /** [neurons, inputs]; rows of neurons with γ < 0 are inverted already. */
  readonly weights: BitMatrix;
  /** [neurons]; each 0 … n + 1 on agreements, −255 n … 255 n + 1 on sums. */
  readonly thresholds: Int32Array;
}

/** A fully connected layer with a score a class: always the last layer, and only there. */
export interface FrozenOutput {
  readonly kind: "output";
  readonly operand: Operand;
  /** [classes, inputs] */
  readonly weights: BitMatrix;
  /** A, [classes] */
  readonly scale: Int32Array;
  /** B, [classes] */
  readonly offset: Int32Array;
}

/** A layer of a frozen model, told apart by `kind`. */
export type FrozenLayer = FrozenDense | FrozenOutput;

/** Bits and integers: all that inference takes. The last of the layers is the output. */
export interface FrozenModel {
  readonly encoder: FrozenEncoder;
  /** Of a sample: [height, width, channels] or [features]. Layers see its numbers in row-major order. */
  readonly shape: Shape;
  readonly layers: readonly FrozenLayer[];
}

/** The largest width of a layer: 255 · 65,793 = 2²⁴ − 1, so that each sum of pixels is exact in float32. */
export const MAX_WIDTH = 65_793;

/** The most layers. Rows are padded in memory, so that more, of one neuron each, would take far more than their file. */
export const MAX_LAYERS = 255;

/** Widths from input to classes, e.g. [784, 500, 1024, 1024, 10]. */
export function layerSizes(model: FrozenModel): number[] {
  return [inputsOf(model), ...model.layers.map((layer) => layer.weights.rows)];
}

/** Pixels, or bits, of a sample. */
export function inputsOf({ shape }: FrozenModel): number {
  return sizeOf(shape);
}

/** The layers before the output. Expects a model that `checkModel` accepts. */
export function hiddenOf({ layers }: FrozenModel): readonly FrozenDense[] {
  return layers.slice(0, -1) as FrozenDense[];
}

/** The last layer. Expects a model that `checkModel` accepts. */
export function outputOf({ layers }: FrozenModel): FrozenOutput {
  return layers.at(-1) as FrozenOutput;
}

/** How many classes there are. */
export function classesOf(model: FrozenModel): number {
  return outputOf(model).weights.rows;
}

/** The operand of layer `index`, counted from 0, under an encoder of `kind`. */
export function operandOf(kind: FrozenEncoder["kind"], index: number): Operand {
  return kind === "pixels" && index === 0 ? "sum" : "agreements";
}

/** The least and the greatest value of an operand on n inputs. A threshold is lowest … highest + 1: always … never. */
export function operandRange(operand: Operand, n: number): { readonly lowest: number; readonly highest: number } {
  return operand === "sum" ? { lowest: -255 * n, highest: 255 * n } : { lowest: 0, highest: n };
}

/** Bits of a stored threshold: ceil(log2(n + 2)), unsigned, on agreements; 1 + ceil(log2(255 n + 2)), two's complement,
 *  on sums. (32 − clz32(x) = ceil(log2(x + 1)) is the bit length of x.) */
export function thresholdBits(operand: Operand, n: number): number {
  return (operand === "sum" ? 1 : 0) + 32 - Math.clz32(operandRange(operand, n).highest + 1);
}
