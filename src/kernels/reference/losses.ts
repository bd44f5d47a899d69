/** Losses on logits z f32 [batch, m], split over samples. Each writes the samples' losses, f64 [batch], and the
 *  gradient of their mean, d f32 [batch, m]. The label of sample b is labels[indices[b]]. */

import { below, kernel, reads, readsAll, writes } from "../declare.ts";
import { exp, log } from "./math.ts";

/** predicted[b] = the class with the largest logit, the lowest index among equals. */
export const argmax = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { logits: reads.f32("batch", "m"), predicted: writes.i32("batch") },
    numbers: ["m"],
  },
  ({ logits, predicted, m }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      let best = 0;
      for (let j = 1; j < m; j++) if (logits[b * m + j]! > logits[b * m + best]!) best = j;
      predicted[b] = best;
    }
  },
);

/** What every loss takes and gives. */
const arrays = {
  logits: reads.f32("batch", "m"),
  labels: below("m", readsAll.u8("count")),
  indices: below("count", readsAll.i32("batch")),
  loss: writes.f64("batch"),
  d: writes.f32("batch", "m"),
};

/** Log-softmax and negative log likelihood (report, section 3.4), with label smoothing s (Szegedy et al. 2016): the
 *  cross-entropy against t = (1 − s)·1[label] + s/m.
 *  loss = log Σ exp(z − max) − Σ t·(z − max);  d = (softmax(z) − t)/batch. */
export const nllLoss = kernel(
  { split: "samples", over: "batch", arrays, numbers: ["smoothing", "batch", "m"] },
  ({ logits, labels, indices, loss, d, smoothing, batch, m }, lo, hi) => {
    const share = smoothing / m;
    for (let b = lo; b < hi; b++) {
      const z = logits.subarray(b * m, (b + 1) * m);
      const label = labels[indices[b]!]!;
      const largest = z.reduce((a, x) => Math.max(a, x));
      let sum = 0;
      for (const x of z) sum += exp(x - largest);
      let expected = (1 - smoothing) * (z[label]! - largest);
      if (smoothing > 0) expected += share * z.reduce((total, x) => total + (x - largest), 0);
      loss[b] = log(sum) - expected;
      for (let j = 0; j < m; j++) {
        const target = share + (j === label ? 1 - smoothing : 0);
        d[b * m + j] = (exp(z[j]! - largest) / sum - target) / batch;
      }
    }
  },
);

/** Squared hinge (Courbariaux et al. 2016): loss = Σ_j max(0, 1 − t_j·z_j)², t = +1 for the label, −1 else;
 *  d = −2 t max(0, 1 − t·z)/batch. */
export const hingeLoss = kernel(
  { split: "samples", over: "batch", arrays, numbers: ["batch", "m"] },
  ({ logits, labels, indices, loss, d, batch, m }, lo, hi) => {
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
  },
);
