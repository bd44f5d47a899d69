/** The two ways to the gradients of a binary layer a = x·sign(W)ᵀ on bits: dX = dA·sign(W) and dW = dAᵀ·X. */

import { streamId } from "../core/random.ts";
import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addProductColumns, addWeightGradient } from "./dense.ts";
import { addUpdate, type Context, type Optimize, type Parameter, type Quantization } from "./layer.ts";
import type { Bits } from "./signal.ts";

/** A layer's arrays: latent weights f32 [m, n], their signs in rows of `stride` bytes, and signs changed, i32 [m]. */
export interface BinaryWeights {
  readonly parameter: Parameter;
  readonly bits: Uint8Array;
  readonly stride: number;
  readonly flips: Int32Array;
  pack(program: Program): void;
}

export interface Gradients {
  /** Prepares x for `update`; in the forward pass, where x is at hand. */
  keep(program: Program): void;
  backward(program: Program, d: Float32Array): Float32Array | undefined;
  update(program: Program, optimize: Optimize): void;
}

/** Both products in float32. The weights' parameter must have a gradient. */
export function floatGradients(
  { arena, batch }: Context,
  x: Bits,
  { parameter, bits, stride, pack }: BinaryWeights,
  trainable: boolean,
): Gradients {
  const { rows: m, width: n } = parameter;
  const inputPanels = arena.f32(panelLength(batch, n));
  const weightPanels = arena.f32(trainable ? panelLength(m, n) : 0);
  const dInput = arena.f32(trainable ? batch * n : 0);
  let dOutput: Float32Array;
  return {
    keep() {},
    backward(program, d) {
      dOutput = d;
      if (!trainable) return undefined;
      program.add("panelsOfBits", { bits, panels: weightPanels, inner: m, columns: n, stride });
      addProductColumns(program, d, weightPanels, dInput, batch, m, n);
      return dInput;
    },
    update(program, optimize) {
      program.add("panelsOfBits", { bits: x.data, panels: inputPanels, inner: batch, columns: n, stride: x.stride });
      addWeightGradient(program, dOutput, inputPanels, parameter.gradient!, batch, m, n);
      addUpdate(program, parameter, optimize);
      pack(program);
    },
  };
}

/** dA rounded to small integers, both products by table look-up (docs/engine.md). dW is never stored: it goes
 *  straight into the optimizer's step. */
export function integerGradients(
  { arena, batch, layer }: Context,
  { digits, levels, draw }: Quantization,
  x: Bits,
  { parameter, bits, stride, flips }: BinaryWeights,
  trainable: boolean,
): Gradients {
  const { rows: m, width: n } = parameter;
  const stream = streamId(`gradient ${layer}`);
  const maxima = arena.f32(m);
  const sizes = { batch, m, n, stride, digits };
  const quantized = arena.allocate("quantize", "q", sizes);
  const samples = trainable ? sizes : { ...sizes, batch: 0 };
  const bySample = {
    tables: arena.allocate("planSamples", "tables", samples),
    steps: arena.allocate("planSamples", "steps", samples),
    counts: arena.allocate("planSamples", "counts", samples),
  };
  const byFeature = {
    tables: arena.allocate("planFeatures", "tables", sizes),
    steps: arena.allocate("planFeatures", "steps", sizes),
    counts: arena.allocate("planFeatures", "counts", sizes),
  };
  const columns = arena.allocate("planFeatures", "columns", sizes);
  const inputPanels = arena.allocate("nibblesDown", "panels", { rows: batch, n });
  const weightPanels = arena.allocate("nibblesDown", "panels", { rows: trainable ? m : 0, n });
  const dInput = arena.f32(trainable ? batch * n : 0);
  const gradient = arena.allocate("weightUpdate", "gradient", sizes);
  return {
    keep(program) {
      program.add("nibblesDown", { bits: x.data, panels: inputPanels, rows: batch, n, stride });
    },
    backward(program, d) {
      program.add("columnMaxima", { d, maxima, batch, m });
      program.add("quantize", { d, maxima, draw, q: quantized, stream, levels, batch, m });
      if (!trainable) return undefined;
      program.add("planSamples", { q: quantized, ...bySample, ...sizes });
      program.add("nibblesDown", { bits, panels: weightPanels, rows: m, n, stride });
      program.add("inputGradient", { ...bySample, panels: weightPanels, maxima, d: dInput, levels, ...sizes });
      return dInput;
    },
    update(program, optimize) {
      const { method, states, rates, clip } = optimize(parameter);
      program.add("planFeatures", { q: quantized, columns, ...byFeature, ...sizes });
      const weights = { weights: parameter.values, bits, flips };
      program.add("weightUpdate", {
        ...{ ...byFeature, panels: inputPanels, maxima, gradient, ...weights },
        ...{ state0: states[0], state1: states[1], rates, method, clip, least: 0, levels, ...sizes },
      });
    },
  };
}
