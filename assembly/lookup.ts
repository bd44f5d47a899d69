// Products of small integers with bits by table look-up: Σ_i q[i]·x[i, c] for 64 columns c at once.
//
// For four q's there are 16 sums ±q₀ ±q₁ ±q₂ ±q₃, one for each nibble of x (bit i set: +qᵢ): a table of 16 bytes, as
// |q| <= 31 keeps each sum within ±124. One swizzle finds the sums of 16 columns: 64 multiply–accumulates.
//
// A *line* is what is summed up: one sample's gradient (for ∂loss/∂input) or one neuron's (for ∂loss/∂weights). It is
// planned once and used for all columns. Its plan lists the groups of four that are not all zero, since zeros add
// nothing, each with its table and a step: 64 · group, where its nibbles lie in a panel (nibbles.ts), and two flags.
//
//   Flag 1 ends a run: the sums of its tables fit a byte. A table's largest sum is S = Σ|q|, so a run goes on while
//   ΣS <= 127. Gradients are mostly small numbers, and runs of 10 to 40 groups are usual (docs/engine.md), which is why
//   bytes are added as bytes and hardly ever widened.
//   Flag 2 ends a part: the 16-bit sums of its runs fit 16 bits. Another run is begun only while ΣS + 127 <= 32,767.
//
// Both bounds hold for any q, so nothing overflows whatever the width or the batch. The sums of a part are exact
// integers.
//
// Gradients of 8 bits take two lines, digits of base 16: q = 16·high + low, −8 <= high <= 7, −8 <= low <= 15 (q + 8
// saturates in a byte, so q >= 120 has the high digit 7). Four of them are at most 60.

import { groupsDown, quantizedPitch } from "./layout";
import { updateElements } from "./methods";
import { packRow } from "./rows";
import { largestOf } from "./unit";
import { get, lookUp, put } from "./vectors";

const RUN_END: u32 = 1;
const PART_END: u32 = 2;
const RUN_LIMIT: i32 = 127;
const PART_LIMIT: i32 = 32767 - RUN_LIMIT;

/** Table entries' signs: q of bit i counts −q where bit i of the index is 0, i.e. (q XOR −1) − (−1). */
@inline
function signed(q: v128, zeros: v128): v128 {
  return i8x16.sub(v128.xor(q, zeros), zeros);
}

/** ±q₀ ±q₁ ±q₂ ±q₃ from the first four bytes of q. */
@inline
function tableOf(q: v128): v128 {
  const q0 = v128.shuffle<i8>(q, q, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const q1 = v128.shuffle<i8>(q, q, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  const q2 = v128.shuffle<i8>(q, q, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
  const q3 = v128.shuffle<i8>(q, q, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3);
  return i8x16.add(
    i8x16.add(
      signed(q0, i8x16(-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0)),
      signed(q1, i8x16(-1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0)),
    ),
    i8x16.add(
      signed(q2, i8x16(-1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0)),
      signed(q3, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0)),
    ),
  );
}

/** Σ|q| of the first four bytes of q. */
@inline
function sizeOf(q: v128): i32 {
  return i32x4.extract_lane(i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.abs(q))), 0);
}

/** A digit of four q's: 0 the high one, 1 the low one. */
@inline
function digitOf(q: v128, digit: i32): v128 {
  const high = i8x16.shr_s(i8x16.add_sat_s(q, i8x16.splat(8)), 4);
  return digit ? i8x16.sub(q, i8x16.shl(high, 4)) : high;
}

/** Plans a line of 4 · groups numbers; returns how many steps it takes. */
function plan(q: usize, tables: usize, steps: usize, digits: i32, digit: i32, groups: i32): i32 {
  let count = 0;
  let run = 0;
  let part = 0;
  for (let g = 0; g < groups; g++) {
    let four = v128.load32_zero(q + (g << 2));
    if (digits > 1) four = digitOf(four, digit);
    const size = sizeOf(four);
    if (run + size > RUN_LIMIT) {
      let flags = RUN_END;
      if (part > PART_LIMIT) {
        flags |= PART_END;
        part = 0;
      }
      const last = steps + ((count - 1) << 2);
      store<u32>(last, load<u32>(last) | flags);
      run = 0;
    }
    run += size;
    part += size;
    // Written in any case and kept if it counts: a branch here would be hard to predict.
    v128.store(tables + (count << 4), tableOf(four));
    store<u32>(steps + (count << 2), g << 6);
    count += i32(size != 0);
  }
  if (count > 0) {
    const last = steps + ((count - 1) << 2);
    store<u32>(last, load<u32>(last) | RUN_END | PART_END);
  }
  return count;
}

/** The lines of samples [lo, hi) of q i8 [batch, pitch], over m features. For each line: tables u8 [digits, groups,
 *  16], steps u32 [digits, groups], counts i32 [digits]. */
export function planSamples(
  q: usize, tables: usize, steps: usize, counts: usize, digits: i32, m: i32, lo: i32, hi: i32,
): void {
  const pitch = quantizedPitch(m);
  const groups = groupsDown(m);
  for (let b = lo; b < hi; b++) {
    for (let digit = 0; digit < digits; digit++) {
      const line = b * digits + digit;
      const first = <usize>(line * groups);
      const count = plan(q + <usize>(b * pitch), tables + (first << 4), steps + (first << 2), digits, digit, groups);
      store<i32>(counts + (line << 2), count);
    }
  }
}

/** Stores four columns' groups of four. */
@inline
function scatter(four: v128, to: usize, pitch: i32): void {
  v128.store32_lane(to, four, 0);
  v128.store32_lane(to + pitch, four, 1);
  v128.store32_lane(to + 2 * pitch, four, 2);
  v128.store32_lane(to + 3 * pitch, four, 3);
}

/** The lines of features [lo, hi) of q i8 [batch, pitch], over the batch; columns i8 [⌈m/16⌉ · 16, 4 · groups] becomes
 *  the transpose of q. */
export function planFeatures(
  q: usize, columns: usize, tables: usize, steps: usize, counts: usize,
  digits: i32, batch: i32, m: i32, lo: i32, hi: i32,
): void {
  const pitch = quantizedPitch(m);
  const groups = groupsDown(batch);
  const length = groups << 2;
  for (let j = lo; j < hi; j += 16) {
    for (let g = 0; g < groups; g++) {
      const from = q + <usize>((g << 2) * pitch + j);
      const a = v128.load(from);
      const b = v128.load(from + pitch);
      const c = v128.load(from + 2 * pitch);
      const d = v128.load(from + 3 * pitch);
      const ab0 = v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const ab1 = v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const cd0 = v128.shuffle<i8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const cd1 = v128.shuffle<i8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const to = columns + <usize>(j * length + (g << 2));
      scatter(v128.shuffle<i16>(ab0, cd0, 0, 8, 1, 9, 2, 10, 3, 11), to, length);
      scatter(v128.shuffle<i16>(ab0, cd0, 4, 12, 5, 13, 6, 14, 7, 15), to + 4 * length, length);
      scatter(v128.shuffle<i16>(ab1, cd1, 0, 8, 1, 9, 2, 10, 3, 11), to + 8 * length, length);
      scatter(v128.shuffle<i16>(ab1, cd1, 4, 12, 5, 13, 6, 14, 7, 15), to + 12 * length, length);
    }
  }
  for (let j = lo; j < hi; j++) {
    for (let digit = 0; digit < digits; digit++) {
      const line = j * digits + digit;
      const first = <usize>(line * groups);
      const from = columns + <usize>(j * length);
      store<i32>(counts + (line << 2), plan(from, tables + (first << 4), steps + (first << 2), digits, digit, groups));
    }
  }
}

/** Eight sums, scaled, to `to`. */
@inline
function finishEight(to: usize, sums: v128, scale: v128): void {
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(sums)), scale));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(sums)), scale), 16);
}

/** The same for the first `left` of eight, added to what is there if `add`. */
function finishSome(to: usize, sums: v128, scale: v128, left: i32, add: bool): void {
  let first = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(sums)), scale);
  let second = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(sums)), scale);
  if (add) {
    first = f32x4.add(get(to, left), first);
    second = f32x4.add(get(to + 16, left - 4), second);
  }
  put(to, first, left);
  put(to + 16, second, left - 4);
}

/** to f32 [left, at most 64] = (or +=) scale · Σ of a planned line with a panel's columns. */
@inline
function lineProduct(
  tables: usize, steps: usize, count: i32, panel: usize, scale: v128, to: usize, left: i32, add: bool,
): void {
  const end = steps + (count << 2);
  if (count == 0 && !add) {
    const nothing = f32x4.mul(scale, f32x4.splat(0)); // NaN where the gradient has one (quantize.ts)
    for (let k = 0; k < left; k += 4) put(to + (k << 2), nothing, left - k);
  }
  while (steps < end) {
    let h0 = i16x8.splat(0), h1 = h0, h2 = h0, h3 = h0, h4 = h0, h5 = h0, h6 = h0, h7 = h0;
    let step: u32;
    do {
      let a0 = i8x16.splat(0), a1 = a0, a2 = a0, a3 = a0;
      do {
        step = load<u32>(steps);
        const table = v128.load(tables);
        const nibbles = panel + (step & ~63);
        a0 = i8x16.add(a0, lookUp(table, v128.load(nibbles)));
        a1 = i8x16.add(a1, lookUp(table, v128.load(nibbles, 16)));
        a2 = i8x16.add(a2, lookUp(table, v128.load(nibbles, 32)));
        a3 = i8x16.add(a3, lookUp(table, v128.load(nibbles, 48)));
        steps += 4;
        tables += 16;
      } while (!(step & RUN_END));
      h0 = i16x8.add(h0, i16x8.extend_low_i8x16_s(a0));
      h1 = i16x8.add(h1, i16x8.extend_high_i8x16_s(a0));
      h2 = i16x8.add(h2, i16x8.extend_low_i8x16_s(a1));
      h3 = i16x8.add(h3, i16x8.extend_high_i8x16_s(a1));
      h4 = i16x8.add(h4, i16x8.extend_low_i8x16_s(a2));
      h5 = i16x8.add(h5, i16x8.extend_high_i8x16_s(a2));
      h6 = i16x8.add(h6, i16x8.extend_low_i8x16_s(a3));
      h7 = i16x8.add(h7, i16x8.extend_high_i8x16_s(a3));
    } while (!(step & PART_END));
    if (left == 64 && !add) {
      finishEight(to + 0, h0, scale);
      finishEight(to + 32, h1, scale);
      finishEight(to + 64, h2, scale);
      finishEight(to + 96, h3, scale);
      finishEight(to + 128, h4, scale);
      finishEight(to + 160, h5, scale);
      finishEight(to + 192, h6, scale);
      finishEight(to + 224, h7, scale);
    } else {
      finishSome(to + 0, h0, scale, left - 0, add);
      finishSome(to + 32, h1, scale, left - 8, add);
      finishSome(to + 64, h2, scale, left - 16, add);
      finishSome(to + 96, h3, scale, left - 24, add);
      finishSome(to + 128, h4, scale, left - 32, add);
      finishSome(to + 160, h5, scale, left - 40, add);
      finishSome(to + 192, h6, scale, left - 48, add);
      finishSome(to + 224, h7, scale, left - 56, add);
    }
    add = true;
  }
}

/** All digits of line `line`, for `left` (at most 64) columns of a panel. */
@inline
function product(
  tables: usize, steps: usize, counts: usize, line: i32, digits: i32, groups: i32,
  panel: usize, scale: f32, to: usize, left: i32,
): void {
  for (let digit = 0; digit < digits; digit++) {
    const at = line * digits + digit;
    const first = <usize>(at * groups);
    const unit = f32x4.splat(digit < digits - 1 ? 16 * scale : scale);
    const count = load<i32>(counts + (at << 2));
    lineProduct(tables + (first << 4), steps + (first << 2), count, panel, unit, to, left, digit > 0);
  }
}

/** d f32 [batch, n] = s · q·W, columns [lo, hi), from the plan of q's samples and panels (nibblesDown) of W [m, n]. */
export function inputGradient(
  tables: usize, steps: usize, counts: usize, panels: usize, maxima: usize, d: usize,
  digits: i32, levels: i32, batch: i32, m: i32, n: i32, lo: i32, hi: i32,
): void {
  const scale = largestOf(maxima, m) / <f32>levels;
  const groups = groupsDown(m);
  for (let c = lo; c < hi; c += 64) {
    const panel = panels + <usize>((c >> 6) * groups << 6);
    const length = min(64, hi - c);
    for (let b = 0; b < batch; b++) {
      product(tables, steps, counts, b, digits, groups, panel, scale, d + (<usize>(b * n + c) << 2), length);
    }
  }
}

/** Rows [lo, hi) of latent weights f32 [m, n]: the gradient s · qᵀ·X from the plan of q's features and panels
 *  (nibblesDown) of X [batch, n], the optimizer's step, and the new signs. The gradient of one row at a time is all
 *  that is stored, 64 columns at a time: in gradient f32 [⌈m/64⌉, 64], where 64 rows share one. */
export function weightUpdate(
  tables: usize, steps: usize, counts: usize, panels: usize, maxima: usize, gradient: usize,
  weights: usize, state0: usize, state1: usize, rates: usize, bits: usize, flips: usize,
  method: i32, clip: i32, least: f32, digits: i32, levels: i32, batch: i32, m: i32, n: i32, stride: i32,
  lo: i32, hi: i32,
): void {
  const scale = largestOf(maxima, m) / <f32>levels;
  const groups = groupsDown(batch);
  for (let j = lo; j < hi; j++) {
    const part = gradient + (<usize>(j & ~63) << 2);
    for (let c = 0; c < n; c += 64) {
      const panel = panels + <usize>((c >> 6) * groups << 6);
      const length = min(64, n - c);
      const at = <usize>(j * n + c) << 2;
      product(tables, steps, counts, j, digits, groups, panel, scale, part, length);
      updateElements(method, weights + at, part, state0 + at, state1 + at, rates, clip, length);
      packRow(weights + at, bits + <usize>(j * stride + (c >> 3)), flips + (j << 2), length, least);
    }
  }
}
