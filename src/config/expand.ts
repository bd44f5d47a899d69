/** From a recipe to the values of its run: the door behind which no key's name is known. */

import { pixels, probability, threshold } from "../encoders/index.ts";
import { activation, batchNorm, binaryDense, dense, offset, scale, sign, softmax } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { type Loss, losses } from "../losses/losses.ts";
import { type Network, takesIntegerGradients } from "../network/sequential.ts";
import { adam, type Optimizer, optimizers } from "../optim/optimizers.ts";
import type { RunConfig } from "./config.ts";
import type { Recipe } from "./keys.ts";

/** The run that a recipe stands for. */
export function expand(recipe: Recipe): RunConfig {
  const { data, validation, shift, gradients, init, epochs, batch, seed, targetAccuracy, patience } = recipe;
  const network = networkOf(recipe);
  return {
    network,
    loss: lossOf(recipe),
    optimizer: optimizerOf(recipe),
    schedule: recipe.schedule,
    gradients: takesIntegerGradients(network) ? gradients : "float32",
    init,
    batch,
    seed,
    validation,
    shift,
    data,
    epochs,
    targetAccuracy,
    patience,
  };
}

/** The network, e.g. for 784-500-10, binary, with batch norm:
 *  bits → binaryDense(500) → batchNorm → sign → binaryDense(10) → scale or batchNorm. */
function networkOf(recipe: Recipe): Network {
  const { binarize, linear, zero, bias } = recipe;
  const layers: Layer[] = [];
  const units = recipe.layers.slice(1);
  for (const [i, width] of units.entries()) {
    const last = i === units.length - 1;
    const after = last ? recipe.head : recipe.hidden;
    if (linear === "binary") layers.push(binaryDense(width, { bias: bias === "binary", zero }));
    else layers.push(dense(width, { bias: after !== "batch-norm" }));
    if (after === "batch-norm") layers.push(batchNorm());
    else if (linear === "binary") layers.push(scale(after === "scale" ? "fan-in" : 1));
    if (last) continue;
    if (recipe.offset && after === "scale") layers.push(offset());
    layers.push(...between(recipe));
  }
  const encoder =
    binarize.kind === "none"
      ? pixels()
      : binarize.kind === "threshold"
        ? threshold(binarize.threshold)
        : probability({ repetitions: binarize.repetitions });
  return { inputs: recipe.layers[0]!, encoder, layers }; // compile checks it
}

function between({ activation: name, surrogate, zero }: Recipe): Layer[] {
  if (name === "identity") return [];
  if (name === "sign") return [sign({ gradient: surrogate, zero })];
  if (name === "softmax") return [softmax()];
  return [activation(name)];
}

function lossOf({ loss, smoothing }: Recipe): Loss {
  return losses.make(loss, smoothing === 0 ? {} : { smoothing });
}

function optimizerOf({ optimizer, learningRate: rate, clip, linear, weightDecay }: Recipe): Optimizer {
  const { name, ...constants } = optimizer;
  const { binaryOnly } = optimizers.of({ kind: name });
  if (binaryOnly) return optimizers.make(name, { ...constants, rest: adam({ rate }) });
  return optimizers.make(name, { ...constants, rate, clip: clip && linear === "binary", weightDecay });
}
