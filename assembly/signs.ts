// sign and what stands in for its gradient.

import {
  SURROGATE_APPROX_SIGN,
  SURROGATE_HARD_TANH,
  SURROGATE_IDENTITY,
  SURROGATE_TANH,
  SWISH_BETA,
} from "./generated/layout";
import { exp } from "./math";
import { packRow, signs8, signsTail } from "./rows";
import { get, put } from "./vectors";

/** Rows [lo, hi) of latent weights f32 [rows, n]. */
export function packSigns(
  latent: usize, bits: usize, flips: usize, least: f32, n: i32, stride: i32, lo: i32, hi: i32,
): void {
  for (let r = lo; r < hi; r++) {
    packRow(latent + (<usize>(r * n) << 2), bits + <usize>(r * stride), flips + (r << 2), n, least);
  }
}

/** Bits [batch, m], features [lo, hi), from y f32 [batch, m]; lo is a multiple of 8. */
export function signForward(
  y: usize, bits: usize, least: f32, batch: i32, m: i32, stride: i32, lo: i32, hi: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const from = y + ((b * m) << 2);
    const to = bits + <usize>(b * stride);
    let j = lo;
    for (; j + 8 <= hi; j += 8) store<u8>(to + (j >> 3), <u8>signs8(from + (j << 2), least));
    if (j < hi) store<u8>(to + (j >> 3), <u8>signsTail(from + (j << 2), hi - j, least));
  }
}

/** The derivative of tanh or of swish-sign, in float64 by e = exp(−z), z >= 0:
 *    tanh'(x) = 1 − tanh²(x) = 4e/(1 + e)²,  z = 2|x|
 *    swish    = β(2 − z·(1 − e)/(1 + e)) · 2e/(1 + e)²,  z = β|x|, since tanh(z/2) = (1 − e)/(1 + e) and
 *               1 + cosh z = (1 + e)²/(2e) */
function slopeOf(surrogate: i32, x: f32): f32 {
  const size = abs<f64>(<f64>x);
  if (surrogate == SURROGATE_TANH) {
    const e = exp(-2 * size);
    return <f32>(4 * e / ((1 + e) * (1 + e)));
  }
  const beta = <f64>SWISH_BETA;
  const z = beta * size;
  const e = exp(-z);
  if (e == 0) return 0;
  return <f32>(beta * (2 - z * (1 - e) / (1 + e)) * (2 * e) / ((1 + e) * (1 + e)));
}

/** Four gradients, at the addresses y and d. */
@inline
function hardTanh(y: usize, d: usize, left: i32): void {
  put(d, v128.and(get(d, left), f32x4.le(f32x4.abs(get(y, left)), f32x4.splat(1))), left);
}

@inline
function approxSign(y: usize, d: usize, left: i32): void {
  const size = f32x4.abs(get(y, left));
  const slope = f32x4.sub(f32x4.splat(2), f32x4.mul(f32x4.splat(2), size));
  put(d, v128.and(f32x4.mul(get(d, left), slope), f32x4.le(size, f32x4.splat(1))), left);
}

/** d ← d · (the surrogate's derivative at y). */
export function signBackward(y: usize, d: usize, surrogate: i32, batch: i32, m: i32, lo: i32, hi: i32): void {
  if (surrogate == SURROGATE_IDENTITY) return;
  const end = (hi - lo) << 2;
  const whole = end & ~15;
  const left = (hi - lo) & 3;
  for (let b = 0; b < batch; b++) {
    const x = y + ((b * m + lo) << 2);
    const g = d + ((b * m + lo) << 2);
    if (surrogate == SURROGATE_HARD_TANH) {
      for (let k = 0; k < whole; k += 16) hardTanh(x + k, g + k, 4);
      hardTanh(x + whole, g + whole, left);
    } else if (surrogate == SURROGATE_APPROX_SIGN) {
      for (let k = 0; k < whole; k += 16) approxSign(x + k, g + k, 4);
      approxSign(x + whole, g + whole, left);
    } else {
      for (let k = 0; k < end; k += 4) store<f32>(g + k, load<f32>(g + k) * slopeOf(surrogate, load<f32>(x + k)));
    }
  }
}
