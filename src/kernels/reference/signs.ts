/** sign, and what stands in for its gradient, which is 0 wherever it is defined (report, section 3.1). */

import { kernel, padded, reads, writes } from "../declare.ts";
import { SWISH_BETA, surrogates } from "../layout.ts";
import { exp } from "./math.ts";
import { packRow, signs } from "./rows.ts";

const f = Math.fround;

/** Repacks latent weights, bit 1 iff w >= least (rows.ts), and counts what changed: flips[r] += signs of row r that
 *  changed. */
export const packSigns = kernel(
  {
    split: "features",
    over: "rows",
    arrays: {
      latent: reads.f32("rows", "n"),
      bits: padded("n", writes.u8("rows", "stride")),
      flips: writes.i32("rows"),
    },
    numbers: ["least", "n", "stride"],
  },
  ({ latent, bits, flips, least, n, stride }, lo, hi) => {
    for (let r = lo; r < hi; r++) {
      packRow(latent.subarray(r * n), bits.subarray(r * stride), flips.subarray(r), n, least);
    }
  },
);

/** bits = sign(y), bit 1 iff y >= least (rows.ts). */
export const signForward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { y: reads.f32("batch", "m"), bits: padded("m", writes.u8("batch", "stride")) },
    numbers: ["least", "batch", "m", "stride"],
  },
  ({ y, bits, least, batch, m, stride }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j += 8) {
        bits[b * stride + (j >> 3)] = signs(y, b * m + j, Math.min(8, hi - j), least);
      }
    }
  },
);

/** The derivative of tanh or of swish-sign, in float64 by e = exp(−z), z >= 0:
 *    tanh'(x) = 1 − tanh²(x) = 4e/(1 + e)²,  z = 2|x|
 *    swish    = β(2 − z·(1 − e)/(1 + e)) · 2e/(1 + e)²,  z = β|x|, since tanh(z/2) = (1 − e)/(1 + e) and
 *               1 + cosh z = (1 + e)²/(2e) */
function slopeOf(surrogate: number, x: number): number {
  const size = Math.abs(x);
  if (surrogate === surrogates.tanh) {
    const e = exp(-2 * size);
    return f((4 * e) / ((1 + e) * (1 + e)));
  }
  const z = SWISH_BETA * size;
  const e = exp(-z);
  if (e === 0) return 0;
  return f((SWISH_BETA * (2 - (z * (1 - e)) / (1 + e)) * (2 * e)) / ((1 + e) * (1 + e)));
}

function gradientOf(surrogate: number, x: number, d: number): number {
  const size = Math.abs(x);
  if (surrogate === surrogates.identity) return d;
  if (surrogate === surrogates["hard-tanh"]) return size <= 1 ? d : 0;
  if (surrogate === surrogates["approx-sign"]) return size <= 1 ? d * f(2 - 2 * size) : 0;
  return d * slopeOf(surrogate, x);
}

/** d ← d · g(y), where g stands in for the derivative of sign; surrogate: one of `surrogates`.
 *    hard-tanh    1 where |y| <= 1, else 0 (the report's; Hubara et al. 2016)
 *    identity     1 (Bengio et al. 2013)
 *    tanh         1 − tanh²(y)
 *    approx-sign  2 − 2|y| where |y| <= 1, else 0 (Bi-Real net; Liu et al. 2018)
 *    swish-sign   β(2 − βy·tanh(βy/2))/(1 + cosh(βy)), β = 5 (BNN+; Darabi et al. 2018) */
export const signBackward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { y: reads.f32("batch", "m"), d: writes.f32("batch", "m") },
    numbers: ["surrogate", "batch", "m"],
  },
  ({ y, d, surrogate, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let i = b * m + lo; i < b * m + hi; i++) d[i] = gradientOf(surrogate, y[i]!, d[i]!);
    }
  },
);
