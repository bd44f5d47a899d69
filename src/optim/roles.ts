/** Which optimizer steps which parameters, and whether all that it was asked for has parameters to act on. */

import { OnebitError } from "../core/errors.ts";
import type { ParameterRole } from "../layers/layer.ts";
import { type Optimizer, optimizers } from "./optimizers.ts";

/** The optimizer that steps parameters of a role. */
export function optimizerOf(optimizer: Optimizer, role: ParameterRole): Optimizer {
  return optimizers.of(optimizer).forRole?.(optimizer, role) ?? optimizer;
}

/** Throws `argument` when an optimizer, or an option of it, could do nothing on a network whose weights have these roles. */
export function checkOptimizer(optimizer: Optimizer, roles: ReadonlySet<ParameterRole>): void {
  const fault = (message: string, hint: string) => new OnebitError("argument", message, hint);
  const forOthers = (["weights", "other"] as const).map((role) => optimizerOf(optimizer, role));
  const inUse = [...roles].map((role) => optimizerOf(optimizer, role));
  for (const each of new Set([optimizer, ...forOthers])) {
    const { kind, clips, decay, binaryOnly } = optimizers.of(each);
    const stepsBinary = roles.has("binary") && optimizerOf(optimizer, "binary") === each;
    if (clips?.(each) && !stepsBinary) {
      throw fault(`clip keeps latent weights in ±1, but there are none that ${kind} steps`, "Leave it out.");
    }
    if (decay?.(each) && !inUse.includes(each)) {
      throw fault(`weightDecay shrinks weights, but there are none that ${kind} steps`, "Leave it out.");
    }
    if (binaryOnly && (!stepsBinary || forOthers.includes(each))) {
      throw fault(`${kind} is for binary weights, and here it has none or others to step`, "Take another optimizer.");
    }
  }
}
