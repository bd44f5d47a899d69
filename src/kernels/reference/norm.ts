/** Batch norm (Ioffe and Szegedy 2015; report, section 3.3) on int32 or float32 pre-activations x [batch, m].
 *  Split over features. Sums over the batch run in float64 in the order of the samples. */

import { normalize, slopeOf } from "../../core/normalize.ts";

type Numbers = Int32Array | Float32Array;
const f = Math.fround;

/** moments: f64 [2, m]: each feature's mean and biased variance, in two passes. */
function batchMoments(x: Numbers, moments: Float64Array, batch: number, m: number, lo: number, hi: number): void {
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

/** Moments of int32 x: see above. */
export const batchMomentsInt32: (
  x: Int32Array,
  moments: Float64Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
) => void = batchMoments;

/** Moments of float32 x: see above. */
export const batchMomentsFloat32: (
  x: Float32Array,
  moments: Float64Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
) => void = batchMoments;

/** From the batch's moments: mean, 1/σ and γ/σ, σ = √(variance + ε); and the running estimates as PyTorch keeps them,
 *  running ← (1 − momentum)·running + momentum·batch, with the unbiased variance. All but moments: f32 [m]. */
export function batchNormScale(
  moments: Float64Array,
  gamma: Float32Array,
  runningMean: Float32Array,
  runningVariance: Float32Array,
  mean: Float32Array,
  inverse: Float32Array,
  slope: Float32Array,
  batch: number,
  m: number,
  epsilon: number,
  momentum: number,
  lo: number,
  hi: number,
): void {
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
}

/** slope = γ/√(variance + ε) from the running variance. All f32 [m]. */
export function inferenceScale(
  gamma: Float32Array,
  variance: Float32Array,
  slope: Float32Array,
  epsilon: number,
  lo: number,
  hi: number,
): void {
  for (let j = lo; j < hi; j++) slope[j] = slopeOf(gamma[j]!, variance[j]!, epsilon);
}

type Normalize<X> = (
  x: X,
  mean: Float32Array,
  slope: Float32Array,
  beta: Float32Array,
  y: Float32Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
) => void;

const normalizeRows: Normalize<Numbers> = (x, mean, slope, beta, y, batch, m, lo, hi) => {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) y[b * m + j] = normalize(x[b * m + j]!, mean[j]!, slope[j]!, beta[j]!);
  }
};

/** y = (x − mean)·slope + β, x int32; mean, slope, β: f32 [m]; y: f32 [batch, m]. */
export const normalizeInt32: Normalize<Int32Array> = normalizeRows;
/** y = (x − mean)·slope + β, x float32. */
export const normalizeFloat32: Normalize<Float32Array> = normalizeRows;

type Backward<X> = (
  x: X,
  mean: Float32Array,
  inverse: Float32Array,
  slope: Float32Array,
  d: Float32Array,
  sums: Float64Array,
  dGamma: Float32Array,
  dBeta: Float32Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
) => void;

const backward: Backward<Numbers> = (x, mean, inverse, slope, d, sums, dGamma, dBeta, batch, m, lo, hi) => {
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
};

/** With x̂ = (x − mean)/σ:  dβ = Σ d,  dγ = Σ d·x̂,  d ← (γ/σ)(d − dβ/batch − x̂·dγ/batch).
 *  x: i32, d: f32 [batch, m]; sums: f64 [2, m] of scratch. */
export const batchNormBackwardInt32: Backward<Int32Array> = backward;
/** The same for x: f32 [batch, m]. */
export const batchNormBackwardFloat32: Backward<Float32Array> = backward;
