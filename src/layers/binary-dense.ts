/** A fully connected layer of ±1 weights (report, section 3.2; Courbariaux et al. 2016).
 *
 *  forward   a[b, j] = Σ_k sign(W[j, k]) · x[b, k], exact integers; no bias (batch norm has one)
 *  backward  dX = dA · sign(W);  dW = dAᵀ · X, which passes straight through sign to the latent weights W
 *
 *  Training keeps W in float32, its signs packed beside it. x is Bits, or Bytes for the report's "non-binarized" input. */

import { bitMatrix } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import type { Arena } from "../kernels/arena.ts";
import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addWeightGradient } from "./dense.ts";
import { type BinaryWeights, floatGradients, integerGradients } from "./gradients.ts";
import { addUpdate, type Context, type Layer, type Stage } from "./layer.ts";
import { type Bits, type Bytes, int32 } from "./signal.ts";

export function binaryDense(units: number): Layer<"bits" | "bytes", "int32"> {
  return {
    name: `binaryDense(${units})`,
    takes: ["bits", "bytes"],
    gives: "int32",
    units: () => units,
    build(context, input, trainable) {
      return input.kind === "bits" ? onBits(context, input, units, trainable) : onBytes(context, input as Bytes, units);
    },
  };
}

/** The arrays both kinds of input share. */
function place(arena: Arena, units: number, n: number, stored: boolean): BinaryWeights {
  const { stride, bytes } = bitMatrix(units, n);
  const bits = arena.u8(bytes.length);
  const values = arena.f32(units * n);
  const gradient = stored ? { gradient: arena.f32(units * n) } : {};
  const initial = { fanIn: n };
  const parameter = { name: "weights", rows: units, width: n, values, ...gradient, latent: true, initial };
  const flips = arena.i32(units);
  const pack = (program: Program) =>
    program.add("packSigns", { latent: values, bits, flips, least: 0, rows: units, n, stride });
  return { parameter, bits, stride, flips, pack };
}

function onBits(context: Context, x: Bits, m: number, trainable: boolean): Stage {
  const { arena, batch, quantization } = context;
  const n = x.width;
  // agreementProduct counts in 16 bits. (A run's configuration is checked before.)
  if (n > 65535) throw new OnebitError("shape", `a binary layer takes at most 65,535 inputs, not ${n}`);
  const weights = place(arena, m, n, quantization === undefined);
  const { parameter, bits, stride, flips, pack } = weights;
  const output = int32(arena, batch, m);
  const sizes = { batch, m, n, stride };
  const codes = arena.allocate("pairCodes", "codes", sizes);
  const panels = arena.allocate("nibblesAcross", "panels", sizes);
  const gradients = quantization
    ? integerGradients(context, quantization, x, weights, trainable)
    : floatGradients(context, x, weights, trainable);
  return {
    role: { kind: "binary-dense", operand: "agreements", weights: { rows: m, columns: n, stride, bytes: bits } },
    output,
    parameters: [parameter],
    buffers: [],
    flips,
    pack,
    forward(program, mode) {
      program.add("pairCodes", { bits: x.data, codes, ...sizes });
      if (mode === "train") gradients.keep(program);
      program.add("nibblesAcross", { bits, panels, ...sizes });
      program.add("agreementProduct", { codes, panels, a: output.data, ...sizes });
    },
    backward: gradients.backward,
    update: gradients.update,
  };
}

function onBytes({ arena, batch }: Context, x: Bytes, m: number): Stage {
  const n = x.width;
  // |a| <= 255 n must be exact in the float32 that batch norm computes with.
  if (255 * n >= 2 ** 24) {
    throw new OnebitError("shape", `a first layer on 8-bit pixels takes at most 65,793 of them, not ${n}`);
  }
  const { parameter, bits, stride, flips, pack } = place(arena, m, n, true);
  const output = int32(arena, batch, m);
  const masks = arena.allocate("expandMasks", "masks", { m, stride });
  const inputPanels = arena.f32(panelLength(batch, n));
  let dOutput: Float32Array;
  return {
    role: { kind: "binary-dense", operand: "sum", weights: { rows: m, columns: n, stride, bytes: bits } },
    output,
    parameters: [parameter],
    buffers: [],
    flips,
    pack,
    forward(program) {
      program.add("expandMasks", { bits, masks, m, stride });
      program.add("byteProduct", { q: x.data, masks, a: output.data, batch, m, n, stride });
    },
    backward(_, d) {
      dOutput = d;
      return undefined;
    },
    update(program, optimize) {
      program.add("panelsOfBytes", { x: x.data, panels: inputPanels, inner: batch, columns: n });
      addWeightGradient(program, dOutput, inputPanels, parameter.gradient!, batch, m, n);
      addUpdate(program, parameter, optimize);
      pack(program);
    },
  };
}
