// Losses on samples [lo, hi) of logits f32 [batch, m]: each writes the sample's loss f64 [batch] and the gradient of
// the batch's mean loss, d f32 [batch, m].

import { exp, log } from "./math";

/** predicted i32 [batch]: the class with the largest logit, the lowest index among equals. */
export function argmax(logits: usize, predicted: usize, m: i32, lo: i32, hi: i32): void {
  for (let b = lo; b < hi; b++) {
    const row = logits + ((b * m) << 2);
    let best = 0;
    for (let j = 1; j < m; j++) if (load<f32>(row + (j << 2)) > load<f32>(row + (best << 2))) best = j;
    store<i32>(predicted + (b << 2), best);
  }
}

/** With smoothing s, t = (1 − s) · 1[label] + s/m:  loss = log Σ exp(z − max) − Σ t·(z − max);  d = (softmax(z) − t) /
 *  batch. */
export function nllLoss(
  logits: usize,
  labels: usize,
  indices: usize,
  loss: usize,
  d: usize,
  smoothing: f64,
  batch: i32,
  m: i32,
  lo: i32,
  hi: i32,
): void {
  const share = smoothing / <f64>m;
  for (let b = lo; b < hi; b++) {
    const row = (b * m) << 2;
    const label = <i32>load<u8>(labels + <usize>load<i32>(indices + (b << 2)));
    let largest = load<f32>(logits + row);
    for (let j = 1; j < m; j++) largest = max(largest, load<f32>(logits + row + (j << 2)));
    let sum: f64 = 0;
    for (let j = 0; j < m; j++) sum += exp(<f64>load<f32>(logits + row + (j << 2)) - <f64>largest);
    let expected = (1 - smoothing) * (<f64>load<f32>(logits + row + (label << 2)) - <f64>largest);
    if (smoothing > 0) {
      let total: f64 = 0;
      for (let j = 0; j < m; j++) total += <f64>load<f32>(logits + row + (j << 2)) - <f64>largest;
      expected += share * total;
    }
    store<f64>(loss + (b << 3), log(sum) - expected);
    for (let j = 0; j < m; j++) {
      const p = exp(<f64>load<f32>(logits + row + (j << 2)) - <f64>largest) / sum;
      store<f32>(d + row + (j << 2), <f32>((p - (share + (j == label ? 1 - smoothing : 0))) / <f64>batch));
    }
  }
}

/** loss = Σ_j max(0, 1 − t_j·z_j)², t = +1 for the label and −1 else;  d = −2 t max(0, 1 − t·z) / batch. */
export function hingeLoss(
  logits: usize,
  labels: usize,
  indices: usize,
  loss: usize,
  d: usize,
  batch: i32,
  m: i32,
  lo: i32,
  hi: i32,
): void {
  for (let b = lo; b < hi; b++) {
    const row = (b * m) << 2;
    const label = <i32>load<u8>(labels + <usize>load<i32>(indices + (b << 2)));
    let sum: f64 = 0;
    for (let j = 0; j < m; j++) {
      const t: f64 = j == label ? 1 : -1;
      const gap = max<f64>(0, 1 - t * <f64>load<f32>(logits + row + (j << 2)));
      sum += gap * gap;
      store<f32>(d + row + (j << 2), <f32>((-2 * t * gap) / <f64>batch));
    }
    store<f64>(loss + (b << 3), sum);
  }
}
