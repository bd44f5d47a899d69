// Gradients as small integers: q = d/s rounded at random, s = max|d| / levels, so that −levels <= q <= levels and the
// mean of q·s is d.

import { quantizedPitch } from "./layout";
import { philox, word0, word1, word2, word3 } from "./random";
import { largestOf } from "./unit";
import { get, put } from "./vectors";

/** maxima f32 [m]: largest |d[b, j]| of each feature. A NaN stays one. */
export function columnMaxima(d: usize, maxima: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  memory.fill(maxima + (lo << 2), 0, (hi - lo) << 2);
  for (let b = 0; b < batch; b++) {
    const row = d + (<usize>(b * m) << 2);
    for (let j = lo; j < hi; j += 4) {
      const to = maxima + (j << 2);
      put(to, f32x4.max(get(to, hi - j), f32x4.abs(get(row + (j << 2), hi - j))), hi - j);
    }
  }
}

/** Fraction bits of d/s before it is rounded: levels · 2¹⁵ <= 127 · 2¹⁵ < 2²². */
const FRACTION: i32 = 15;
/** 1.5 · 2²³. A float32 between 2²³ and 2²⁴ has no fraction, so adding it to x, |x| <= 2²², rounds x to an integer, and
 *  the sum's bits are this constant's plus that integer. */
const ROUNDER: f32 = 12582912;
/** Below this a largest gradient counts as 0, so that its inverse is finite. */
const TINY: f32 = 7.888609052210118e-31; // 2⁻¹⁰⁰

/** q = (round(d/s · 2¹⁵) + r) >> 15 with 15 random bits r: up or down with the fraction's probability. Kept in ±levels
 *  where d/s itself was rounded beyond. */
@inline
function rounded(d: v128, scale: v128, random: v128, limit: v128): v128 {
  const fixed = i32x4.sub(f32x4.add(f32x4.mul(d, scale), f32x4.splat(ROUNDER)), i32x4.splat(reinterpret<i32>(ROUNDER)));
  const q = i32x4.shr_s(i32x4.add(fixed, random), FRACTION);
  return i32x4.max_s(i32x4.min_s(q, limit), i32x4.neg(limit));
}

/** Fifteen bits of each word's low and high half. */
@inline
function lowBits(word: v128): v128 {
  return v128.and(word, i32x4.splat(0x7fff));
}
@inline
function highBits(word: v128): v128 {
  return i32x4.shr_u(word, 17);
}

/** q i8 [batch, pitch] from d f32 [batch, m], samples [lo, hi); pitch is m rounded up to 32, columns beyond m become 0.
 *  draw u32 [3] is (key 0, key 1, step). Columns 32t … 32t + 31 of sample b take the four blocks (4t … 4t + 3, b, step,
 *  stream): 8k … 8k + 3 the low halves of their words k, 8k + 4 … 8k + 7 the high halves. */
export function quantize(
  d: usize, maxima: usize, draw: usize, q: usize, stream: u32, levels: i32, m: i32, lo: i32, hi: i32,
): void {
  const largest = largestOf(maxima, m);
  const usable = largest >= TINY && largest < Infinity;
  const scale = f32x4.splat(usable ? <f32>(levels << FRACTION) / largest : 0);
  const limit = i32x4.splat(levels);
  const key0 = load<u32>(draw);
  const key1 = load<u32>(draw, 4);
  const step = load<u32>(draw, 8);
  const pitch = quantizedPitch(m);
  for (let b = lo; b < hi; b++) {
    const from = d + (<usize>(b * m) << 2);
    const to = q + <usize>(b * pitch);
    for (let j = 0; j < m; j += 32) {
      const at = from + (j << 2);
      const left = m - j;
      if (!usable) {
        v128.store(to + j, i8x16.splat(0));
        v128.store(to + j, i8x16.splat(0), 16);
        continue;
      }
      philox(j >> 3, b, step, stream, key0, key1);
      const q0 = rounded(get(at, left), scale, lowBits(word0), limit);
      const q1 = rounded(get(at + 16, left - 4), scale, highBits(word0), limit);
      const q2 = rounded(get(at + 32, left - 8), scale, lowBits(word1), limit);
      const q3 = rounded(get(at + 48, left - 12), scale, highBits(word1), limit);
      v128.store(to + j, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(q0, q1), i16x8.narrow_i32x4_s(q2, q3)));
      const q4 = rounded(get(at + 64, left - 16), scale, lowBits(word2), limit);
      const q5 = rounded(get(at + 80, left - 20), scale, highBits(word2), limit);
      const q6 = rounded(get(at + 96, left - 24), scale, lowBits(word3), limit);
      const q7 = rounded(get(at + 112, left - 28), scale, highBits(word3), limit);
      v128.store(to + j, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(q4, q5), i16x8.narrow_i32x4_s(q6, q7)), 16);
    }
  }
}
