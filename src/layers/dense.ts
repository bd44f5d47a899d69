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
          program.add("panelsOfTransposed", m, weights.values, forwardPanels, n, m);
          program.add("productColumns", m, x.data, forwardPanels, output.data, batch, n, m, n, 1);
          if (bias) program.add("addBias", m, bias.values, output.data, batch, m);
        },
        backward(program, d) {
          dOutput = d;
          if (!trainable) return undefined;
          program.add("panelsOfFloat32", n, weights.values, backwardPanels, m, n);
          program.add("productColumns", n, d, backwardPanels, dInput, batch, m, n, m, 1);
          return dInput;
        },
        update(program, optimize) {
          program.add("panelsOfFloat32", n, x.data, inputPanels, batch, n);
          program.add("productRows", m, dOutput, inputPanels, weights.gradient, batch, n, 1, m);
          addUpdate(program, weights, optimize);
          if (bias) {
            program.add("biasBackward", m, dOutput, bias.gradient, batch, m);
            addUpdate(program, bias, optimize);
          }
        },
      };
    },
  };
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
      if (input.kind === "bits") program.add("expandBits", batch, input.data, data, n, input.stride);
      else program.add("pixelsToFloat32", batch, input.data as Uint8Array, data, n);
    },
  };
}
