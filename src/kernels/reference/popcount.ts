/** Products of ±1 weights with bits and with bytes: exact integers. */

import { popcount32 } from "../../core/bits.ts";
import { codesPitch, groupsAcross } from "../layout.ts";

/** a[b, j] = Σ_k x·w over ±1 values = n − 2·popcount(x[b] XOR w[j]) = 2p − n, p the agreements.
 *  codes: pairCodes of x: Bits [batch, n]; panels: nibblesAcross of w: Bits [m, n]; both of rows of `stride` bytes;
 *  a: i32 [batch, m]; n <= 65,535. Split over features. Report, section 3.2. */
export function agreementProduct(
  codes: Uint8Array,
  panels: Uint8Array,
  a: Int32Array,
  batch: number,
  m: number,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  const groups = groupsAcross(n);
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      let differences = 0;
      for (let g = 0; g < groups; g++) {
        const code = codes[(b >> 1) * codesPitch(stride) + g]!;
        const x = b % 2 === 0 ? code & 15 : code >> 4;
        differences += popcount32(x ^ panels[((j >> 6) * groups + g) * 64 + (j & 63)]!);
      }
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
