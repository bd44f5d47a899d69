/** A fully connected layer of float32 weights: the report's "normal" linear layer (table 3.4).
 *
 *  forward   y = x·Wᵀ + bias;  backward  dX = dY·W,  dW = dYᵀ·X,  dBias = Σ dY.
 *  Bits enter as ±1, bytes as 0 … 1. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addStep, type Context, type LayerDefinition } from "./layer.ts";
import { type Bits, type Bytes, type Float32, float32 } from "./signal.ts";
import { units } from "./units.ts";

/** Options of `dense`. */
export interface DenseOptions {
  /** Whether each neuron has a bias; true unless given. */
  readonly bias?: boolean;
}

interface Dense extends Value, Required<DenseOptions> {
  readonly units: number;
}

export const denseDefinition: LayerDefinition<Dense, Bits | Bytes | Float32> = {
  kind: "dense",
  options: z.object({ units, bias: z._default(z.boolean(), true) }),
  takes: ["bits", "bytes", "float32"],
  gives: "float32",
  weights: "float32",
  title: ({ units }) => `dense(${units})`,
  outputShape: ({ units }) => [units],
  build({ units: m, bias: biased }, context, input, wantsGradient) {
    const { arena, batch, parameter } = context;
    const n = input.width;
    const x = asFloat32(context, input);
    const output = float32(arena, batch, [m]);
    const initial = { fanIn: n };
    const weights = parameter({ name: "weights", rows: m, width: n, role: "weights", initial });
    const bias = biased ? parameter({ name: "bias", rows: m, width: 1, role: "other", initial }) : undefined;
    const forwardPanels = arena.f32(panelLength(n, m));
    const backwardPanels = arena.f32(wantsGradient ? panelLength(m, n) : 0);
    const inputPanels = arena.f32(panelLength(batch, n));
    const dInput = arena.f32(wantsGradient ? batch * n : 0);
    return {
      output,
      parameters: bias ? [weights, bias] : [weights],
      buffers: [],
      forward(program) {
        x.convert(program);
        program.add("panelsOfTransposed", { x: weights.values, panels: forwardPanels, inner: n, columns: m });
        addProductColumns(program, x.data, forwardPanels, output.data, batch, n, m);
        if (bias) program.add("addBias", { bias: bias.values, out: output.data, batch, m });
      },
      backward(program, d, mode) {
        if (wantsGradient) {
          program.add("panelsOfFloat32", { x: weights.values, panels: backwardPanels, inner: m, columns: n });
          addProductColumns(program, d, backwardPanels, dInput, batch, m, n);
        }
        program.add("panelsOfFloat32", { x: x.data, panels: inputPanels, inner: batch, columns: n });
        addWeightGradient(program, d, inputPanels, weights.gradient, batch, m, n);
        if (bias) program.add("biasBackward", { d, dBias: bias.gradient, batch, m });
        if (mode === "step") for (const each of bias ? [weights, bias] : [weights]) addStep(program, each);
        return wantsGradient ? dInput : undefined;
      },
    };
  },
};

/** out = x · (the matrix in panels). x: f32 [batch, inner]; out: f32 [batch, columns]. */
export function addProductColumns(
  program: Program,
  a: Float32Array,
  panels: Float32Array,
  out: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  program.add("productColumns", { a, panels, out, rows, inner, columns, rowStride: inner, innerStride: 1 });
}

/** dW = dYᵀ · X. d: f32 [batch, m]; panels of X [batch, n]; gradient: f32 [m, n]. */
export function addWeightGradient(
  program: Program,
  d: Float32Array,
  panels: Float32Array,
  gradient: Float32Array,
  batch: number,
  m: number,
  n: number,
): void {
  program.add("productRows", {
    a: d,
    panels,
    out: gradient,
    inner: batch,
    columns: n,
    rowStride: 1,
    innerStride: m,
    rows: m,
  });
}

/** The input as float32, and the call that makes it so. */
function asFloat32(
  { arena, batch }: Context,
  input: Bits | Bytes | Float32,
): { data: Float32Array; convert: (program: Program) => void } {
  if (input.kind === "float32") return { data: input.data, convert() {} };
  const n = input.width;
  const { data } = float32(arena, batch, input.shape);
  return {
    data,
    convert(program) {
      if (input.kind === "bits")
        program.add("expandBits", { bits: input.data, out: data, batch, n, stride: input.stride });
      else program.add("pixelsToFloat32", { pixels: input.data, out: data, batch, n });
    },
  };
}
