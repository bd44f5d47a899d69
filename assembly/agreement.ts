// Products of bits with bits: a[b, j] = Σ_k x[b, k]·w[j, k] in exact integers.
//
// With bit 1 = +1 and bit 0 = −1, x·w = +1 where the bits agree and −1 where they differ, so
//   Σ x·w = agreements − differences = n − 2·differences,   differences = popcount(x XOR w).
// Padding is 0 in both and counts nothing.
//
// Four inputs at once: a nibble of w is the index into a table of 16 bytes, popcount(nibble of x XOR index), so that
// one look-up finds the counts of 16 neurons. Two samples at once: a count is at most 4, so the low half of a byte
// holds one sample's and the high half the other's. One swizzle does 16 neurons × 4 inputs × 2 samples = 128
// multiply–accumulates.
//
// Sums of such bytes v = low + 16·high: three add up to halves of at most 12, without carry. Sums of these,
//   total = Σ v (mod 256)   and   upper = Σ (v >> 4) = Σ high,   give   Σ low = total − 16·upper (mod 256),
// exact while Σ low and Σ high are at most 255: for 63 groups (252). Then they are widened to 16 bits, which hold
// n <= 65,535. For each vector of 16 neurons, three groups take 3 loads, 3 swizzles, 4 additions, a shift and a mask:
// 12 instructions (15 where a swizzle takes two) for 384 multiply–accumulates.

import { codesPitch, groupsAcross } from "./layout";
import { lookUp } from "./vectors";

/** The tables of all codes (pairs of nibbles): 256 × 16 bytes. Filled when the module starts; every thread's instance
 *  writes the same. */
const tables = memory.data(4096, 16);
for (let code = 0; code < 256; code++) {
  const index = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const low = i8x16.popcnt(v128.xor(index, i8x16.splat(<i8>(code & 15))));
  const high = i8x16.popcnt(v128.xor(index, i8x16.splat(<i8>(code >> 4))));
  v128.store(tables + (code << 4), v128.or(low, i8x16.shl(high, 4)));
}

@inline
function tableOf(code: usize): v128 {
  return v128.load(tables + (<usize>load<u8>(code) << 4));
}

/** Sums of three groups, at `i` of their cache lines. */
@inline
function triple(t0: v128, t1: v128, t2: v128, nibbles: usize): v128 {
  return i8x16.add(
    i8x16.add(lookUp(t0, v128.load(nibbles)), lookUp(t1, v128.load(nibbles, 64))),
    lookUp(t2, v128.load(nibbles, 128)),
  );
}

@inline
function highHalves(v: v128): v128 {
  return v128.and(i16x8.shr_u(v, 4), i8x16.splat(15));
}

/** total − 16·upper (mod 256). */
@inline
function lowSums(total: v128, upper: v128): v128 {
  return i8x16.sub(total, i8x16.shl(upper, 4));
}

/** a[0 … left − 1] = n − 2·count of eight counts. */
function finish(a: usize, counts: v128, n: i32, left: i32): void {
  const width = i32x4.splat(n);
  const first = i32x4.sub(width, i32x4.shl(i32x4.extend_low_i16x8_u(counts), 1));
  const second = i32x4.sub(width, i32x4.shl(i32x4.extend_high_i16x8_u(counts), 1));
  if (left >= 8) {
    v128.store(a, first);
    v128.store(a, second, 16);
    return;
  }
  if (left > 0) store<i32>(a, i32x4.extract_lane(first, 0));
  if (left > 1) store<i32>(a, i32x4.extract_lane(first, 1), 4);
  if (left > 2) store<i32>(a, i32x4.extract_lane(first, 2), 8);
  if (left > 3) store<i32>(a, i32x4.extract_lane(first, 3), 12);
  if (left > 4) store<i32>(a, i32x4.extract_lane(second, 0), 16);
  if (left > 5) store<i32>(a, i32x4.extract_lane(second, 1), 20);
  if (left > 6) store<i32>(a, i32x4.extract_lane(second, 2), 24);
}

/** Groups between two widenings. */
const BLOCK: i32 = 63;

/** a i32 [batch, m], features [lo, hi), from codes (pairCodes) of x and panels (nibblesAcross) of w. */
export function agreementProduct(
  codes: usize, panels: usize, a: usize, batch: i32, m: i32, n: i32, stride: i32, lo: i32, hi: i32,
): void {
  const groups = groupsAcross(n);
  const pitch = codesPitch(stride);
  for (let j = lo; j < hi; j += 64) {
    const panel = panels + <usize>((j >> 6) * groups << 6);
    for (let b = 0; b < batch; b += 2) {
      let code = codes + <usize>((b >> 1) * pitch);
      let nibbles = panel;
      // Counts of the even sample and of the odd one, neurons j + 0 … 7, 8 … 15 and so on.
      let e0 = i16x8.splat(0), e1 = e0, e2 = e0, e3 = e0, e4 = e0, e5 = e0, e6 = e0, e7 = e0;
      let o0 = e0, o1 = e0, o2 = e0, o3 = e0, o4 = e0, o5 = e0, o6 = e0, o7 = e0;
      for (let block = 0; block < groups; block += BLOCK) {
        const end = code + min(BLOCK, groups - block);
        let t0 = i8x16.splat(0), t1 = t0, t2 = t0, t3 = t0;
        let u0 = t0, u1 = t0, u2 = t0, u3 = t0;
        do {
          const x = tableOf(code);
          const y = tableOf(code + 1);
          const z = tableOf(code + 2);
          const v0 = triple(x, y, z, nibbles);
          t0 = i8x16.add(t0, v0);
          u0 = i8x16.add(u0, highHalves(v0));
          const v1 = triple(x, y, z, nibbles + 16);
          t1 = i8x16.add(t1, v1);
          u1 = i8x16.add(u1, highHalves(v1));
          const v2 = triple(x, y, z, nibbles + 32);
          t2 = i8x16.add(t2, v2);
          u2 = i8x16.add(u2, highHalves(v2));
          const v3 = triple(x, y, z, nibbles + 48);
          t3 = i8x16.add(t3, v3);
          u3 = i8x16.add(u3, highHalves(v3));
          nibbles += 192;
          code += 3;
        } while (code < end);
        t0 = lowSums(t0, u0);
        t1 = lowSums(t1, u1);
        t2 = lowSums(t2, u2);
        t3 = lowSums(t3, u3);
        e0 = i16x8.add(e0, i16x8.extend_low_i8x16_u(t0));
        e1 = i16x8.add(e1, i16x8.extend_high_i8x16_u(t0));
        e2 = i16x8.add(e2, i16x8.extend_low_i8x16_u(t1));
        e3 = i16x8.add(e3, i16x8.extend_high_i8x16_u(t1));
        e4 = i16x8.add(e4, i16x8.extend_low_i8x16_u(t2));
        e5 = i16x8.add(e5, i16x8.extend_high_i8x16_u(t2));
        e6 = i16x8.add(e6, i16x8.extend_low_i8x16_u(t3));
        e7 = i16x8.add(e7, i16x8.extend_high_i8x16_u(t3));
        o0 = i16x8.add(o0, i16x8.extend_low_i8x16_u(u0));
        o1 = i16x8.add(o1, i16x8.extend_high_i8x16_u(u0));
        o2 = i16x8.add(o2, i16x8.extend_low_i8x16_u(u1));
        o3 = i16x8.add(o3, i16x8.extend_high_i8x16_u(u1));
        o4 = i16x8.add(o4, i16x8.extend_low_i8x16_u(u2));
        o5 = i16x8.add(o5, i16x8.extend_high_i8x16_u(u2));
        o6 = i16x8.add(o6, i16x8.extend_low_i8x16_u(u3));
        o7 = i16x8.add(o7, i16x8.extend_high_i8x16_u(u3));
      }
      const to = a + (<usize>(b * m + j) << 2);
      const left = m - j;
      finish(to, e0, n, left);
      finish(to + 32, e1, n, left - 8);
      finish(to + 64, e2, n, left - 16);
      finish(to + 96, e3, n, left - 24);
      finish(to + 128, e4, n, left - 32);
      finish(to + 160, e5, n, left - 40);
      finish(to + 192, e6, n, left - 48);
      finish(to + 224, e7, n, left - 56);
      if (b + 1 == batch) continue;
      const next = to + (m << 2);
      finish(next, o0, n, left);
      finish(next + 32, o1, n, left - 8);
      finish(next + 64, o2, n, left - 16);
      finish(next + 96, o3, n, left - 24);
      finish(next + 128, o4, n, left - 32);
      finish(next + 160, o5, n, left - 40);
      finish(next + 192, o6, n, left - 48);
      finish(next + 224, o7, n, left - 56);
    }
  }
}
