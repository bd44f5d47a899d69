/** Element-wise functions and their gradients on [batch, m], split over features; softmax, split over samples.
 *  Report, section 2.3. */

import { activationKinds } from "../layout.ts";
import { exp } from "./math.ts";

const f = Math.fround;

/** out = x·factor. x: i32, out: f32 [batch, m]. */
export function scaleInt32(
  x: Int32Array,
  out: Float32Array,
  factor: number,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) out[b * m + j] = f(x[b * m + j]!) * f(factor);
  }
}

/** out = x·factor. x, out: f32 [batch, m], possibly the same. */
export function scaleFloat32(
  x: Float32Array,
  out: Float32Array,
  factor: number,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) out[b * m + j] = x[b * m + j]! * f(factor);
  }
}

/** out = ±1 of bits. bits: Bits [rows, n] of `stride` bytes a row; out: f32 [rows, n]. Split over rows. */
export function expandBits(
  bits: Uint8Array,
  out: Float32Array,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  for (let r = lo; r < hi; r++) {
    for (let k = 0; k < n; k++) out[r * n + k] = (bits[r * stride + (k >> 3)]! >> (k & 7)) & 1 ? 1 : -1;
  }
}

function value(kind: number, x: number): number {
  if (kind === activationKinds.relu) return x > 0 ? x : 0;
  if (kind === activationKinds.sigmoid) return 1 / (1 + exp(-x));
  if (kind === activationKinds["hard-tanh"]) return x < -1 ? -1 : x > 1 ? 1 : x;
  // tanh |x| = (1 − e)/(1 + e), e = exp(−2|x|); below 2⁻¹², where 1 − e cancels, tanh x = x to float32's precision.
  const size = Math.abs(x);
  if (size < 0.000244140625) return x;
  const e = exp(-2 * size);
  return x < 0 ? -((1 - e) / (1 + e)) : (1 - e) / (1 + e);
}

/** y = f(x). x, y: f32 [batch, m]; kind: one of `activationKinds`. */
export function activationForward(
  x: Float32Array,
  y: Float32Array,
  kind: number,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) y[b * m + j] = value(kind, x[b * m + j]!);
  }
}

/** d ← d·f'(x), with y = f(x): ReLU' = 1 iff x > 0, σ' = y(1 − y), tanh' = 1 − y², hard tanh' = 1 iff |x| <= 1. */
export function activationBackward(
  x: Float32Array,
  y: Float32Array,
  d: Float32Array,
  kind: number,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) {
      const i = b * m + j;
      const v = y[i]!;
      if (kind === activationKinds.relu) d[i] = x[i]! > 0 ? d[i]! : 0;
      else if (kind === activationKinds.sigmoid) d[i] = d[i]! * f(v * f(1 - v));
      else if (kind === activationKinds.tanh) d[i] = d[i]! * f(1 - f(v * v));
      else d[i] = Math.abs(x[i]!) <= 1 ? d[i]! : 0;
    }
  }
}

/** y[b] = exp(x[b] − max)/Σ exp(x[b] − max). x, y: f32 [batch, m]. Split over samples. */
export function softmaxForward(x: Float32Array, y: Float32Array, m: number, lo: number, hi: number): void {
  for (let b = lo; b < hi; b++) {
    const row = x.subarray(b * m, (b + 1) * m);
    const largest = row.reduce((a, z) => Math.max(a, z));
    let sum = 0;
    for (const z of row) sum += exp(z - largest);
    for (let j = 0; j < m; j++) y[b * m + j] = exp(row[j]! - largest) / sum;
  }
}

/** d ← y·(d − Σ d·y). y, d: f32 [batch, m]. Split over samples. */
export function softmaxBackward(y: Float32Array, d: Float32Array, m: number, lo: number, hi: number): void {
  for (let b = lo; b < hi; b++) {
    let dot = 0;
    for (let i = b * m; i < (b + 1) * m; i++) dot += d[i]! * y[i]!;
    for (let i = b * m; i < (b + 1) * m; i++) d[i] = y[i]! * f(d[i]! - f(dot));
  }
}
