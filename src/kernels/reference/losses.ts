/** Losses on logits z f32 [batch, m], split over samples. Each writes the samples' losses, f64 [batch], and the gradient
 *  of their mean, d f32 [batch, m]. The label of sample b is labels[indices[b]]. */

import { exp, log } from "./math.ts";

/** predicted[b] = the class with the largest logit, the lowest index among equals. predicted: i32 [batch]. */
export function argmax(logits: Float32Array, predicted: Int32Array, m: number, lo: number, hi: number): void {
  for (let b = lo; b < hi; b++) {
    let best = 0;
    for (let j = 1; j < m; j++) if (logits[b * m + j]! > logits[b * m + best]!) best = j;
    predicted[b] = best;
  }
}

/** Log-softmax and negative log likelihood (report, section 3.4):
 *  loss = log Σ exp(z − max) − (z[label] − max);  d = (softmax(z) − 1[label])/batch. */
export function nllLoss(
  logits: Float32Array,
  labels: Uint8Array,
  indices: Int32Array,
  loss: Float64Array,
  d: Float32Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = lo; b < hi; b++) {
    const z = logits.subarray(b * m, (b + 1) * m);
    const label = labels[indices[b]!]!;
    const largest = z.reduce((a, x) => Math.max(a, x));
    let sum = 0;
    for (const x of z) sum += exp(x - largest);
    loss[b] = log(sum) - (z[label]! - largest);
    for (let j = 0; j < m; j++) d[b * m + j] = (exp(z[j]! - largest) / sum - (j === label ? 1 : 0)) / batch;
  }
}

/** Squared hinge (Courbariaux et al. 2016): loss = Σ_j max(0, 1 − t_j·z_j)², t = +1 for the label, −1 else;
 *  d = −2 t max(0, 1 − t·z)/batch. */
export function hingeLoss(
  logits: Float32Array,
  labels: Uint8Array,
  indices: Int32Array,
  loss: Float64Array,
  d: Float32Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let b = lo; b < hi; b++) {
    const label = labels[indices[b]!]!;
    let sum = 0;
    for (let j = 0; j < m; j++) {
      const t = j === label ? 1 : -1;
      const gap = Math.max(0, 1 - t * logits[b * m + j]!);
      sum += gap * gap;
      d[b * m + j] = (-2 * t * gap) / batch;
    }
    loss[b] = sum;
  }
}
