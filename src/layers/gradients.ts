/** The two ways to the gradients of a binary layer a = x·sign(W)ᵀ on bits: dX = dA·sign(W) and dW = dAᵀ·X. */

import { streamId } from "../core/random.ts";
import { groupsDown, panelLength, panelsDown, quantizedPitch } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
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
      program.add("panelsOfBits", n, bits, weightPanels, m, n, stride);
      program.add("productColumns", n, d, weightPanels, dInput, batch, m, n, m, 1);
      return dInput;
    },
    update(program, optimize) {
      program.add("panelsOfBits", n, x.data, inputPanels, batch, n, x.stride);
      program.add("productRows", m, dOutput, inputPanels, parameter.gradient!, batch, n, 1, m);
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
  const quantized = arena.i8(4 * groupsDown(batch) * quantizedPitch(m));
  const place = (lines: number, groups: number) =>
    [arena.u8(16 * lines * digits * groups), arena.u32(lines * digits * groups), arena.i32(lines * digits)] as const;
  const bySample = place(trainable ? batch : 0, groupsDown(m));
  const byFeature = place(m, groupsDown(batch));
  const columns = arena.i8(16 * Math.ceil(m / 16) * 4 * groupsDown(batch));
  const inputPanels = arena.u8(panelsDown(batch, n));
  const weightPanels = arena.u8(trainable ? panelsDown(m, n) : 0);
  const dInput = arena.f32(trainable ? batch * n : 0);
  const part = arena.f32(64 * Math.ceil(m / 64));
  return {
    keep(program) {
      program.add("nibblesDown", n, x.data, inputPanels, batch, stride);
    },
    backward(program, d) {
      program.add("columnMaxima", m, d, maxima, batch, m);
      program.add("quantize", batch, d, maxima, draw, quantized, stream, levels, m);
      if (!trainable) return undefined;
      program.add("planSamples", batch, quantized, ...bySample, digits, m);
      program.add("nibblesDown", n, bits, weightPanels, m, stride);
      program.add("inputGradient", n, ...bySample, weightPanels, maxima, dInput, digits, levels, batch, m, n);
      return dInput;
    },
    update(program, optimize) {
      const { method, states, rates, clip } = optimize(parameter);
      program.add("planFeatures", m, quantized, columns, ...byFeature, digits, batch, m);
      program.add(
        "weightUpdate",
        m,
        ...([...byFeature, inputPanels, maxima, part, parameter.values, ...states, rates, bits, flips] as const),
        ...([method, clip, digits, levels, batch, m, n, stride] as const),
      );
    },
  };
}
