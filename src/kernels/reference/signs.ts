/** sign and its gradient (report, section 3.1). */

import { kernel, padded, reads, writes } from "../declare.ts";
import { packRow, signs } from "./rows.ts";

/** Repacks latent weights and counts what changed: flips[r] += signs of row r that changed. */
export const packSigns = kernel(
  {
    split: "features",
    over: "rows",
    arrays: {
      latent: reads.f32("rows", "n"),
      bits: padded("n", writes.u8("rows", "stride")),
      flips: writes.i32("rows"),
    },
    numbers: ["n", "stride"],
  },
  ({ latent, bits, flips, n, stride }, lo, hi) => {
    for (let r = lo; r < hi; r++) packRow(latent.subarray(r * n), bits.subarray(r * stride), flips.subarray(r), n);
  },
);

/** bits = sign(y). */
export const signForward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { y: reads.f32("batch", "m"), bits: padded("m", writes.u8("batch", "stride")) },
    numbers: ["batch", "m", "stride"],
  },
  ({ y, bits, batch, m, stride }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j += 8) bits[b * stride + (j >> 3)] = signs(y, b * m + j, Math.min(8, hi - j));
    }
  },
);

/** The gradient of hard tanh in place of sign's: d ← d where |y| <= 1, else 0. */
export const signBackward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { y: reads.f32("batch", "m"), d: writes.f32("batch", "m") },
    numbers: ["batch", "m"],
  },
  ({ y, d, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) if (!(Math.abs(y[b * m + j]!) <= 1)) d[b * m + j] = 0;
    }
  },
);
