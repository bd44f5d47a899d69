/** Learning-rate schedules. */

import type { ScheduleConfig } from "../config/config.ts";

/** The learning rate at `progress` epochs into a run of `epochs` (progress is fractional within an epoch).
 *   constant  rate
 *   step      rate · gamma^(completed epochs div stepSize), the report's outlook (PyTorch's StepLR)
 *   cosine    rate · (1 + cos(π · progress/epochs))/2 (Loshchilov and Hutter 2017) */
export function learningRate(schedule: ScheduleConfig, rate: number, progress: number, epochs: number): number {
  switch (schedule.kind) {
    case "constant":
      return rate;
    case "step": {
      let scaled = rate;
      for (let e = schedule.stepSize; e <= progress; e += schedule.stepSize) scaled *= schedule.gamma;
      return scaled;
    }
    case "cosine":
      return rate * (0.5 + 0.5 * cosPi(progress / epochs));
  }
}

/** cos(πx) for 0 <= x <= 1, from its Taylor series, the same on every host; the error is below 1e-15. */
function cosPi(x: number): number {
  if (x > 0.5) return -cosPi(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 12; k++) {
    term *= -square / ((2 * k - 1) * (2 * k));
    sum += term;
  }
  return sum;
}
