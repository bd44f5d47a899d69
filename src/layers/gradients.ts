/** The two ways to the gradients of a binary layer a = x·sign(W)ᵀ on bits: dX = dA·sign(W) and dW = dAᵀ·X. */

import { streamId } from "../core/random.ts";
import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addProductColumns, addWeightGradient } from "./dense.ts";
import { addStep, type Backward, type Context, type Parameter, type Quantization } from "./layer.ts";
import type { Bits } from "./signal.ts";

/** A layer's weights: latent f32 [m, n], their signs in rows of `stride` bytes, and how many have changed, i32 [m]. */
export interface BinaryWeights {
  readonly parameter: Parameter;
  readonly bits: Uint8Array;
  readonly stride: number;
  readonly flips: Int32Array;
  /** sign(w) = +1 iff w >= least. */
  readonly least: number;
  pack(program: Program): void;
}

export interface Gradients {
  /** Prepares x for the backward pass, where the forward pass has it at hand. */
  keep(program: Program): void;
  /** As a stage's `backward`. */
  backward(program: Program, d: Float32Array, mode: Backward): Float32Array | undefined;
}

/** Both products in float32. The weights' parameter must store its gradient. */
export function floatGradients(
  { arena, batch }: Context,
  x: Bits,
  { parameter, bits, stride, pack }: BinaryWeights,
  wantsGradient: boolean,
): Gradients {
  const { rows: m, width: n } = parameter;
  const inputPanels = arena.f32(panelLength(batch, n));
  const weightPanels = arena.f32(wantsGradient ? panelLength(m, n) : 0);
  const dInput = arena.f32(wantsGradient ? batch * n : 0);
  return {
    keep() {},
    backward(program, d, mode) {
      if (wantsGradient) {
        program.add("panelsOfBits", { bits, panels: weightPanels, inner: m, columns: n, stride });
        addProductColumns(program, d, weightPanels, dInput, batch, m, n);
      }
      program.add("panelsOfBits", { bits: x.data, panels: inputPanels, inner: batch, columns: n, stride: x.stride });
      addWeightGradient(program, d, inputPanels, parameter.gradient, batch, m, n);
      if (mode === "step") {
        addStep(program, parameter);
        pack(program);
      }
      return wantsGradient ? dInput : undefined;
    },
  };
}

/** dA rounded to small integers, both products by table look-up (docs/engine.md). dW is never stored: it goes straight into the
 *  optimizer's step, so that "gradients" alone cannot be had. */
export function integerGradients(
  { arena, batch, position }: Context,
  { digits, levels, draw }: Quantization,
  x: Bits,
  { parameter, bits, stride, flips, least }: BinaryWeights,
  wantsGradient: boolean,
): Gradients {
  const { rows: m, width: n, values, optimization } = parameter;
  const stream = streamId(`gradient ${position}`);
  const maxima = arena.f32(m);
  const sizes = { batch, m, n, stride, digits };
  const quantized = arena.allocate("quantize", "q", sizes);
  const samples = wantsGradient ? sizes : { ...sizes, batch: 0 };
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
  const weightPanels = arena.allocate("nibblesDown", "panels", { rows: wantsGradient ? m : 0, n });
  const dInput = arena.f32(wantsGradient ? batch * n : 0);
  const gradient = arena.allocate("weightUpdate", "gradient", sizes);
  return {
    keep(program) {
      program.add("nibblesDown", { bits: x.data, panels: inputPanels, rows: batch, n, stride });
    },
    backward(program, d) {
      program.add("columnMaxima", { d, maxima, batch, m });
      program.add("quantize", { d, maxima, draw, q: quantized, stream, levels, batch, m });
      if (wantsGradient) {
        program.add("planSamples", { q: quantized, ...bySample, ...sizes });
        program.add("nibblesDown", { bits, panels: weightPanels, rows: m, n, stride });
        program.add("inputGradient", { ...bySample, panels: weightPanels, maxima, d: dInput, levels, ...sizes });
      }
      program.add("planFeatures", { q: quantized, columns, ...byFeature, ...sizes });
      const weights = { weights: values, bits, flips, least };
      const { state0, state1, rates, method, clip } = optimization;
      program.add("weightUpdate", {
        ...byFeature,
        ...{ panels: inputPanels, maxima, gradient, ...weights },
        ...{ state0, state1, rates, method, clip, levels, ...sizes },
      });
      return wantsGradient ? dInput : undefined;
    },
  };
}
