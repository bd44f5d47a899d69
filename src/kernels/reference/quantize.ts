/** Gradients as small integers: q = d/s rounded at random, s = max|d| / levels, so that −levels <= q <= levels and the
 *  mean of q·s is d, to 2⁻¹⁶ of s. A sample is a place in the batch. */

import { philox } from "../../core/random.ts";
import { kernel, made, reads, readsAll, writes } from "../declare.ts";
import { quantizedLength, quantizedPitch } from "../layout.ts";
import { largestOf } from "./unit.ts";

const f = Math.fround;

/** The largest |d[b, j]| of each feature; a NaN stays one. */
export const columnMaxima = kernel(
  {
    split: "features",
    over: "m",
    arrays: { d: reads.f32("batch", "m"), maxima: writes.f32("m") },
    numbers: ["batch", "m"],
  },
  ({ d, maxima, batch, m }, lo, hi) => {
    for (let j = lo; j < hi; j++) {
      let largest = 0;
      for (let b = 0; b < batch; b++) largest = Math.max(largest, Math.abs(d[b * m + j]!));
      maxima[j] = largest;
    }
  },
);

/** Fraction bits of d/s before it is rounded. */
const FRACTION = 15;
/** 1.5 · 2²³: x + ROUNDER − ROUNDER is x rounded to an integer, half to even, for |x| <= 2²². */
const ROUNDER = 12582912;
/** Below this a largest gradient counts as 0, so that its inverse is finite. */
const TINY = 2 ** -100;

/** q = (round(d/s · 2¹⁵) + r) >> 15 with 15 random bits r, kept in ±levels. q: i8 [4 · groupsDown(batch),
 *  quantizedPitch(m)], columns beyond m become 0, rows beyond the batch stay as they are.
 *  draw is (key 0, key 1, step). Columns 32t … 32t + 31 of sample b take the Philox blocks
 *  (4t … 4t + 3, b, step, stream): 8k … 8k + 3 the low halves of their words k, 8k + 4 … 8k + 7 the high halves.
 *  Where the largest |d| is NaN or infinite all q are 0, and the unit makes NaN of the sums. */
export const quantize = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: {
      d: reads.f32("batch", "m"),
      maxima: made("columnMaxima", readsAll.f32("m")),
      draw: readsAll.u32(3),
      q: writes.i8(quantizedLength, "batch", "m"),
    },
    numbers: ["stream", "levels", "m"],
  },
  ({ d, maxima, draw, q, stream, levels, m }, lo, hi) => {
    const largest = largestOf(maxima);
    const usable = largest >= TINY && largest < Number.POSITIVE_INFINITY;
    const scale = usable ? f((levels << FRACTION) / largest) : 0;
    const pitch = quantizedPitch(m);
    const block = new Uint32Array(4);
    for (let b = lo; b < hi; b++) {
      if (!usable) q.fill(0, b * pitch, (b + 1) * pitch);
      for (let j = 0; usable && j < pitch; j++) {
        philox(4 * (j >> 5) + (j & 3), b, draw[2]!, stream, draw[0]!, draw[1]!, block);
        const word = block[(j >> 3) & 3]!;
        const random = j & 4 ? word >>> 17 : word & 0x7fff;
        const fixed = j < m ? f(f(d[b * m + j]! * scale) + ROUNDER) - ROUNDER : 0;
        q[b * pitch + j] = Math.max(-levels, Math.min(levels, (fixed + random) >> FRACTION));
      }
    }
  },
);
