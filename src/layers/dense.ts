/** A fully connected layer of float32 weights: the report's "normal" linear layer (table 3.4).
 *
 *  forward   y = x·Wᵀ + bias;  backward  dX = dY·W,  dW = dYᵀ·X,  dBias = Σ dY.
 *  Bits enter as ±1, pixels as 0 … 1. */

import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addUpdate, type Context, type Layer, type Parameter } from "./layer.ts";
import { float32, type Signal } from "./signal.ts";

export function dense(units: number, options: { bias?: boolean } = {}): Layer<"bits" | "bytes" | "float32", "float32"> {
  return {
    name: `dense(${units})`,
    takes: ["bits", "bytes", "float32"],
    gives: "float32",
    units: () => units,
    build(context, input, trainable) {
      const { arena, batch } = context;
      const n = input.width;
      const m = units;
      const x = asFloat32(context, input);
      const output = float32(arena, batch, m);
      const weights = parameter(context, "weights", m, n, { fanIn: n });
      const bias = options.bias === false ? undefined : parameter(context, "bias", m, 1, { fanIn: n });
      const forwardPanels = arena.f32(panelLength(n, m));
      const backwardPanels = arena.f32(trainable ? panelLength(m, n) : 0);
      const inputPanels = arena.f32(panelLength(batch, n));
      const dInput = arena.f32(trainable ? batch * n : 0);
      let dOutput: Float32Array;
      return {
        role: { kind: "other", name: "a layer of float32 weights" },
        output,
        parameters: bias ? [weights, bias] : [weights],
        buffers: [],
        forward(program) {
          x.convert(program);
          program.add("panelsOfTransposed", { x: weights.values, panels: forwardPanels, inner: n, columns: m });
          addProductColumns(program, x.data, forwardPanels, output.data, batch, n, m);
          if (bias) program.add("addBias", { bias: bias.values, out: output.data, batch, m });
        },
        backward(program, d) {
          dOutput = d;
          if (!trainable) return undefined;
          program.add("panelsOfFloat32", { x: weights.values, panels: backwardPanels, inner: m, columns: n });
          addProductColumns(program, d, backwardPanels, dInput, batch, m, n);
          return dInput;
        },
        update(program, optimize) {
          program.add("panelsOfFloat32", { x: x.data, panels: inputPanels, inner: batch, columns: n });
          addWeightGradient(program, dOutput, inputPanels, weights.gradient, batch, m, n);
          addUpdate(program, weights, optimize);
          if (bias) {
            program.add("biasBackward", { d: dOutput, dBias: bias.gradient, batch, m });
            addUpdate(program, bias, optimize);
          }
        },
      };
    },
  };
}

/** out = a · (the matrix in panels). a: f32 [rows, inner]; out: f32 [rows, columns]. */
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
  const sizes = { rows: m, inner: batch, columns: n, rowStride: 1, innerStride: m };
  program.add("productRows", { a: d, panels, out: gradient, ...sizes });
}

function parameter({ arena }: Context, name: string, rows: number, width: number, initial: Parameter["initial"]) {
  const values = arena.f32(rows * width);
  return { name, rows, width, values, gradient: arena.f32(rows * width), latent: false, initial } satisfies Parameter;
}

/** The input as float32, and the call that makes it so. */
function asFloat32(
  { arena, batch }: Context,
  input: Signal,
): { data: Float32Array; convert: (program: Program) => void } {
  if (input.kind === "float32") return { data: input.data, convert() {} };
  const n = input.width;
  const { data } = float32(arena, batch, n);
  return {
    data,
    convert(program) {
      if (input.kind === "bits")
        program.add("expandBits", { bits: input.data, out: data, batch, n, stride: input.stride });
      else program.add("pixelsToFloat32", { pixels: input.data as Uint8Array, out: data, batch, n });
    },
  };
}
