/** The layers of a network and what they cost, without building it. */

import type { RunConfig } from "../config/config.ts";
import { Arena } from "../kernels/arena.ts";
import type { Parameter, Role } from "../layers/layer.ts";
import { bits, bytes } from "../layers/signal.ts";
import { architecture } from "./architecture.ts";

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
  /** Multiply–accumulates for one image. */
  readonly macs: number;
}

/** One row a layer, from the input to the output. Throws what `architecture` throws. */
export function summarize(config: RunConfig): LayerRow[] {
  const network = architecture(config);
  const { layers, widths } = network;
  const arena = new Arena(); // measures only
  const input = config.binarize.kind === "none" ? bytes(arena, 1, widths[0]!) : bits(arena, 1, widths[0]!);
  const { stages } = network.build({ arena, batch: 1, quantization: undefined }, input);
  const binary = config.linear === "binary";
  return stages.map(({ role, parameters, output }, i) => {
    const weights = total(parameters, () => true);
    return {
      layer: layers[i]!.name,
      kind: output.kind,
      shape: `${widths[i]} → ${widths[i + 1]}`,
      weights,
      bits: total(parameters, ({ latent }) => latent),
      floatBytes: 4 * weights,
      packedBytes: binary ? packed(role, weights, widths[i + 1]!, i === stages.length - 1) : 4 * weights,
      macs: total(parameters, ({ name }) => name === "weights"),
    };
  });
}

function total(parameters: readonly Parameter[], counts: (parameter: Parameter) => boolean): number {
  return parameters.filter(counts).reduce((sum, { rows, width }) => sum + rows * width, 0);
}

function packed(role: Role, weights: number, width: number, last: boolean): number {
  if (role.kind === "binary-dense") return role.weights.rows * role.weights.stride;
  if (role.kind === "batch-norm" || role.kind === "scale") return (last ? 8 : 4) * width;
  return 4 * weights;
}
