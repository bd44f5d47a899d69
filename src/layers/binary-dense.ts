/** A fully connected layer of ±1 weights (report, section 3.2; Courbariaux et al. 2016).
 *
 *  forward   a[b, j] = Σ_k sign(W[j, k]) · x[b, k] (+ sign(bias[j])), exact integers
 *  backward  dX = dA · sign(W);  dW = dAᵀ · X and dBias = Σ dA, which pass straight through sign to the latent numbers
 *
 *  Training keeps W in float32, its signs packed beside it. x is bits, or bytes for the report's "non-binarized" input. */

import * as z from "zod/mini";
import { bitMatrix, getBit, rowBytes } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import type { Value } from "../core/family.ts";
import { panelLength } from "../kernels/layout.ts";
import type { Program } from "../kernels/program.ts";
import { addWeightGradient } from "./dense.ts";
import { type BinaryWeights, floatGradients, integerGradients } from "./gradients.ts";
import { addStep, type Backward, type Context, type LayerDefinition, type Stage } from "./layer.ts";
import { type Bits, type Bytes, type Int32, int32 } from "./signal.ts";
import { MAX_UNITS, units } from "./units.ts";
import { zero } from "./zero.ts";

/** Options of `binaryDense`. */
export interface BinaryDenseOptions {
  /** Whether each neuron has a bias of ±1; false unless given. */
  readonly bias?: boolean;
  /** The sign of latent weights that are 0: 1 unless given. */
  readonly zero?: 1 | -1;
}

interface BinaryDense extends Value, Required<BinaryDenseOptions> {
  readonly units: number;
}

export const binaryDenseDefinition: LayerDefinition<BinaryDense, Bits | Bytes> = {
  kind: "binary-dense",
  options: z.object({ units, bias: z._default(z.boolean(), false), zero: zero.schema }),
  takes: ["bits", "bytes"],
  gives: "int32",
  weights: "binary",
  title: ({ units }) => `binaryDense(${units})`,
  outputShape: ({ units }) => [units],
  build(layer, context, input, wantsGradient) {
    const stored = input.kind === "bytes" || context.quantization === undefined;
    const weights = latentSigns(context, "weights", layer.units, input.width, zero.least(layer.zero), stored);
    const product =
      input.kind === "bits" ? onBits(context, input, weights, wantsGradient) : onBytes(context, input, weights);
    return layer.bias ? withBias(context, product, weights, zero.least(layer.zero)) : stageOf(product, weights);
  },
};

/** A parameter of latent numbers, f32 [rows, n], and their signs, Bits[rows, n]; `least`: sign(w) = +1 iff w >= least. */
function latentSigns(
  { arena, parameter }: Context,
  name: string,
  rows: number,
  n: number,
  least: number,
  stored: boolean,
  fanIn = n,
): BinaryWeights {
  const { stride, bytes } = bitMatrix(rows, n);
  const bits = arena.u8(bytes.length);
  const latent = parameter({ name, rows, width: n, role: "binary", initial: { fanIn }, stored });
  const flips = arena.i32(rows);
  return {
    parameter: latent,
    bits,
    stride,
    flips,
    least,
    pack(program) {
      program.add("packSigns", { latent: latent.values, bits, flips, least, rows, n, stride });
    },
  };
}

/** The sums a = x·sign(W)ᵀ of one kind of input. */
interface Product extends Pick<Stage, "forward" | "backward"> {
  readonly output: Int32;
  readonly operand: "agreements" | "sum";
}

function onBits(context: Context, x: Bits, weights: BinaryWeights, wantsGradient: boolean): Product {
  const { arena, batch, quantization } = context;
  const { rows: m, width: n } = weights.parameter;
  const { bits, stride } = weights;
  // agreementProduct counts in 16 bits.
  if (n > MAX_UNITS) throw new OnebitError("shape", `a binary layer takes at most ${MAX_UNITS} inputs, not ${n}`);
  const output = int32(arena, batch, [m], n);
  const sizes = { batch, m, n, stride };
  const codes = arena.allocate("pairCodes", "codes", sizes);
  const panels = arena.allocate("nibblesAcross", "panels", sizes);
  const gradients = quantization
    ? integerGradients(context, quantization, x, weights, wantsGradient)
    : floatGradients(context, x, weights, wantsGradient);
  return {
    output,
    operand: "agreements",
    forward(program, mode) {
      program.add("pairCodes", { bits: x.data, codes, ...sizes });
      if (mode === "train") gradients.keep(program);
      program.add("nibblesAcross", { bits, panels, ...sizes });
      program.add("agreementProduct", { codes, panels, a: output.data, ...sizes });
    },
    backward: gradients.backward,
  };
}

function onBytes({ arena, batch }: Context, x: Bytes, { parameter, bits, stride, pack }: BinaryWeights): Product {
  const { rows: m, width: n } = parameter;
  // |a| <= 255 n must be exact in the float32 that batch norm computes with.
  if (255 * n >= 2 ** 24) {
    throw new OnebitError("shape", `a first layer on 8-bit numbers takes at most 65,793 of them, not ${n}`);
  }
  const output = int32(arena, batch, [m], n);
  const masks = arena.allocate("expandMasks", "masks", { m, stride });
  const inputPanels = arena.f32(panelLength(batch, n));
  return {
    output,
    operand: "sum",
    forward(program) {
      program.add("expandMasks", { bits, masks, m, stride });
      program.add("byteProduct", { q: x.data, masks, a: output.data, batch, m, n, stride });
    },
    backward(program, d, mode) {
      program.add("panelsOfBytes", { x: x.data, panels: inputPanels, inner: batch, columns: n });
      addWeightGradient(program, d, inputPanels, parameter.gradient, batch, m, n);
      if (mode === "step") {
        addStep(program, parameter);
        pack(program);
      }
      return undefined;
    },
  };
}

function stageOf(
  { output, operand, forward, backward }: Product,
  { parameter, bits, stride, flips, pack }: BinaryWeights,
): Stage {
  const { rows, width: columns } = parameter;
  return {
    output,
    parameters: [parameter],
    buffers: [],
    flips: { changed: flips, weights: rows * columns },
    forward,
    backward,
    derive: pack,
    freeze: (freezer) => freezer.product({ rows, columns, stride, bytes: bits }, operand),
  };
}

/** The product with a bias of ±1 a neuron. Its signs stand in one row of m bits, as one "neuron" of m weights. */
function withBias(context: Context, product: Product, weights: BinaryWeights, least: number): Stage {
  const { batch } = context;
  const { rows: m, width: n } = weights.parameter;
  const bias = latentSigns(context, "bias", 1, m, least, true, n);
  const { parameter, bits } = bias;
  const stage = stageOf(product, weights);
  return {
    ...stage,
    parameters: [...stage.parameters, parameter],
    forward(program, mode) {
      product.forward(program, mode);
      program.add("addBiasInt32", { bias: bits, a: product.output.data, batch, m, stride: rowBytes(m) });
    },
    backward(program: Program, d: Float32Array, mode: Backward) {
      program.add("biasBackward", { d, dBias: parameter.gradient, batch, m });
      if (mode === "step") {
        addStep(program, parameter);
        bias.pack(program);
      }
      return product.backward(program, d, mode);
    },
    derive(program) {
      weights.pack(program);
      bias.pack(program);
    },
    freeze(freezer) {
      stage.freeze!(freezer);
      const signs = bitMatrix(1, m, bits);
      const signOf = (j: number) => 2 * getBit(signs, 0, j) - 1;
      freezer.line({
        apply: (x, j) => x + signOf(j),
        slope: () => 1,
        centre: () => 0,
        shift: signOf,
        common: "integer",
      });
    },
  };
}
