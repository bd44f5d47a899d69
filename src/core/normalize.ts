/** Inference-time batch norm in float32: the one definition that training kernels, freezing and tests share.
 *
 *  y(a) = ((a − mean) · slope) + beta,  slope = gamma / √(variance + epsilon),  each operation rounded to float32.
 *
 *  `Math.fround` of the float64 result of one +, −, ·, / or √ of float32 operands *is* the float32 operation: float64
 *  carries 53 ≥ 2 · 24 + 2 bits, so rounding twice is innocuous (Figueroa, "When is double rounding innocuous?", 1995).
 *  WebAssembly's f32 instructions give the same bits.
 *
 *  y is monotone in a, rounding included. Rounding is monotone (u ≤ v implies fround(u) ≤ fround(v)), and so is each exact
 *  operation: u ↦ u − mean and u ↦ u + beta rise, u ↦ u · slope rises for slope > 0, falls for slope < 0 and is constant
 *  for slope = 0. A composition of monotone functions is monotone. Freezing rests on this: one threshold describes a
 *  neuron exactly, and bisection finds it.
 *
 *  y is never NaN if mean, slope and beta are finite and |a| ≤ 2²⁴: a − mean then stays finite, so no 0 · ∞ arises; the
 *  product may overflow to ±∞, and ±∞ + beta is ±∞. */

/** gamma / √(variance + epsilon). It overflows to ±∞ or underflows to ±0 as float32 does; NaN for variance + epsilon < 0. */
export function slopeOf(gamma: number, variance: number, epsilon: number): number {
  const sigma = Math.fround(Math.sqrt(Math.fround(variance + Math.fround(epsilon))));
  return Math.fround(gamma / sigma);
}

/** ((a − mean) · slope) + beta. `a` is a float32, or an integer of at most 2²⁴ in magnitude, which a float32 holds. */
export function normalize(a: number, mean: number, slope: number, beta: number): number {
  return Math.fround(Math.fround(Math.fround(a - mean) * slope) + beta);
}
