/** Rows of signs: bit 1 iff x >= least. With least = 0, sign(0) = sign(−0) = +1; with the least positive float32,
 *  2⁻¹⁴⁹, sign(0) = −1. */

import { popcount32 } from "../../core/bits.ts";

/** The byte of signs of x[from … from + count), count <= 8. */
export function signs(x: Float32Array, from: number, count: number, least: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) if (x[from + i]! >= least) bits |= 1 << i;
  return bits;
}

/** Repacks a row of n latent weights and adds to flips[0] how many signs changed. */
export function packRow(latent: Float32Array, bits: Uint8Array, flips: Int32Array, n: number, least: number): void {
  for (let k = 0; k < n; k += 8) {
    const now = signs(latent, k, Math.min(8, n - k), least);
    flips[0]! += popcount32(now ^ bits[k >> 3]!);
    bits[k >> 3] = now;
  }
}
