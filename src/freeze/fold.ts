/** Folds what training learned of one layer – latent signs and the lines y(a) behind their sums – into bits and integers.
 *  docs/conventions.md states the rules; test/freeze/fold.test.ts compares the result with inference at every value an operand
 *  can take.
 *
 *  Notation. A layer's operand t is the agreements p = 0 … n or the sum A = −255 n … 255 n of 8-bit numbers. The pre-activation
 *  that was trained on is a(t) = 2p − n, or A itself. y(a) is what the layers between the sum and its sign make of it: lines one
 *  after the other, as batch norm, a common scale, an offset; with none of them y = a. */

import { type BitMatrix, bitMatrix } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import type { Line } from "../layers/freezer.ts";
import { type FrozenDense, type FrozenOutput, MAX_WIDTH, type Operand, operandRange } from "../model/model.ts";

/** A product of ±1 weights, Bits[m, n], and the lines behind it. `name` names the layer in messages. */
export interface Open {
  readonly signs: BitMatrix;
  readonly operand: Operand;
  readonly lines: readonly Line[];
  readonly name: string;
}

/** Weight rows and thresholds of a hidden layer, such that (t' >= T) = (y fires) for every t, exactly: y >= 0, or with `strict`
 *  y > 0. The result shares no memory. Throws `freeze` when a number of a line is not finite or the layer is wider than
 *  MAX_WIDTH.
 *
 *  Derivation. Each line is monotone in its x (core/normalize.ts), so y is monotone in a, and rises or falls as the product of
 *  the slopes' signs says.
 *  product > 0: y rises with t; T is the least t that fires.
 *  product < 0: y falls with t. Inverting the weight row gives t' = n − p or −A, and in both cases a(t) = −a(t'), so that y
 *               rises with t'; T is the least t' for which y(−a(t')) fires.
 *  product = ±0: y is the same for every t, and the least t that fires is the lowest one if it does, else none: the rule for
 *               γ = 0 falls out. It is the slopes' signs that count, not that of γ, since γ/σ may underflow.
 *  No such t: T = highest + 1, never. All t: T = lowest, always. Monotony makes the predicate a step, which bisection
 *  finds in log2(range) evaluations of the same float32 operations that inference-time training code runs: rounding and
 *  exact zeros (y = ±0 fires unless strict) cannot differ. An infinite slope is refused: at a = mean it makes y = 0 · ∞, not a
 *  number. */
export function foldHidden({ signs, operand, lines, name }: Open, strict: boolean): FrozenDense {
  const n = signs.columns;
  checkWidth(n, name);
  const weights = copy(signs);
  const thresholds = new Int32Array(signs.rows);
  for (let j = 0; j < signs.rows; j++) {
    checkNumbers(lines, j, name);
    const inverted = lines.reduce((sign, line) => sign * Math.sign(line.slope(j)), 1) < 0;
    if (inverted) invertRow(weights, j);
    const fires = (t: number) => {
      const a = operand === "sum" ? t : 2 * t - n;
      const y = lines.reduce((x, line) => line.apply(x, j), inverted ? -a : a);
      return strict ? y > 0 : y >= 0;
    };
    thresholds[j] = leastTrue(operandRange(operand, n), fires);
  }
  return { kind: "dense", operand, weights, thresholds };
}

/** Weight rows and integer scores A·t + B of the output layer, all of them within int32.
 *  Throws `freeze` as `foldHidden` does.
 *
 *  Derivation. In real arithmetic y_j = α_j t + b_j: the sum itself is a = 2t − n on agreements and a = t on sums, and a line
 *  behind x = α t + b makes shift + slope (x − centre) = (slope α) t + shift − slope (centre − b).
 *  Where all lines are one positive factor for all classes, it changes no argmax and is dropped: A = 1, B = 0. With whole shifts
 *  beside it (biases of ±1), a + shift is a score: A = 2 on agreements, whose −n is common, or 1 on sums, and B = shift.
 *  Otherwise, multiplying all classes by one S > 0 keeps the argmax. With c the middle of t's range [L, U],
 *      A_j = round(S α_j),  B_j = round(S (α_j c + b_j) − A_j c),
 *  rounds the line in its middle, where t mostly is, rather than at t = 0:
 *      |A_j t + B_j − S y_j| ≤ |t − c|/2 + 1/2.
 *  So the frozen class can differ from the real-valued argmax only where two y lie closer than (|t_i − c| + |t_j − c|)/2S +
 *  1/S, at most (U − L + 2)/2S. S is as large as int32 permits. With R = max(|L|, |U|), rounding moves neither a score
 *  (by (U − L)/4 + 1/2 at most) nor A or B (by |c|/2 + 1/2) further than R/2 + 1, and S = (2³¹ − 2 − R/2)/m with
 *  m = max_j(|α_j|, |b_j|, |y_j(L)|, |y_j(U)|) keeps all of them ≤ 2³¹ − 1: y is linear, its extremes are at the ends.
 *  For n = 1024 near-ties are thus below m · 2.4e-7, the resolution of float32. m = 0 leaves A = B = 0: class 0 always. */
export function foldOutput({ signs, operand, lines, name }: Open): FrozenOutput {
  const n = signs.columns;
  checkWidth(n, name);
  const classes = signs.rows;
  const weights = copy(signs);
  if (lines.every(({ common }) => common !== undefined)) {
    const shifts = lines.filter(({ common }) => common === "integer");
    const offset = Int32Array.from({ length: classes }, (_, j) => shifts.reduce((sum, line) => sum + line.shift(j), 0));
    const factor = shifts.length > 0 && operand === "agreements" ? 2 : 1;
    return { kind: "output", operand, weights, scale: new Int32Array(classes).fill(factor), offset };
  }
  const { lowest, highest } = operandRange(operand, n);
  const scores = Array.from({ length: classes }, (_, j) => {
    checkNumbers(lines, j, name);
    let [alpha, b] = operand === "sum" ? [1, 0] : [2, -n];
    for (const line of lines) {
      const slope = line.slope(j);
      [alpha, b] = [slope * alpha, line.shift(j) - slope * (line.centre(j) - b)];
    }
    return { alpha, b };
  });
  let largest = 0;
  for (const { alpha, b } of scores) {
    const ends = [alpha, b, alpha * lowest + b, alpha * highest + b];
    largest = Math.max(largest, ...ends.map(Math.abs));
  }
  const reach = Math.max(-lowest, highest);
  const common = largest === 0 ? 1 : (2 ** 31 - 2 - reach / 2) / largest;
  const centre = (lowest + highest) / 2;
  const scale = Int32Array.from(scores, ({ alpha }) => Math.round(common * alpha));
  const offset = Int32Array.from(scores, ({ alpha, b }, j) =>
    Math.round(common * (alpha * centre + b) - scale[j]! * centre),
  );
  return { kind: "output", operand, weights, scale, offset };
}

function checkNumbers(lines: readonly Line[], j: number, name: string): void {
  for (const line of lines) {
    for (const [what, value] of Object.entries(line.numbers?.(j) ?? {})) {
      if (Number.isFinite(value)) continue;
      throw new OnebitError(
        "freeze",
        `${name}, neuron ${j}: the ${what} is ${value}, so it has no threshold`,
        "The training diverged: train again with a smaller learning rate.",
      );
    }
  }
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

function checkWidth(n: number, name: string): void {
  if (n > MAX_WIDTH) {
    throw new OnebitError("freeze", `${name} has ${n} inputs; a frozen layer takes at most ${MAX_WIDTH}`);
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
