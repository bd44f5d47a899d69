/** A frozen model in differences instead of agreements: the form that engines and exported code compute in.
 *
 *  With d = popcount(x XOR w), the padding of which is 0, agreements are p = n − d, so
 *      p >= T          is  d <= n − T
 *      A · p + B       is  (A · n + B) − A · d.
 *  A sum over 8-bit pixels q = Σ_k 2^k q_k has the same form. For one bit plane, with W the bits of w and |·| the number of
 *  ones, d_k = |q_k XOR W| = |q_k| + |W| − 2 |q_k AND W|, so with D = Σ_k 2^k d_k
 *      Σ w·q = 2 Σ_{W=1} q − Σ q = Σ_k 2^k (2 |q_k AND W| − |q_k|) = Σ_k 2^k (|W| − d_k) = 255 |W| − D.
 *  One XOR and one popcount thus serve both operands: `planes` is 1 or 8, the greatest agreement n or 255 |W|. */

import { rowOnes } from "../core/bits.ts";
import { type FrozenDense, type FrozenOutput, type Operand, operandRange } from "./model.ts";

/** Bit planes of a layer's input. */
export function planesOf(operand: Operand): 1 | 8 {
  return operand === "sum" ? 8 : 1;
}

/** L of each neuron: it fires iff D <= L. L is −1, never, … n or 255 n, always. */
export function limits({ operand, weights, thresholds }: FrozenDense): Int32Array {
  const { highest } = operandRange(operand, weights.columns);
  return greatest({ operand, weights }).map((most, j) => Math.max(-1, Math.min(highest, most - thresholds[j]!)));
}

/** B' of each class: score_j = B'_j − A_j · D_j. It is a score itself, so it fits int32. */
export function offsets({ operand, weights, scale, offset }: FrozenOutput): Int32Array {
  return greatest({ operand, weights }).map((most, j) => scale[j]! * most + offset[j]!);
}

/** The operand of each row at D = 0. */
function greatest({ operand, weights }: Pick<FrozenDense, "operand" | "weights">): Int32Array {
  if (operand === "sum") return rowOnes(weights).map((ones) => 255 * ones);
  return new Int32Array(weights.rows).fill(weights.columns);
}
