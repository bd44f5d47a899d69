// Float32 matrix products, register-blocked: out[r, c] = Σ_k a(r, k) · b[k, c], each output summed in the order of k.
//
// b is given in *panels* of 16 columns: element (k, c) is at (c div 16 · inner + k) · 16 + c mod 16, columns beyond the
// last are 0. A panel is read front to back, one cache line a step, by a tile of 2 rows × 16 columns whose sums stay in
// eight registers. a(r, k) is at r · rowStride + k · innerStride, so that the same loop multiplies by a or by its
// transpose.

import { put } from "./vectors";

/** panels f32 from ±1 bits [inner, columns], columns [lo, hi); lo is a multiple of 16. */
export function panelsOfBits(
  bits: usize, panels: usize, inner: i32, columns: i32, stride: i32, lo: i32, hi: i32,
): void {
  const which = i32x4(1, 2, 4, 8);
  const sign = i32x4.splat(0x80000000);
  const one = f32x4.splat(1);
  for (let c = lo; c < hi; c += 16) {
    for (let k = 0; k < inner; k++) {
      const word = <u32>load<u16>(bits + <usize>k * stride + (c >> 3));
      const to = panels + <usize>(((c >> 4) * inner + k) << 6);
      for (let i = 0; i < 4; i++) {
        const zeros = i32x4.eq(v128.and(i32x4.splat(word >> (i << 2)), which), i32x4.splat(0));
        v128.store(to + (i << 4), v128.or(one, v128.and(zeros, sign)));
      }
      for (let i = columns - c; i < 16; i++) store<f32>(to + (i << 2), 0);
    }
  }
}

/** panels f32 from bytes u8 [inner, columns] as they are, 0 … 255. */
export function panelsOfBytes(x: usize, panels: usize, inner: i32, columns: i32, lo: i32, hi: i32): void {
  for (let c = lo; c < hi; c += 16) {
    for (let k = 0; k < inner; k++) {
      const from = x + <usize>(k * columns + c);
      const to = panels + <usize>(((c >> 4) * inner + k) << 6);
      for (let i = 0; i < 16; i++) store<f32>(to + (i << 2), c + i < columns ? <f32>load<u8>(from + i) : 0);
    }
  }
}

/** panels f32 from x f32 [inner, columns]. */
export function panelsOfFloat32(x: usize, panels: usize, inner: i32, columns: i32, lo: i32, hi: i32): void {
  for (let c = lo; c < hi; c += 16) {
    for (let k = 0; k < inner; k++) {
      const from = x + (<usize>(k * columns + c) << 2);
      const to = panels + <usize>(((c >> 4) * inner + k) << 6);
      for (let i = 0; i < 16; i++) store<f32>(to + (i << 2), c + i < columns ? load<f32>(from + (i << 2)) : 0);
    }
  }
}

/** panels f32 from the transpose of x f32 [columns, inner]. */
export function panelsOfTransposed(x: usize, panels: usize, inner: i32, columns: i32, lo: i32, hi: i32): void {
  for (let c = lo; c < hi; c += 16) {
    for (let i = 0; i < 16; i++) {
      const from = x + (<usize>((c + i) * inner) << 2);
      const to = panels + <usize>(((c >> 4) * inner) << 6) + (i << 2);
      for (let k = 0; k < inner; k++) store<f32>(to + (k << 6), c + i < columns ? load<f32>(from + (k << 2)) : 0);
    }
  }
}

/** One tile: rows r, r + 1 (or r alone) × the 16 columns from c. */
@inline
function tile(
  a: usize, panels: usize, out: usize, r: i32, c: i32, two: bool, inner: i32, columns: i32,
  rowStride: i32, innerStride: i32,
): void {
  let p = panels + <usize>(((c >> 4) * inner) << 6);
  let a0 = a + (<usize>(r * rowStride) << 2);
  let a1 = two ? a0 + (rowStride << 2) : a0;
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00, s03 = s00;
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  const step = innerStride << 2;
  for (let k = 0; k < inner; k++) {
    const b0 = v128.load(p);
    const b1 = v128.load(p, 16);
    const b2 = v128.load(p, 32);
    const b3 = v128.load(p, 48);
    const x0 = v128.load32_splat(a0);
    const x1 = v128.load32_splat(a1);
    s00 = f32x4.add(s00, f32x4.mul(x0, b0));
    s01 = f32x4.add(s01, f32x4.mul(x0, b1));
    s02 = f32x4.add(s02, f32x4.mul(x0, b2));
    s03 = f32x4.add(s03, f32x4.mul(x0, b3));
    s10 = f32x4.add(s10, f32x4.mul(x1, b0));
    s11 = f32x4.add(s11, f32x4.mul(x1, b1));
    s12 = f32x4.add(s12, f32x4.mul(x1, b2));
    s13 = f32x4.add(s13, f32x4.mul(x1, b3));
    p += 64;
    a0 += step;
    a1 += step;
  }
  const to = out + (<usize>(r * columns + c) << 2);
  const left = columns - c;
  put(to, s00, left);
  put(to + 16, s01, left - 4);
  put(to + 32, s02, left - 8);
  put(to + 48, s03, left - 12);
  if (two) {
    const next = to + (columns << 2);
    put(next, s10, left);
    put(next + 16, s11, left - 4);
    put(next + 32, s12, left - 8);
    put(next + 48, s13, left - 12);
  }
}

/** out f32 [rows, columns], columns [lo, hi); lo is a multiple of 16. */
export function productColumns(
  a: usize, panels: usize, out: usize, rows: i32, inner: i32, columns: i32, rowStride: i32, innerStride: i32,
  lo: i32, hi: i32,
): void {
  for (let c = lo; c < hi; c += 16) {
    for (let r = 0; r < rows; r += 2) tile(a, panels, out, r, c, r + 1 < rows, inner, columns, rowStride, innerStride);
  }
}

/** out f32 [rows, columns], rows [lo, hi). */
export function productRows(
  a: usize, panels: usize, out: usize, inner: i32, columns: i32, rowStride: i32, innerStride: i32, lo: i32, hi: i32,
): void {
  for (let r = lo; r < hi; r += 2) {
    for (let c = 0; c < columns; c += 16) {
      tile(a, panels, out, r, c, r + 1 < hi, inner, columns, rowStride, innerStride);
    }
  }
}

/** out f32 [batch, m] += bias. */
export function addBias(bias: usize, out: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const to = out + ((b * m + j) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(bias + (j << 2)));
    }
  }
}

/** a i32 [batch, m] += ±1, the signs of bias: Bits [1, m]. */
export function addBiasInt32(bias: usize, a: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const to = a + ((b * m + j) << 2);
      const bit = (<i32>load<u8>(bias + (j >> 3)) >> (j & 7)) & 1;
      store<i32>(to, load<i32>(to) + (bit << 1) - 1);
    }
  }
}

/** dBias f32 [m] = Σ_b d[b, j]. */
export function biasBackward(d: usize, dBias: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let j = lo; j < hi; j++) {
    let sum: f32 = 0;
    for (let b = 0; b < batch; b++) sum += load<f32>(d + ((b * m + j) << 2));
    store<f32>(dBias + (j << 2), sum);
  }
}
