/** From a run's configuration to its stack of layers. */

import type { RunConfig } from "../config/config.ts";
import { activation, scale, sign, softmax } from "../layers/activations.ts";
import { batchNorm } from "../layers/batch-norm.ts";
import { binaryDense } from "../layers/binary-dense.ts";
import { dense } from "../layers/dense.ts";
import type { Layer } from "../layers/layer.ts";
import { type Sequential, sequential } from "../layers/sequential.ts";

/** The network that `config` describes, e.g. for 784-500-10, binary, with batch norm:
 *  bits → binaryDense(500) → batchNorm → sign → binaryDense(10) → scale or batchNorm. */
export function architecture(config: RunConfig): Sequential {
  const layers: Layer[] = [];
  const units = config.layers.slice(1);
  for (const [i, width] of units.entries()) {
    const last = i === units.length - 1;
    const after = last ? config.head : config.hidden;
    const normalized = after === "batch-norm";
    if (config.linear === "binary") layers.push(binaryDense(width));
    else layers.push(dense(width, { bias: !normalized }));
    if (normalized) layers.push(batchNorm());
    else if (config.linear === "binary") layers.push(scale(after === "scale" ? scaleOf(config.layers[i]!) : 1));
    if (!last) layers.push(...between(config.activation));
  }
  return sequential(config.binarize.kind === "none" ? "bytes" : "bits", config.layers[0]!, layers);
}

function between(name: RunConfig["activation"]): Layer[] {
  if (name === "identity") return [];
  if (name === "sign") return [sign()];
  if (name === "softmax") return [softmax()];
  return [activation(name)];
}

/** The common factor where no batch norm follows: a sum of n random ±1 has the deviation √n, so 1/√n brings it to the order
 *  of 1, where the hard tanh lets gradients pass and the softmax is not saturated. It is positive and the same for all neurons,
 *  so no sign and no decision depends on it. */
function scaleOf(inputs: number): number {
  return 1 / Math.sqrt(inputs);
}
