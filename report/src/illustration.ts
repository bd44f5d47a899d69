/** Small networks for illustrations, with weights that are set by hand. What the figures of chapters 2 and 3.1 … 3.2 show is
 *  computed by them: forward passes, backward passes and steps of SGD of a trainer on the plain reference. */

import { compile, type Network, sgd, type Trainer, unpackSigns } from "onebit";

/** Numbers of one array, sample by sample or row by row. */
export type Numbers = readonly number[];

/** A trainer of a network that takes `inputs` floats. On one thread, so that there is none to end.
 *  `weights` are the parameters' values, in the order of the layers. */
export async function illustration(
  network: Network,
  inputs: number,
  batch: number,
  weights: readonly Numbers[] = [],
): Promise<Trainer> {
  const options = { optimizer: sgd(), gradients: "float32", kernels: "reference", threads: 1, batch } as const;
  const trainer = await compile(network, { shape: [inputs] }, options);
  setWeights(trainer, weights);
  return trainer;
}

/** The parameters of all layers, in their order. */
export function parametersOf({ layers }: Trainer) {
  return layers.flatMap(({ parameters }) => parameters);
}

/** Replaces the values of the first parameters. */
export function setWeights(trainer: Trainer, weights: readonly Numbers[]): void {
  const parameters = parametersOf(trainer);
  for (const [i, values] of weights.entries()) parameters[i]!.values.set(values);
  trainer.derive();
}

/** Each layer's outputs for x, [batch, units]; bits as ±1. */
export function outputsOf(trainer: Trainer, x: Numbers): readonly Numbers[] {
  trainer.forward(Float32Array.from(x));
  return trainer.layers.map(({ output }) => ("bytes" in output ? [...unpackSigns(output)] : [...output]));
}

/** A number of a figure or a finding, with a minus sign: "−0.46". */
export function decimal(x: number, digits = 2): string {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}
