/** sign(x): bit 1 iff x >= 0, so that sign(0) = sign(−0) = +1. */

import { popcount32 } from "../../core/bits.ts";

/** The byte of signs of x[from … from + count), count <= 8. */
function signs(x: Float32Array, from: number, count: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) if (x[from + i]! >= 0) bits |= 1 << i;
  return bits;
}

/** Repacks a row of n latent weights and adds to flips[0] how many signs changed. */
export function packRow(latent: Float32Array, bits: Uint8Array, flips: Int32Array, n: number): void {
  for (let k = 0; k < n; k += 8) {
    const now = signs(latent, k, Math.min(8, n - k));
    flips[0]! += popcount32(now ^ bits[k >> 3]!);
    bits[k >> 3] = now;
  }
}

/** Repacks latent weights and counts what changed.
 *  latent: f32 [rows, n]; bits: Bits [rows, n] of `stride` bytes a row; flips: i32 [rows], += signs that changed.
 *  Split over rows. */
export function packSigns(
  latent: Float32Array,
  bits: Uint8Array,
  flips: Int32Array,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  for (let r = lo; r < hi; r++) packRow(latent.subarray(r * n), bits.subarray(r * stride), flips.subarray(r), n);
}

/** bits = sign(y). y: f32 [batch, m]; bits: Bits [batch, m]. Split over features, in multiples of 8. */
export function signForward(
  y: Float32Array,
  bits: Uint8Array,
  batch: number,
  m: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j += 8) bits[b * stride + (j >> 3)] = signs(y, b * m + j, Math.min(8, hi - j));
  }
}

/** The gradient of hard tanh in place of sign's (report, section 3.1): d ← d where |y| <= 1, else 0.
 *  y, d: f32 [batch, m]. Split over features. */
export function signBackward(y: Float32Array, d: Float32Array, batch: number, m: number, lo: number, hi: number): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) if (!(Math.abs(y[b * m + j]!) <= 1)) d[b * m + j] = 0;
  }
}
