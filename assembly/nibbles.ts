// Bits cut into nibbles, the indices of look-ups in tables of 16 entries. Four neighbours in a row, x[r, 4g … 4g + 3],
// are a nibble *across*; four rows' bits in a column, x[4g … 4g + 3, k], a nibble *down*; the first of the four is bit
// 0 in both. Bits beyond a matrix are 0 (rows are padded with 0 bits to multiples of 16 bytes).
//
// Panels of nibbles keep one in a byte, 64 side by side: one cache line, four vectors, what a look-up loop works on.

import { codesPitch, groupsAcross, groupsDown } from "./layout";

/** codes u8 [⌈batch/2⌉, pitch] from bits [batch, n], columns [lo, hi): the nibbles across of two samples in one byte,
 *  the even sample's in its low half. lo is a multiple of 64, so that each share has whole vectors of 16 nibbles. */
export function pairCodes(bits: usize, codes: usize, batch: i32, stride: i32, lo: i32, hi: i32): void {
  const low = i8x16.splat(15);
  for (let b = 0; b < batch; b += 2) {
    const even = bits + <usize>(b * stride);
    const odd = even + stride;
    const to = codes + <usize>((b >> 1) * codesPitch(stride));
    for (let k = lo >> 3; k << 3 < hi; k += 8) {
      const x = v128.load64_zero(even + k);
      const y = b + 1 < batch ? v128.load64_zero(odd + k) : i8x16.splat(0);
      const first = v128.or(v128.and(x, low), v128.andnot(i16x8.shl(y, 4), low));
      const second = v128.or(v128.and(i16x8.shr_u(x, 4), low), v128.andnot(y, low));
      v128.store(to + (k << 1), zipLow(first, second));
    }
  }
}

/** panels u8 [⌈rows/64⌉, groups, 64] from bits [rows, n], rows [lo, hi): nibbles across, 64 rows side by side. lo is a
 *  multiple of 64. */
export function nibblesAcross(bits: usize, panels: usize, n: i32, stride: i32, lo: i32, hi: i32): void {
  const groups = groupsAcross(n);
  for (let r = lo; r < hi; r += 16) {
    const panel = panels + <usize>((r >> 6) * groups << 6) + (r & 63);
    const from = bits + <usize>(r * stride);
    const rows = hi - r;
    for (let k = 0; k < stride; k += 16) transposed(from + k, panel + (k << 7), stride, rows, groups - (k << 1));
  }
}

/** Row i of a block, 0 beyond its `rows`. */
@inline
function rowOf(from: usize, stride: i32, i: i32, rows: i32): v128 {
  return i < rows ? v128.load(from + i * stride) : i8x16.splat(0);
}

@inline
function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Stores a column's two nibbles of 16 rows as groups 2i and 2i + 1, where the panel has them. */
@inline
function split(bytes: v128, to: usize, i: i32, groups: i32): void {
  const low = i8x16.splat(15);
  if (2 * i < groups) v128.store(to + (i << 7), v128.and(bytes, low));
  if (2 * i + 1 < groups) v128.store(to + (i << 7), v128.and(i16x8.shr_u(bytes, 4), low), 64);
}

/** Sixteen rows × 16 bytes, transposed: zipping rows i and i + 8 four times over sorts the bytes by column. */
function transposed(from: usize, to: usize, stride: i32, rows: i32, groups: i32): void {
  const a0 = rowOf(from, stride, 0, rows), a1 = rowOf(from, stride, 1, rows);
  const a2 = rowOf(from, stride, 2, rows), a3 = rowOf(from, stride, 3, rows);
  const a4 = rowOf(from, stride, 4, rows), a5 = rowOf(from, stride, 5, rows);
  const a6 = rowOf(from, stride, 6, rows), a7 = rowOf(from, stride, 7, rows);
  const a8 = rowOf(from, stride, 8, rows), a9 = rowOf(from, stride, 9, rows);
  const a10 = rowOf(from, stride, 10, rows), a11 = rowOf(from, stride, 11, rows);
  const a12 = rowOf(from, stride, 12, rows), a13 = rowOf(from, stride, 13, rows);
  const a14 = rowOf(from, stride, 14, rows), a15 = rowOf(from, stride, 15, rows);
  // Pairs 8 apart, then 4, 2 and 1.
  const b0 = zipLow(a0, a8), b1 = zipHigh(a0, a8), b2 = zipLow(a1, a9), b3 = zipHigh(a1, a9);
  const b4 = zipLow(a2, a10), b5 = zipHigh(a2, a10), b6 = zipLow(a3, a11), b7 = zipHigh(a3, a11);
  const b8 = zipLow(a4, a12), b9 = zipHigh(a4, a12), b10 = zipLow(a5, a13), b11 = zipHigh(a5, a13);
  const b12 = zipLow(a6, a14), b13 = zipHigh(a6, a14), b14 = zipLow(a7, a15), b15 = zipHigh(a7, a15);
  const c0 = zipLow(b0, b8), c1 = zipHigh(b0, b8), c2 = zipLow(b1, b9), c3 = zipHigh(b1, b9);
  const c4 = zipLow(b2, b10), c5 = zipHigh(b2, b10), c6 = zipLow(b3, b11), c7 = zipHigh(b3, b11);
  const c8 = zipLow(b4, b12), c9 = zipHigh(b4, b12), c10 = zipLow(b5, b13), c11 = zipHigh(b5, b13);
  const c12 = zipLow(b6, b14), c13 = zipHigh(b6, b14), c14 = zipLow(b7, b15), c15 = zipHigh(b7, b15);
  const d0 = zipLow(c0, c8), d1 = zipHigh(c0, c8), d2 = zipLow(c1, c9), d3 = zipHigh(c1, c9);
  const d4 = zipLow(c2, c10), d5 = zipHigh(c2, c10), d6 = zipLow(c3, c11), d7 = zipHigh(c3, c11);
  const d8 = zipLow(c4, c12), d9 = zipHigh(c4, c12), d10 = zipLow(c5, c13), d11 = zipHigh(c5, c13);
  const d12 = zipLow(c6, c14), d13 = zipHigh(c6, c14), d14 = zipLow(c7, c15), d15 = zipHigh(c7, c15);
  split(zipLow(d0, d8), to, 0, groups);
  split(zipHigh(d0, d8), to, 1, groups);
  split(zipLow(d1, d9), to, 2, groups);
  split(zipHigh(d1, d9), to, 3, groups);
  split(zipLow(d2, d10), to, 4, groups);
  split(zipHigh(d2, d10), to, 5, groups);
  split(zipLow(d3, d11), to, 6, groups);
  split(zipHigh(d3, d11), to, 7, groups);
  split(zipLow(d4, d12), to, 8, groups);
  split(zipHigh(d4, d12), to, 9, groups);
  split(zipLow(d5, d13), to, 10, groups);
  split(zipHigh(d5, d13), to, 11, groups);
  split(zipLow(d6, d14), to, 12, groups);
  split(zipHigh(d6, d14), to, 13, groups);
  split(zipLow(d7, d15), to, 14, groups);
  split(zipHigh(d7, d15), to, 15, groups);
}

/** `bit` in the bytes whose bit of the 16 is 1. */
@inline
function spread(bits: usize, bit: i32): v128 {
  const which = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const bytes = v128.load16_splat(bits);
  const both = v128.shuffle<i8>(bytes, bytes, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return v128.and(i8x16.eq(v128.and(both, which), which), i8x16.splat(<i8>bit));
}

/** panels u8 [⌈n/64⌉, ⌈rows/4⌉, 64] from bits [rows, n], columns [lo, hi): nibbles down, 64 columns side by side. lo is
 *  a multiple of 64. */
export function nibblesDown(bits: usize, panels: usize, rows: i32, stride: i32, lo: i32, hi: i32): void {
  const groups = groupsDown(rows);
  for (let c = lo; c < hi; c += 64) {
    let to = panels + <usize>((c >> 6) * groups << 6);
    for (let r = 0; r < rows; r += 4) {
      const row = bits + <usize>(r * stride + (c >> 3));
      for (let i = 0; i < 8; i += 2) {
        let nibbles = spread(row + i, 1);
        if (r + 1 < rows) nibbles = v128.or(nibbles, spread(row + stride + i, 2));
        if (r + 2 < rows) nibbles = v128.or(nibbles, spread(row + 2 * stride + i, 4));
        if (r + 3 < rows) nibbles = v128.or(nibbles, spread(row + 3 * stride + i, 8));
        v128.store(to + (i << 3), nibbles);
      }
      to += 64;
    }
  }
}
