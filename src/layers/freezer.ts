/** How trained layers become a frozen model: each adds what it does to the product before it, until sign or the network's end
 *  closes it (src/freeze). */

import type { BitMatrix } from "../core/bits.ts";

/** y = shift + slope · (x − centre) of neuron j, in the float32 operations of inference and as real numbers. Every layer
 *  between a product and its sign is such a line. */
export interface Line {
  /** The operations of inference on x, each rounded to float32. Monotone: rising for slope > 0, falling for slope < 0. */
  apply(x: number, neuron: number): number;
  /** Of a neuron: its sign says whether y rises or falls with x. */
  slope(neuron: number): number;
  /** Of a neuron: the x whose y is the shift. */
  centre(neuron: number): number;
  /** Of a neuron: y at the centre. */
  shift(neuron: number): number;
  /** Numbers of neuron j that must be finite, by name, for messages. */
  numbers?(neuron: number): Readonly<Record<string, number>>;
  /** "positive": one factor > 0 for all neurons, which changes no sign and no argmax; "integer": whole shifts, slope 1. */
  readonly common?: "positive" | "integer";
}

/** Takes the layers of a network one after the other. Throws `freeze` when one comes where it has no frozen form. */
export interface Freezer {
  /** A product of ±1 weights [neurons, inputs] and what the layer before gave. */
  product(weights: BitMatrix, operand: "agreements" | "sum"): void;
  /** What is done to the product, or to what was done to it, neuron by neuron. It stands before a sign, or at the
   *  end. */
  line(line: Line): void;
  /** Bits: 1 where y >= 0, or with `strict` where y > 0. */
  sign(strict: boolean): void;
}
