/** Batch norm (Ioffe and Szegedy 2015; report, section 3.3), as PyTorch's BatchNorm1d: y = γ(x − μ)/√(σ² + ε) + β,
 *  over the batch in training, by running estimates (unbiased variance) in inference. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { normalize, slopeOf } from "../core/normalize.ts";
import type { Line } from "./freezer.ts";
import { addStep, type LayerDefinition } from "./layer.ts";
import { type Float32, float32, type Int32 } from "./signal.ts";

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** ε, 1e-5 unless given. */
  readonly epsilon?: number;
  /** Weight of a batch in the running estimates, 0.1 unless given. */
  readonly momentum?: number;
}

interface BatchNorm extends Value, Required<BatchNormOptions> {}

export const batchNormDefinition: LayerDefinition<BatchNorm, Int32 | Float32> = {
  kind: "batch-norm",
  options: z.object({
    epsilon: z._default(z.number().check(z.positive()), 1e-5),
    momentum: z._default(z.number().check(z.positive(), z.maximum(1)), 0.1),
  }),
  takes: ["int32", "float32"],
  gives: "float32",
  leastBatch: 2, // one sample has no variance
  title: () => "batchNorm",
  outputShape: (_, shape) => shape,
  build({ epsilon, momentum }, { arena, batch, parameter }, input) {
    const { shape, width: m } = input;
    const output = float32(arena, batch, shape);
    const numbers = (name: string, constant: number) =>
      parameter({ name, rows: m, width: 1, role: "other", initial: { constant } });
    const gamma = numbers("gamma", 1);
    const beta = numbers("beta", 0);
    const runningMean = arena.f32(m);
    const runningVariance = arena.f32(m);
    const mean = arena.f32(m);
    const inverse = arena.f32(m);
    const slope = arena.f32(m);
    const moments = arena.f64(2 * m);
    const sums = arena.f64(2 * m);
    return {
      output,
      parameters: [gamma, beta],
      buffers: [
        { name: "running-mean", values: runningMean, constant: 0 },
        { name: "running-variance", values: runningVariance, constant: 1 },
      ],
      forward(program, mode) {
        let centre = runningMean;
        if (mode === "infer") {
          program.add("inferenceScale", { gamma: gamma.values, variance: runningVariance, slope, epsilon, m });
        } else {
          if (input.kind === "int32") program.add("batchMomentsInt32", { x: input.data, moments, batch, m });
          else program.add("batchMomentsFloat32", { x: input.data, moments, batch, m });
          const estimates = { runningMean, runningVariance, mean, inverse, slope };
          program.add("batchNormScale", { moments, gamma: gamma.values, ...estimates, batch, m, epsilon, momentum });
          centre = mean;
        }
        const rest = { mean: centre, slope, beta: beta.values, y: output.data, batch, m };
        if (input.kind === "int32") program.add("normalizeInt32", { x: input.data, ...rest });
        else program.add("normalizeFloat32", { x: input.data, ...rest });
      },
      backward(program, d, mode) {
        const rest = { mean, inverse, slope, d, sums, dGamma: gamma.gradient, dBeta: beta.gradient, batch, m };
        if (input.kind === "int32") program.add("batchNormBackwardInt32", { x: input.data, ...rest });
        else program.add("batchNormBackwardFloat32", { x: input.data, ...rest });
        if (mode === "step") for (const each of [gamma, beta]) addStep(program, each);
        return d;
      },
      freeze: (freezer) =>
        freezer.line(
          normLine({
            mean: runningMean,
            variance: runningVariance,
            gamma: gamma.values,
            beta: beta.values,
            epsilon,
          }),
        ),
    };
  },
};

/** Batch norm's numbers for m features: each array f32 [m]. */
export interface NormNumbers {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly epsilon: number;
}

/** Batch norm by running estimates, as freezing takes it. */
export function normLine({ mean, variance, gamma, beta, epsilon }: NormNumbers): Line {
  const slope = (j: number) => slopeOf(gamma[j]!, variance[j]!, epsilon);
  return {
    apply: (x, j) => normalize(x, mean[j]!, slope(j), beta[j]!),
    slope,
    centre: (j) => mean[j]!,
    shift: (j) => beta[j]!,
    numbers: (j) => ({
      "batch norm's mean": mean[j]!,
      "batch norm's variance": variance[j]!,
      "batch norm's gamma": gamma[j]!,
      "batch norm's beta": beta[j]!,
      "batch norm's slope": slope(j),
    }),
  };
}
