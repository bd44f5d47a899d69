/** A network's first parameters (report, section 2.2): generated, or taken from earlier training. */

import type { Plan } from "../config/config.ts";
import { type BitMatrix, getBit } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { randomWords } from "../core/random.ts";
import type { Parameter, Stage } from "../layers/layer.ts";
import { isState } from "./arrays.ts";
import { type Checkpoint, decoded } from "./checkpoint.ts";

/** Weights that are handed over: a checkpoint's, as bytes or decoded, or the ±1 weights of each layer of a frozen model. */
export type GivenWeights =
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint | Uint8Array }
  | { readonly kind: "bits"; readonly weights: readonly BitMatrix[] };

/** Writes the parameters and running estimates of a network before its first step. Throws `shape` when given weights do
 *  not fit, `checkpoint` for bytes that are not a checkpoint. */
export function initialize(
  stages: readonly Stage[],
  arrays: ReadonlyMap<string, Float32Array>,
  plan: Plan,
  given: GivenWeights | undefined,
): void {
  for (const stage of stages) for (const buffer of stage.buffers) buffer.values.fill(buffer.constant);
  const parameters = stages.flatMap((stage) => stage.parameters);
  for (const [i, parameter] of parameters.entries()) generate(parameter, plan, i);
  if (given?.kind === "checkpoint") {
    const checkpoint = decoded(given.checkpoint);
    for (const [name, values] of arrays) {
      if (!isState(name)) values.set(fitting(checkpoint.arrays.get(name), values.length, name));
    }
  } else if (given?.kind === "bits") {
    const latent = parameters.filter(({ role, name }) => role === "binary" && name === "weights");
    if (latent.length !== given.weights.length) {
      throw new OnebitError(
        "shape",
        `the given model has ${given.weights.length} layers of binary weights, the network ${latent.length}`,
      );
    }
    for (const [i, parameter] of latent.entries()) setSigns(parameter, given.weights[i]!, i);
  }
}

/** Uniform in ±range from the stream "weights 0", "weights 1", …, or the parameter's constant. */
function generate({ values, initial }: Parameter, { init, seed }: Plan, index: number): void {
  if ("constant" in initial) {
    values.fill(initial.constant);
    return;
  }
  const range = init.kind === "uniform" && init.range !== "fan-in" ? init.range : 1 / Math.sqrt(initial.fanIn);
  const next = randomWords(seed, `weights ${index}`);
  for (let i = 0; i < values.length; i++) values[i] = ((next() + 0.5) / 0x8000_0000 - 1) * range;
}

/** Gives the generated weights the signs of `bits`. */
function setSigns(parameter: Parameter, bits: BitMatrix, layer: number): void {
  const { values, rows, width } = parameter;
  if (bits.rows !== rows || bits.columns !== width) {
    throw new OnebitError(
      "shape",
      `layer ${layer} of the given model is ${bits.columns} → ${bits.rows}, the network's is ${width} → ${rows}`,
    );
  }
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < width; k++) {
      const size = Math.abs(values[r * width + k]!);
      values[r * width + k] = getBit(bits, r, k) ? size : -size;
    }
  }
}

function fitting(values: Float32Array | undefined, length: number, name: string): Float32Array {
  if (values?.length === length) return values;
  throw new OnebitError(
    "shape",
    `the given checkpoint has ${values ? `${values.length} numbers` : "nothing"} for ${name}, the network takes ${length}`,
    "It must be of a network with the same layers.",
  );
}
