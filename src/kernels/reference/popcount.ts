/** Products of ±1 weights with bits and with bytes: exact integers. */

import { popcount32 } from "../../core/bits.ts";

/** a[b, j] = Σ_k x·w over ±1 values = n − 2·popcount(x[b] XOR w[j]) = 2p − n, p the agreements.
 *  x: Bits [batch, n], w: Bits [m, n], rows of `stride` bytes; a: i32 [batch, m]. Split over features.
 *  Report, section 3.2. */
export function agreementProduct(
  x: Uint8Array,
  w: Uint8Array,
  a: Int32Array,
  batch: number,
  m: number,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      let differences = 0;
      for (let k = 0; k < stride; k++) differences += popcount32(x[b * stride + k]! ^ w[j * stride + k]!);
      a[b * m + j] = n - 2 * differences;
    }
  }
}

/** One byte a weight, 255 for +1 and 0 for −1 and the padding: what `byteProduct` ANDs with.
 *  bits: Bits [rows, n] of `stride` bytes a row; masks: u8 [rows, 8 · stride]. Split over rows. */
export function expandMasks(bits: Uint8Array, masks: Uint8Array, stride: number, lo: number, hi: number): void {
  for (let i = 8 * lo * stride; i < 8 * hi * stride; i++) masks[i] = (bits[i >> 3]! >> (i & 7)) & 1 ? 255 : 0;
}

/** a[b, j] = Σ_k w·q, w = ±1, q = 0 … 255: 2·Σ (q where w = +1) − Σ q.
 *  q: u8 [batch, n], masks: u8 [m, 8 · stride]; a: i32 [batch, m], |a| <= 255 n. Split over features. */
export function byteProduct(
  q: Uint8Array,
  masks: Uint8Array,
  a: Int32Array,
  batch: number,
  m: number,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) {
        const pixel = q[b * n + k]!;
        sum += masks[8 * j * stride + k] ? pixel : -pixel;
      }
      a[b * m + j] = sum;
    }
  }
}
