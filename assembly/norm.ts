// Batch norm. Sums over the batch run in float64, sample by sample, feature by feature: no order depends on the split.
// The float32 operations of `normalize` and of the slope are those of src/core/normalize.ts, in the same order.

/** x[b, j] as float64, from int32 or float32. */
@inline
function at<T>(x: usize, i: i32): f64 {
  return <f64>load<T>(x + (i << 2));
}

/** x[b, j] as float32. */
@inline
function at32<T>(x: usize, i: i32): f32 {
  return <f32>load<T>(x + (i << 2));
}

/** Four of them. */
@inline
function at32x4<T>(x: usize, i: i32): v128 {
  const v = v128.load(x + (i << 2));
  return isInteger<T>() ? f32x4.convert_i32x4_s(v) : v;
}

@inline
function add(sums: usize, j: i32, value: f64): void {
  store<f64>(sums + (j << 3), load<f64>(sums + (j << 3)) + value);
}

/** The low or high two of four float32 as float64. */
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
}
@inline
function add2(sums: usize, value: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), value));
}

/** moments f64 [2, m]: mean and biased variance of each feature, in two passes. */
function batchMoments<T>(x: usize, moments: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  const means = moments;
  const variances = moments + (m << 3);
  const end4 = lo + ((hi - lo) & ~3);
  memory.fill(means + (lo << 3), 0, (hi - lo) << 3);
  memory.fill(variances + (lo << 3), 0, (hi - lo) << 3);
  for (let b = 0; b < batch; b++) {
    let j = lo;
    for (; j < end4; j += 4) {
      const v = at32x4<T>(x, b * m + j);
      add2(means + (j << 3), low(v));
      add2(means + (j << 3) + 16, high(v));
    }
    for (; j < hi; j++) add(means, j, at<T>(x, b * m + j));
  }
  for (let j = lo; j < hi; j++) store<f64>(means + (j << 3), load<f64>(means + (j << 3)) / <f64>batch);
  for (let b = 0; b < batch; b++) {
    let j = lo;
    for (; j < end4; j += 4) {
      const v = at32x4<T>(x, b * m + j);
      const d0 = f64x2.sub(low(v), v128.load(means + (j << 3)));
      const d1 = f64x2.sub(high(v), v128.load(means + (j << 3), 16));
      add2(variances + (j << 3), f64x2.mul(d0, d0));
      add2(variances + (j << 3) + 16, f64x2.mul(d1, d1));
    }
    for (; j < hi; j++) {
      const d = at<T>(x, b * m + j) - load<f64>(means + (j << 3));
      add(variances, j, d * d);
    }
  }
  for (let j = lo; j < hi; j++) store<f64>(variances + (j << 3), load<f64>(variances + (j << 3)) / <f64>batch);
}

export function batchMomentsInt32(x: usize, moments: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  batchMoments<i32>(x, moments, batch, m, lo, hi);
}

export function batchMomentsFloat32(x: usize, moments: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  batchMoments<f32>(x, moments, batch, m, lo, hi);
}

/** From the batch's moments: mean, 1/σ and slope γ/σ; and the running estimates' update, running += momentum ·
 *  (batch − running) in PyTorch's form, its variance unbiased. */
export function batchNormScale(
  moments: usize, gamma: usize, runningMean: usize, runningVariance: usize,
  mean: usize, inverse: usize, slope: usize, batch: i32, m: i32, epsilon: f32, momentum: f32, lo: i32, hi: i32,
): void {
  const unbias = <f64>batch / <f64>(batch - 1);
  for (let j = lo; j < hi; j++) {
    const k = j << 2;
    const batchMean = <f32>load<f64>(moments + (j << 3));
    const variance = load<f64>(moments + ((m + j) << 3));
    const sigma = sqrt<f32>(<f32>variance + epsilon);
    store<f32>(mean + k, batchMean);
    store<f32>(inverse + k, 1 / sigma);
    store<f32>(slope + k, load<f32>(gamma + k) / sigma);
    const keep: f32 = 1 - momentum;
    store<f32>(runningMean + k, keep * load<f32>(runningMean + k) + momentum * batchMean);
    store<f32>(runningVariance + k, keep * load<f32>(runningVariance + k) + momentum * <f32>(variance * unbias));
  }
}

/** slope = γ / sqrt(variance + ε) from the running variance. */
export function inferenceScale(gamma: usize, variance: usize, slope: usize, epsilon: f32, lo: i32, hi: i32): void {
  for (let j = lo; j < hi; j++) {
    const k = j << 2;
    store<f32>(slope + k, load<f32>(gamma + k) / sqrt<f32>(load<f32>(variance + k) + epsilon));
  }
}

/** y f32 [batch, m] = (x − mean) · slope + beta. */
function normalize<T>(
  x: usize, mean: usize, slope: usize, beta: usize, y: usize, batch: i32, m: i32, lo: i32, hi: i32,
): void {
  for (let b = 0; b < batch; b++) {
    let j = lo;
    for (; j + 4 <= hi; j += 4) {
      const k = j << 2;
      const centred = f32x4.sub(at32x4<T>(x, b * m + j), v128.load(mean + k));
      v128.store(y + ((b * m + j) << 2), f32x4.add(f32x4.mul(centred, v128.load(slope + k)), v128.load(beta + k)));
    }
    for (; j < hi; j++) {
      const k = j << 2;
      const centred = at32<T>(x, b * m + j) - load<f32>(mean + k);
      store<f32>(y + ((b * m + j) << 2), centred * load<f32>(slope + k) + load<f32>(beta + k));
    }
  }
}

export function normalizeInt32(
  x: usize, mean: usize, slope: usize, beta: usize, y: usize, batch: i32, m: i32, lo: i32, hi: i32,
): void {
  normalize<i32>(x, mean, slope, beta, y, batch, m, lo, hi);
}

export function normalizeFloat32(
  x: usize, mean: usize, slope: usize, beta: usize, y: usize, batch: i32, m: i32, lo: i32, hi: i32,
): void {
  normalize<f32>(x, mean, slope, beta, y, batch, m, lo, hi);
}

/** With x̂ = (x − mean)/σ:  dβ = Σ d,  dγ = Σ d·x̂,  d ← (γ/σ) (d − dβ/batch − x̂·dγ/batch).
 *  (Ioffe and Szegedy 2015, section 3.) `sums` f64 [2, m] is scratch. */
function batchNormBackward<T>(
  x: usize, mean: usize, inverse: usize, slope: usize, d: usize, sums: usize, dGamma: usize, dBeta: usize,
  batch: i32, m: i32, lo: i32, hi: i32,
): void {
  const betas = sums;
  const gammas = sums + (m << 3);
  const end4 = lo + ((hi - lo) & ~3);
  memory.fill(betas + (lo << 3), 0, (hi - lo) << 3);
  memory.fill(gammas + (lo << 3), 0, (hi - lo) << 3);
  for (let b = 0; b < batch; b++) {
    let j = lo;
    for (; j < end4; j += 4) {
      const k = j << 2;
      const g = v128.load(d + ((b * m + j) << 2));
      const hat = f32x4.mul(f32x4.sub(at32x4<T>(x, b * m + j), v128.load(mean + k)), v128.load(inverse + k));
      add2(betas + (j << 3), low(g));
      add2(betas + (j << 3) + 16, high(g));
      add2(gammas + (j << 3), f64x2.mul(low(g), low(hat)));
      add2(gammas + (j << 3) + 16, f64x2.mul(high(g), high(hat)));
    }
    for (; j < hi; j++) {
      const k = j << 2;
      const g = load<f32>(d + ((b * m + j) << 2));
      const hat = (at32<T>(x, b * m + j) - load<f32>(mean + k)) * load<f32>(inverse + k);
      add(betas, j, <f64>g);
      add(gammas, j, <f64>g * <f64>hat);
    }
  }
  for (let j = lo; j < hi; j++) {
    store<f32>(dBeta + (j << 2), <f32>load<f64>(betas + (j << 3)));
    store<f32>(dGamma + (j << 2), <f32>load<f64>(gammas + (j << 3)));
  }
  const share = f32x4.splat(1 / <f32>batch);
  for (let b = 0; b < batch; b++) {
    let j = lo;
    for (; j < end4; j += 4) {
      const k = j << 2;
      const to = d + ((b * m + j) << 2);
      const hat = f32x4.mul(f32x4.sub(at32x4<T>(x, b * m + j), v128.load(mean + k)), v128.load(inverse + k));
      const common = f32x4.add(v128.load(dBeta + k), f32x4.mul(hat, v128.load(dGamma + k)));
      v128.store(to, f32x4.mul(f32x4.sub(v128.load(to), f32x4.mul(common, share)), v128.load(slope + k)));
    }
    for (; j < hi; j++) {
      const k = j << 2;
      const to = d + ((b * m + j) << 2);
      const hat = (at32<T>(x, b * m + j) - load<f32>(mean + k)) * load<f32>(inverse + k);
      const common = load<f32>(dBeta + k) + hat * load<f32>(dGamma + k);
      store<f32>(to, (load<f32>(to) - common * (1 / <f32>batch)) * load<f32>(slope + k));
    }
  }
}

export function batchNormBackwardInt32(
  x: usize, mean: usize, inverse: usize, slope: usize, d: usize, sums: usize, dGamma: usize, dBeta: usize,
  batch: i32, m: i32, lo: i32, hi: i32,
): void {
  batchNormBackward<i32>(x, mean, inverse, slope, d, sums, dGamma, dBeta, batch, m, lo, hi);
}

export function batchNormBackwardFloat32(
  x: usize, mean: usize, inverse: usize, slope: usize, d: usize, sums: usize, dGamma: usize, dBeta: usize,
  batch: i32, m: i32, lo: i32, hi: i32,
): void {
  batchNormBackward<f32>(x, mean, inverse, slope, d, sums, dGamma, dBeta, batch, m, lo, hi);
}
