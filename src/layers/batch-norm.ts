/** Batch norm (Ioffe and Szegedy 2015; report, section 3.3), as PyTorch's BatchNorm1d: y = γ(x − μ)/√(σ² + ε) + β,
 *  over the batch in training, by running estimates (momentum 0.1, unbiased variance) in inference. */

import { addUpdate, type Layer, type Parameter } from "./layer.ts";
import { float32 } from "./signal.ts";

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export function batchNorm(): Layer<"int32" | "float32", "float32"> {
  return {
    name: "batchNorm",
    takes: ["int32", "float32"],
    gives: "float32",
    units: (width) => width,
    build({ arena, batch }, input) {
      const m = input.width;
      const output = float32(arena, batch, m);
      const parameter = (name: string, constant: number) => {
        const values = arena.f32(m);
        return {
          name,
          rows: m,
          width: 1,
          values,
          gradient: arena.f32(m),
          latent: false,
          initial: { constant },
        } satisfies Parameter;
      };
      const gamma = parameter("gamma", 1);
      const beta = parameter("beta", 0);
      const runningMean = arena.f32(m);
      const runningVariance = arena.f32(m);
      const mean = arena.f32(m);
      const inverse = arena.f32(m);
      const slope = arena.f32(m);
      const moments = arena.f64(2 * m);
      const sums = arena.f64(2 * m);
      return {
        role: {
          kind: "batch-norm",
          mean: runningMean,
          variance: runningVariance,
          gamma: gamma.values,
          beta: beta.values,
          epsilon: EPSILON,
        },
        output,
        parameters: [gamma, beta],
        buffers: [
          { name: "running-mean", values: runningMean, constant: 0 },
          { name: "running-variance", values: runningVariance, constant: 1 },
        ],
        forward(program, mode) {
          let centre = runningMean;
          if (mode === "infer") {
            program.add("inferenceScale", {
              gamma: gamma.values,
              variance: runningVariance,
              slope,
              epsilon: EPSILON,
              m,
            });
          } else {
            if (input.kind === "int32") program.add("batchMomentsInt32", { x: input.data, moments, batch, m });
            else program.add("batchMomentsFloat32", { x: input.data as Float32Array, moments, batch, m });
            const estimates = { runningMean, runningVariance, mean, inverse, slope };
            const numbers = { batch, m, epsilon: EPSILON, momentum: MOMENTUM };
            program.add("batchNormScale", { moments, gamma: gamma.values, ...estimates, ...numbers });
            centre = mean;
          }
          const rest = { mean: centre, slope, beta: beta.values, y: output.data, batch, m };
          if (input.kind === "int32") program.add("normalizeInt32", { x: input.data, ...rest });
          else program.add("normalizeFloat32", { x: input.data as Float32Array, ...rest });
        },
        backward(program, d) {
          const rest = { mean, inverse, slope, d, sums, dGamma: gamma.gradient, dBeta: beta.gradient, batch, m };
          if (input.kind === "int32") program.add("batchNormBackwardInt32", { x: input.data, ...rest });
          else program.add("batchNormBackwardFloat32", { x: input.data as Float32Array, ...rest });
          return d;
        },
        update(program, optimize) {
          addUpdate(program, gamma, optimize);
          addUpdate(program, beta, optimize);
        },
      };
    },
  };
}
