/** Optimizers as PyTorch defines them: which method makes a step, how much state it keeps, and its coefficients.
 *
 *  A step is w ← update(w, gradient, state; rates), element by element; the formulas are in
 *  src/kernels/reference/updates.ts. The coefficients are computed here, once a step, in float64. */

import type { OptimizerConfig } from "../config/config.ts";
import { KEEP, methods, RATES } from "../kernels/layout.ts";

export interface Optimizer {
  /** Its number in calls. */
  readonly method: number;
  /** State arrays a parameter has, of the parameter's shape, 0 at first. */
  readonly states: 1 | 2;
  /** `rates` for a learning rate and step 1, 2, 3 … */
  rates(learningRate: number, step: number): number[];
}

export function optimizer(config: OptimizerConfig): Optimizer {
  switch (config.name) {
    case "sgd":
      return { method: methods.sgd, states: 1, rates: (rate) => coefficients(rate, config.momentum) };
    case "adadelta":
      return {
        method: methods.adadelta,
        states: 2,
        rates: (rate) => coefficients(rate, config.rho, 1 - config.rho, config.epsilon),
      };
    case "adam": {
      const { beta1, beta2, epsilon } = config;
      return {
        method: methods.adam,
        states: 2,
        rates(rate, step) {
          const unbias1 = 1 - power(beta1, step);
          const unbias2 = 1 - power(beta2, step);
          return coefficients(rate / unbias1, beta1, 1 - beta1, beta2, 1 - beta2, 1 / Math.sqrt(unbias2), epsilon);
        },
      };
    }
  }
}

/** A step's coefficients without weight decay. */
function coefficients(...first: number[]): number[] {
  return Array.from({ length: RATES }, (_, i) => first[i] ?? (i === KEEP ? 1 : 0));
}

/** base^n by squaring. Math.pow may differ between hosts in the last bit. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) result *= square;
  return result;
}
