/** Losses on logits z, one a class: what training makes small. Each is a value, {kind, …options}; the kernels of the same names
 *  (src/kernels/reference/losses.ts) have the formulas of the gradients. */

import * as z from "zod/mini";
import { type Definition, Family, type Value } from "../core/family.ts";
import type { Program } from "../kernels/program.ts";

/** A loss: `nll()` or `squaredHinge()`. */
export interface Loss extends Value {}

/** Where a loss finds its numbers and leaves its own: the label of sample b is labels[indices[b]]. */
export interface LossArrays {
  /** f32 [batch, m] */
  readonly logits: Float32Array;
  readonly labels: Uint8Array;
  /** i32 [batch] */
  readonly indices: Int32Array;
  /** f64 [batch]: the loss of each sample. */
  readonly loss: Float64Array;
  /** f32 [batch, m]: the gradient of their mean. */
  readonly d: Float32Array;
  readonly batch: number;
  readonly m: number;
  /** Samples in `labels`. */
  readonly count: number;
}

export interface LossDefinition<V extends Loss = Loss> extends Definition<V> {
  /** Adds the call of its kernel. */
  add(loss: V, program: Program, arrays: LossArrays): void;
}

interface Nll extends Loss, Required<NllOptions> {}

/** Options of `nll`. */
export interface NllOptions {
  /** Label smoothing s, 0 … 1: the target is (1 − s) · 1[label] + s/m (Szegedy et al. 2016). 0 unless given. */
  readonly smoothing?: number;
}

const nllDefinition: LossDefinition<Nll> = {
  kind: "nll",
  options: z.object({ smoothing: z._default(z.number().check(z.minimum(0), z.lt(1)), 0) }),
  add: ({ smoothing }, program, arrays) => program.add("nllLoss", { ...arrays, smoothing }),
};

const squaredHingeDefinition: LossDefinition = {
  kind: "squared-hinge",
  options: z.object({}),
  add: (_, program, arrays) => program.add("hingeLoss", { ...arrays }),
};

/** The losses, by kind: `losses.kinds` names them. */
export const losses = new Family<LossDefinition>("loss", [nllDefinition, squaredHingeDefinition]);

/** Negative log likelihood of log-softmax: log Σ_j e^{z_j} − z_label, or the cross-entropy against smoothed labels. Report,
 *  section 3.4. Throws `argument`. */
export const nll = (options: NllOptions = {}): Loss => losses.make("nll", options);

/** Σ_j max(0, 1 − t_j·z_j)², t = +1 for the label, −1 else. Courbariaux et al. 2016. */
export const squaredHinge = (): Loss => losses.make("squared-hinge", {});
