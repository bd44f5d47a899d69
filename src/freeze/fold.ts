/** Folds what training learned of one layer – latent signs, batch norm – into bits and integers. docs/conventions.md
 *  states the rules; test/freeze/fold.test.ts compares the result with batch norm at every value an operand can take.
 *
 *  Notation. A layer's operand t is the agreements p = 0 … n or the pixel sum A = −255 n … 255 n. The pre-activation that
 *  was trained on is a(t) = 2p − n, or A itself. y(a) is `normalize`; a neuron fires iff y >= 0. */

import { type BitMatrix, bitMatrix } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { normalize, slopeOf } from "../core/normalize.ts";
import { type FrozenDense, type FrozenOutput, MAX_WIDTH, type Operand, operandRange } from "../model/model.ts";

/** Batch norm's numbers for a layer of m neurons: each array f32 [m]. */
export interface BatchNorm {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly epsilon: number;
}

/** What follows the output layer's product: one positive factor for all classes, which changes no argmax and is dropped,
 *  or batch norm. */
export type Head = { readonly kind: "scale" } | ({ readonly kind: "batch-norm" } & BatchNorm);

/** Weight rows and thresholds of a hidden layer, such that (t' >= T) = (y >= 0) for every t, exactly.
 *  signs: Bits[m, n]; `norm` undefined: y = a. `layer` names the layer in messages. The result shares no memory.
 *  Throws `freeze` when a number of batch norm is not finite or the layer is wider than MAX_WIDTH.
 *
 *  Derivation. y is monotone in a (core/normalize.ts).
 *  slope > 0: y rises with t; T is the least t with y >= 0.
 *  slope < 0: y falls with t. Inverting the weight row gives t' = n − p or −A, and in both cases a(t) = −a(t'), so that y
 *             rises with t'; T is the least t' with y(−a(t')) >= 0.
 *  slope = ±0: y = beta for every t, and the least t with y >= 0 is the lowest one if beta >= 0, else none: the rule for
 *             γ = 0 falls out. It is the slope's sign that counts, not that of γ, since γ/σ may underflow.
 *  No such t: T = highest + 1, never. All t: T = lowest, always. Monotony makes the predicate a step, which bisection
 *  finds in log2(range) evaluations of the same float32 operations that inference-time training code runs: rounding and
 *  exact zeros (y = ±0 fires) cannot differ. An infinite slope is refused: at a = mean it makes y = 0 · ∞, not a number. */
export function foldHidden(
  signs: BitMatrix,
  operand: Operand,
  norm: BatchNorm | undefined,
  layer: string,
): FrozenDense {
  const n = signs.columns;
  checkWidth(n, layer);
  const weights = copy(signs);
  const thresholds = new Int32Array(signs.rows);
  for (let j = 0; j < signs.rows; j++) {
    const { mean, slope, beta } = norm ? affine(norm, j, layer) : { mean: 0, slope: 1, beta: 0 };
    const inverted = slope < 0;
    if (inverted) invertRow(weights, j);
    const fires = (t: number) => {
      const a = operand === "sum" ? t : 2 * t - n;
      return normalize(inverted ? -a : a, mean, slope, beta) >= 0;
    };
    thresholds[j] = leastTrue(operandRange(operand, n), fires);
  }
  return { kind: "dense", operand, weights, thresholds };
}

/** Weight rows and integer scores A·t + B of the output layer, all of them within int32.
 *  signs: Bits[classes, n]. Throws `freeze` as `foldHidden` does.
 *
 *  Derivation, batch norm. In real arithmetic y_j = slope_j (a − mean_j) + beta_j = α_j t + b_j, with α = 2 slope and
 *  b = beta − slope (n + mean) on agreements, α = slope and b = beta − slope · mean on sums. Multiplying all classes by one
 *  S > 0 keeps the argmax. With c the middle of t's range [L, U],
 *      A_j = round(S α_j),  B_j = round(S (α_j c + b_j) − A_j c),
 *  rounds the line in its middle, where t mostly is, rather than at t = 0:
 *      |A_j t + B_j − S y_j| ≤ |t − c|/2 + 1/2.
 *  So the frozen class can differ from the real-valued argmax only where two y lie closer than (|t_i − c| + |t_j − c|)/2S +
 *  1/S, at most (U − L + 2)/2S. S is as large as int32 permits. With R = max(|L|, |U|), rounding moves neither a score
 *  (by (U − L)/4 + 1/2 at most) nor A or B (by |c|/2 + 1/2) further than R/2 + 1, and S = (2³¹ − 2 − R/2)/m with
 *  m = max_j(|α_j|, |b_j|, |y_j(L)|, |y_j(U)|) keeps all of them ≤ 2³¹ − 1: y is linear, its extremes are at the ends.
 *  For n = 1024 near-ties are thus below m · 2.4e-7, the resolution of float32. m = 0 leaves A = B = 0: class 0 always. */
export function foldOutput(signs: BitMatrix, operand: Operand, head: Head, layer: string): FrozenOutput {
  const n = signs.columns;
  checkWidth(n, layer);
  const classes = signs.rows;
  const weights = copy(signs);
  if (head.kind === "scale") {
    return { kind: "output", operand, weights, scale: new Int32Array(classes).fill(1), offset: new Int32Array(classes) };
  }
  const { lowest, highest } = operandRange(operand, n);
  const lines = Array.from({ length: classes }, (_, j) => {
    const { mean, slope, beta } = affine(head, j, layer);
    return operand === "sum"
      ? { alpha: slope, b: beta - slope * mean }
      : { alpha: 2 * slope, b: beta - slope * (n + mean) };
  });
  let largest = 0;
  for (const { alpha, b } of lines) {
    const ends = [alpha, b, alpha * lowest + b, alpha * highest + b];
    largest = Math.max(largest, ...ends.map(Math.abs));
  }
  const reach = Math.max(-lowest, highest);
  const common = largest === 0 ? 1 : (2 ** 31 - 2 - reach / 2) / largest;
  const centre = (lowest + highest) / 2;
  const scale = Int32Array.from(lines, ({ alpha }) => Math.round(common * alpha));
  const offset = Int32Array.from(lines, ({ alpha, b }, j) =>
    Math.round(common * (alpha * centre + b) - scale[j]! * centre),
  );
  return { kind: "output", operand, weights, scale, offset };
}

/** Slope, mean and beta of neuron j, all finite. */
function affine(norm: BatchNorm, j: number, layer: string): { mean: number; slope: number; beta: number } {
  const numbers = { mean: norm.mean[j]!, variance: norm.variance[j]!, gamma: norm.gamma[j]!, beta: norm.beta[j]! };
  const slope = slopeOf(numbers.gamma, numbers.variance, norm.epsilon);
  for (const [name, value] of Object.entries({ ...numbers, slope })) {
    if (!Number.isFinite(value)) {
      throw new OnebitError(
        "freeze",
        `${layer}, neuron ${j}: the batch norm's ${name} is ${value}, so it has no threshold`,
        "The training diverged: train again with a smaller learning rate.",
      );
    }
  }
  return { mean: numbers.mean, slope, beta: numbers.beta };
}

/** The least t in lowest … highest for which a predicate that only ever steps from false to true holds, or highest + 1. */
function leastTrue({ lowest, highest }: { lowest: number; highest: number }, holds: (t: number) => boolean): number {
  let low = lowest;
  let high = highest + 1; // the answer is in low … high
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkWidth(n: number, layer: string): void {
  if (n > MAX_WIDTH) {
    throw new OnebitError("freeze", `${layer} has ${n} inputs; a frozen layer takes at most ${MAX_WIDTH}`);
  }
}

function copy(m: BitMatrix): BitMatrix {
  return bitMatrix(m.rows, m.columns, new Uint8Array(m.bytes));
}

/** Inverts the bits of row j and leaves its padding 0. */
function invertRow(m: BitMatrix, j: number): void {
  const start = j * m.stride;
  for (let k = 0; k < m.columns; k += 8) {
    const bits = Math.min(8, m.columns - k);
    m.bytes[start + (k >> 3)]! ^= (1 << bits) - 1;
  }
}
