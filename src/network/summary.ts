/** The layers of a network and what they cost, without training it. */

import { rowBytes } from "../core/bits.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import { encoders } from "../encoders/index.ts";
import { Arena } from "../kernels/arena.ts";
import { layers as family } from "../layers/index.ts";
import type { Parameter, Stage } from "../layers/layer.ts";
import { buildStack, macsOf, type Network, shapesOf } from "./sequential.ts";

/** What a layer is, and what it costs. */
export interface LayerRow {
  /** "binaryDense(500)" */
  readonly layer: string;
  /** The kind of signal it gives: bits, int32 or float32. */
  readonly kind: string;
  /** "784 → 500" */
  readonly shape: string;
  /** Trained numbers, biases and batch norm's included. */
  readonly weights: number;
  /** Weights of one bit. */
  readonly bits: number;
  /** Of the weights as float32. */
  readonly floatBytes: number;
  /** In memory once frozen: rows of bits padded to 128, 4 bytes a threshold, 8 a class. Without a frozen form, floats. */
  readonly packedBytes: number;
  /** Multiply–accumulates for one sample. */
  readonly macs: number;
}

/** One row a layer, from the input to the output. Throws as `shapesOf` does. */
export function summarize(network: Network, input: Shape): LayerRow[] {
  const shapes = shapesOf(network, input);
  const macs = macsOf(network, input);
  const stages = measured(network, input);
  const freezes = stages.every(({ freeze }) => freeze !== undefined);
  return stages.map((stage, i) => {
    const { parameters, output } = stage;
    const weights = total(parameters, () => true);
    const [from, to] = [shapes[i]!, shapes[i + 1]!];
    return {
      layer: family.of(network.layers[i]!).title(network.layers[i]!),
      kind: output.kind,
      shape: `${sizeOf(from) === sizeOf(to) ? shapeText(from) : sizeOf(from)} → ${shapeText(to)}`,
      weights,
      bits: total(parameters, ({ role }) => role === "binary"),
      floatBytes: 4 * weights,
      packedBytes: freezes ? packed(stages, i) : 4 * weights,
      macs: macs[i]!,
    };
  });
}

/** The stages in a memory that is only measured. */
function measured(network: Network, shape: Shape): readonly Stage[] {
  const arena = new Arena();
  const [indices, draw] = [arena.i32(1), arena.u32(4)];
  const { output } = encoders.of(network.encoder).build(network.encoder, { arena, batch: 1, shape, indices, draw });
  const none = arena.f32(0);
  const optimization = { method: 0, state0: none, state1: none, rates: none, clip: 0 } as const;
  const parameter = (options: Pick<Parameter, "name" | "rows" | "width" | "role" | "initial">) => ({
    ...options,
    values: none,
    gradient: none,
    optimization,
  });
  return buildStack(network, { arena, batch: 1, quantization: undefined, parameter }, output).stages;
}

function total(parameters: readonly Parameter[], counts: (parameter: Parameter) => boolean): number {
  return parameters.filter(counts).reduce((sum, { rows, width }) => sum + rows * width, 0);
}

/** Bytes of a frozen network that come of layer i: rows of bits of a product, and of the first layer behind it the thresholds,
 *  or at the end the scores. */
function packed(stages: readonly Stage[], i: number): number {
  const [weights] = stages[i]!.parameters;
  if (weights?.role === "binary") return weights.rows * rowBytes(weights.width);
  const before = stages[i - 1]?.parameters[0];
  if (before?.role !== "binary") return 0;
  const last = stages.slice(i).every(({ parameters }) => parameters[0]?.role !== "binary");
  return (last ? 8 : 4) * before.rows;
}
