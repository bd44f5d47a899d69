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
import type { Context, Layer, Parameter, Stage } from "./layer.ts";
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
function place(arena: Arena, units: number, n: number) {
  const packed = bitMatrix(units, n);
  const bits = arena.u8(packed.bytes.length);
  const weights: Parameter = {
    name: "weights",
    rows: units,
    width: n,
    values: arena.f32(units * n),
    gradient: arena.f32(units * n),
    latent: true,
    initial: { fanIn: n },
  };
  const flips = arena.i32(units);
  const pack = (program: Program) => program.add("packSigns", units, weights.values, bits, flips, n, packed.stride);
  return { weights, bits, stride: packed.stride, flips, pack };
}

function onBits({ arena, batch }: Context, x: Bits, m: number, trainable: boolean): Stage {
  const n = x.width;
  const { weights, bits, stride, flips, pack } = place(arena, m, n);
  const output = int32(arena, batch, m);
  const inputPanels = arena.f32(panelLength(batch, n));
  const weightPanels = arena.f32(trainable ? panelLength(m, n) : 0);
  const dInput = arena.f32(trainable ? batch * n : 0);
  let dOutput: Float32Array;
  return {
    role: { kind: "binary-dense", operand: "agreements", weights: { rows: m, columns: n, stride, bytes: bits } },
    output,
    parameters: [weights],
    buffers: [],
    flips,
    pack,
    forward(program) {
      program.add("agreementProduct", m, x.data, bits, output.data, batch, m, n, stride);
    },
    backward(program, d) {
      dOutput = d;
      if (!trainable) return undefined;
      program.add("panelsOfBits", n, bits, weightPanels, m, n, stride);
      program.add("productColumns", n, d, weightPanels, dInput, batch, m, n, m, 1);
      return dInput;
    },
    update(program, step) {
      program.add("panelsOfBits", n, x.data, inputPanels, batch, n, x.stride);
      program.add("productRows", m, dOutput, inputPanels, weights.gradient, batch, n, 1, m);
      step(weights);
      pack(program);
    },
  };
}

function onBytes({ arena, batch }: Context, x: Bytes, m: number): Stage {
  const n = x.width;
  // |a| <= 255 n must be exact in the float32 that batch norm computes with.
  if (255 * n >= 2 ** 24) {
    throw new OnebitError("shape", `a first layer on 8-bit pixels takes at most 65,793 of them, not ${n}`);
  }
  const { weights, bits, stride, flips, pack } = place(arena, m, n);
  const output = int32(arena, batch, m);
  const masks = arena.u8(8 * m * stride);
  const inputPanels = arena.f32(panelLength(batch, n));
  let dOutput: Float32Array;
  return {
    role: { kind: "binary-dense", operand: "sum", weights: { rows: m, columns: n, stride, bytes: bits } },
    output,
    parameters: [weights],
    buffers: [],
    flips,
    pack,
    forward(program) {
      program.add("expandMasks", m, bits, masks, stride);
      program.add("byteProduct", m, x.data, masks, output.data, batch, m, n, stride);
    },
    backward(_, d) {
      dOutput = d;
      return undefined;
    },
    update(program, step) {
      program.add("panelsOfBytes", n, x.data, inputPanels, batch, n);
      program.add("productRows", m, dOutput, inputPanels, weights.gradient, batch, n, 1, m);
      step(weights);
      pack(program);
    },
  };
}
