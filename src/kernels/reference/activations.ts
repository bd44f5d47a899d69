/** Element-wise functions and their gradients on [batch, m], split over features; softmax, split over samples.
 *  Report, section 2.3. */

import { kernel, padded, reads, writes } from "../declare.ts";
import { activationKinds } from "../layout.ts";
import { exp } from "./math.ts";

const f = Math.fround;

/** out = x·factor, x int32. */
export const scaleInt32 = kernel(
  {
    split: "features",
    over: "m",
    arrays: { x: reads.i32("batch", "m"), out: writes.f32("batch", "m") },
    numbers: ["factor", "batch", "m"],
  },
  ({ x, out, factor, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) out[b * m + j] = f(x[b * m + j]!) * f(factor);
    }
  },
);

/** out = x·factor, x float32; out may be x. */
export const scaleFloat32 = kernel(
  {
    split: "features",
    over: "m",
    arrays: { x: reads.f32("batch", "m"), out: writes.f32("batch", "m") },
    numbers: ["factor", "batch", "m"],
  },
  ({ x, out, factor, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) out[b * m + j] = x[b * m + j]! * f(factor);
    }
  },
);

/** out = ±1 of bits. */
export const expandBits = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { bits: padded("n", reads.u8("batch", "stride")), out: writes.f32("batch", "n") },
    numbers: ["n", "stride"],
  },
  ({ bits, out, n, stride }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      for (let k = 0; k < n; k++) out[b * n + k] = (bits[b * stride + (k >> 3)]! >> (k & 7)) & 1 ? 1 : -1;
    }
  },
);

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

/** y = f(x); kind: one of `activationKinds`. */
export const activationForward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { x: reads.f32("batch", "m"), y: writes.f32("batch", "m") },
    numbers: ["kind", "batch", "m"],
  },
  ({ x, y, kind, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) y[b * m + j] = value(kind, x[b * m + j]!);
    }
  },
);

/** d ← d·f'(x), with y = f(x): ReLU' = 1 iff x > 0, σ' = y(1 − y), tanh' = 1 − y², hard tanh' = 1 iff |x| <= 1. */
export const activationBackward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { x: reads.f32("batch", "m"), y: reads.f32("batch", "m"), d: writes.f32("batch", "m") },
    numbers: ["kind", "batch", "m"],
  },
  ({ x, y, d, kind, batch, m }, lo, hi) => {
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
  },
);

/** y[b] = exp(x[b] − max)/Σ exp(x[b] − max). */
export const softmaxForward = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { x: reads.f32("batch", "m"), y: writes.f32("batch", "m") },
    numbers: ["m"],
  },
  ({ x, y, m }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      const row = x.subarray(b * m, (b + 1) * m);
      const largest = row.reduce((a, z) => Math.max(a, z));
      let sum = 0;
      for (const z of row) sum += exp(z - largest);
      for (let j = 0; j < m; j++) y[b * m + j] = exp(row[j]! - largest) / sum;
    }
  },
);

/** d ← y·(d − Σ d·y). */
export const softmaxBackward = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { y: reads.f32("batch", "m"), d: writes.f32("batch", "m") },
    numbers: ["m"],
  },
  ({ y, d, m }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      let dot = 0;
      for (let i = b * m; i < (b + 1) * m; i++) dot += d[i]! * y[i]!;
      for (let i = b * m; i < (b + 1) * m; i++) d[i] = y[i]! * f(d[i]! - f(dot));
    }
  },
);
