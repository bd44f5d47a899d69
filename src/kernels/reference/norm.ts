/** Batch norm (Ioffe and Szegedy 2015; report, section 3.3) on int32 or float32 pre-activations x [batch, m].
 *  Split over features. Sums over the batch run in float64 in the order of the samples. */

import { normalize, slopeOf } from "../../core/normalize.ts";
import { kernel, notNegative, reads, writes } from "../declare.ts";

type Numbers = Int32Array | Float32Array;
const f = Math.fround;

const split = { split: "features", over: "m" } as const;

interface Moments {
  readonly x: Numbers;
  readonly moments: Float64Array;
  readonly batch: number;
  readonly m: number;
}

function batchMoments({ x, moments, batch, m }: Moments, lo: number, hi: number): void {
  for (let j = lo; j < hi; j++) {
    let sum = 0;
    for (let b = 0; b < batch; b++) sum += x[b * m + j]!;
    const mean = sum / batch;
    let squares = 0;
    for (let b = 0; b < batch; b++) squares += (x[b * m + j]! - mean) * (x[b * m + j]! - mean);
    moments[j] = mean;
    moments[m + j] = squares / batch;
  }
}

/** moments [2, m]: each feature's mean and biased variance, in two passes. */
export const batchMomentsInt32 = kernel(
  { ...split, arrays: { x: reads.i32("batch", "m"), moments: writes.f64(2, "m") }, numbers: ["batch", "m"] },
  batchMoments,
);

/** The same of float32. */
export const batchMomentsFloat32 = kernel(
  { ...split, arrays: { x: reads.f32("batch", "m"), moments: writes.f64(2, "m") }, numbers: ["batch", "m"] },
  batchMoments,
);

/** From the batch's moments: mean, 1/σ and γ/σ, σ = √(variance + ε); and the running estimates as PyTorch keeps them,
 *  running ← (1 − momentum)·running + momentum·batch, with the unbiased variance. */
export const batchNormScale = kernel(
  {
    ...split,
    arrays: {
      moments: notNegative(reads.f64(2, "m")),
      gamma: reads.f32("m"),
      runningMean: writes.f32("m"),
      runningVariance: notNegative(writes.f32("m")),
      mean: writes.f32("m"),
      inverse: writes.f32("m"),
      slope: writes.f32("m"),
    },
    numbers: ["batch", "m", "epsilon", "momentum"],
  },
  (args, lo, hi) => {
    const { moments, gamma, runningMean, runningVariance, mean, inverse, slope, batch, m, epsilon, momentum } = args;
    const unbias = batch / (batch - 1);
    const keep = f(1 - f(momentum));
    for (let j = lo; j < hi; j++) {
      const variance = moments[m + j]!;
      mean[j] = moments[j]!;
      inverse[j] = slopeOf(1, f(variance), epsilon);
      slope[j] = slopeOf(gamma[j]!, f(variance), epsilon);
      runningMean[j] = f(f(keep * runningMean[j]!) + f(f(momentum) * mean[j]!));
      runningVariance[j] = f(f(keep * runningVariance[j]!) + f(f(momentum) * f(variance * unbias)));
    }
  },
);

/** slope = γ/√(variance + ε) from the running variance. */
export const inferenceScale = kernel(
  {
    ...split,
    arrays: { gamma: reads.f32("m"), variance: notNegative(reads.f32("m")), slope: writes.f32("m") },
    numbers: ["epsilon"],
  },
  ({ gamma, variance, slope, epsilon }, lo, hi) => {
    for (let j = lo; j < hi; j++) slope[j] = slopeOf(gamma[j]!, variance[j]!, epsilon);
  },
);

interface Normalize {
  readonly x: Numbers;
  readonly mean: Float32Array;
  readonly slope: Float32Array;
  readonly beta: Float32Array;
  readonly y: Float32Array;
  readonly batch: number;
  readonly m: number;
}

function normalizeRows({ x, mean, slope, beta, y, batch, m }: Normalize, lo: number, hi: number): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) y[b * m + j] = normalize(x[b * m + j]!, mean[j]!, slope[j]!, beta[j]!);
  }
}

const line = { mean: reads.f32("m"), slope: reads.f32("m"), beta: reads.f32("m"), y: writes.f32("batch", "m") };

/** y = (x − mean)·slope + β, x int32. */
export const normalizeInt32 = kernel(
  { ...split, arrays: { x: reads.i32("batch", "m"), ...line }, numbers: ["batch", "m"] },
  normalizeRows,
);

/** y = (x − mean)·slope + β, x float32. */
export const normalizeFloat32 = kernel(
  { ...split, arrays: { x: reads.f32("batch", "m"), ...line }, numbers: ["batch", "m"] },
  normalizeRows,
);

interface Backward {
  readonly x: Numbers;
  readonly mean: Float32Array;
  readonly inverse: Float32Array;
  readonly slope: Float32Array;
  readonly d: Float32Array;
  readonly sums: Float64Array;
  readonly dGamma: Float32Array;
  readonly dBeta: Float32Array;
  readonly batch: number;
  readonly m: number;
}

function backward(args: Backward, lo: number, hi: number): void {
  const { x, mean, inverse, slope, d, sums, dGamma, dBeta, batch, m } = args;
  const share = f(1 / batch);
  const hat = (b: number, j: number) => f(f(x[b * m + j]! - mean[j]!) * inverse[j]!);
  for (let j = lo; j < hi; j++) {
    sums[j] = 0;
    sums[m + j] = 0;
    for (let b = 0; b < batch; b++) {
      sums[j]! += d[b * m + j]!;
      sums[m + j]! += d[b * m + j]! * hat(b, j);
    }
    dBeta[j] = sums[j]!;
    dGamma[j] = sums[m + j]!;
    for (let b = 0; b < batch; b++) {
      const common = f(dBeta[j]! + f(hat(b, j) * dGamma[j]!));
      d[b * m + j] = f(f(d[b * m + j]! - f(common * share)) * slope[j]!);
    }
  }
}

const gradients = {
  mean: reads.f32("m"),
  inverse: reads.f32("m"),
  slope: reads.f32("m"),
  d: writes.f32("batch", "m"),
  sums: writes.f64(2, "m"),
  dGamma: writes.f32("m"),
  dBeta: writes.f32("m"),
};

/** With x̂ = (x − mean)/σ:  dβ = Σ d,  dγ = Σ d·x̂,  d ← (γ/σ)(d − dβ/batch − x̂·dγ/batch). sums is scratch. */
export const batchNormBackwardInt32 = kernel(
  { ...split, arrays: { x: reads.i32("batch", "m"), ...gradients }, numbers: ["batch", "m"] },
  backward,
);

/** The same for x float32. */
export const batchNormBackwardFloat32 = kernel(
  { ...split, arrays: { x: reads.f32("batch", "m"), ...gradients }, numbers: ["batch", "m"] },
  backward,
);
