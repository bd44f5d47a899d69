// Element-wise functions and their gradients, on features [lo, hi) of [batch, m]; softmax on samples [lo, hi).

import { ACTIVATION_HARD_TANH, ACTIVATION_RELU, ACTIVATION_SIGMOID, ACTIVATION_TANH } from "./generated/layout";
import { exp } from "./math";

/** out = x · factor, x int32. */
export function scaleInt32(x: usize, out: usize, factor: f32, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const i = (b * m + j) << 2;
      store<f32>(out + i, <f32>load<i32>(x + i) * factor);
    }
  }
}

/** out = x · factor, x float32; out may be x. */
export function scaleFloat32(x: usize, out: usize, factor: f32, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const i = (b * m + j) << 2;
      store<f32>(out + i, load<f32>(x + i) * factor);
    }
  }
}

/** out f32 [batch, n] = ±1 of bits, samples [lo, hi). */
export function expandBits(bits: usize, out: usize, n: i32, stride: i32, lo: i32, hi: i32): void {
  for (let b = lo; b < hi; b++) {
    for (let k = 0; k < n; k++) {
      const bit = (load<u8>(bits + <usize>b * stride + (k >> 3)) >> <u8>(k & 7)) & 1;
      store<f32>(out + ((<usize>b * n + k) << 2), bit ? 1 : -1);
    }
  }
}

function value(kind: i32, x: f32): f32 {
  if (kind == ACTIVATION_RELU) return x > 0 ? x : 0;
  if (kind == ACTIVATION_SIGMOID) return <f32>(1 / (1 + exp(-(<f64>x))));
  if (kind == ACTIVATION_HARD_TANH) return x < -1 ? -1 : x > 1 ? 1 : x;
  // tanh |x| = (1 − e)/(1 + e), e = exp(−2|x|); below 2⁻¹², where 1 − e cancels, tanh x = x to float32's precision.
  const size = abs<f64>(<f64>x);
  if (size < 0.000244140625) return x;
  const e = exp(-2 * size);
  return <f32>copysign<f64>((1 - e) / (1 + e), <f64>x);
}

/** y = f(x). */
export function activationForward(x: usize, y: usize, kind: i32, batch: i32, m: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const i = (b * m + j) << 2;
      store<f32>(y + i, value(kind, load<f32>(x + i)));
    }
  }
}

/** d ← d · f'(x), with y = f(x). */
export function activationBackward(
  x: usize,
  y: usize,
  d: usize,
  kind: i32,
  batch: i32,
  m: i32,
  lo: i32,
  hi: i32,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const i = (b * m + j) << 2;
      const g = load<f32>(d + i);
      const v = load<f32>(y + i);
      if (kind == ACTIVATION_RELU) store<f32>(d + i, load<f32>(x + i) > 0 ? g : 0);
      else if (kind == ACTIVATION_SIGMOID) store<f32>(d + i, g * (v * (1 - v)));
      else if (kind == ACTIVATION_TANH) store<f32>(d + i, g * (1 - v * v));
      else store<f32>(d + i, abs(load<f32>(x + i)) <= 1 ? g : 0);
    }
  }
}

/** y[b] = exp(x[b] − max) / Σ exp(x[b] − max). */
export function softmaxForward(x: usize, y: usize, m: i32, lo: i32, hi: i32): void {
  for (let b = lo; b < hi; b++) {
    const row = (b * m) << 2;
    let largest = load<f32>(x + row);
    for (let j = 1; j < m; j++) largest = max(largest, load<f32>(x + row + (j << 2)));
    let sum: f64 = 0;
    for (let j = 0; j < m; j++) sum += exp(<f64>load<f32>(x + row + (j << 2)) - <f64>largest);
    for (let j = 0; j < m; j++) {
      const e = exp(<f64>load<f32>(x + row + (j << 2)) - <f64>largest);
      store<f32>(y + row + (j << 2), <f32>(e / sum));
    }
  }
}

/** d ← y · (d − Σ d·y). */
export function softmaxBackward(y: usize, d: usize, m: i32, lo: i32, hi: i32): void {
  for (let b = lo; b < hi; b++) {
    const row = (b * m) << 2;
    let dot: f64 = 0;
    for (let j = 0; j < m; j++) dot += <f64>load<f32>(d + row + (j << 2)) * <f64>load<f32>(y + row + (j << 2));
    for (let j = 0; j < m; j++) {
      const i = row + (j << 2);
      store<f32>(d + i, load<f32>(y + i) * (load<f32>(d + i) - <f32>dot));
    }
  }
}
