/** A network: an encoder and a stack of layers, each fed by the one before.
 *
 *      sequential(threshold(127), [binaryDense(500), batchNorm(), sign(), binaryDense(10), scale()])
 *
 *  It is a plain value, JSON: how wide its input is follows from the data it is compiled for. A layer that is fed a kind of
 *  signal it does not take is an error of types where the stack is written out, and an OnebitError in any case. */

import { hintFor } from "../core/check.ts";
import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { encoders } from "../encoders/index.ts";
import type { Program } from "../kernels/program.ts";
import { layers as family } from "../layers/index.ts";
import type { Backward, Context, Layer, Mode, Stage } from "../layers/layer.ts";
import type { Kind, Signal } from "../layers/signal.ts";

/** An encoder and the layers behind it, a plain value. `sequential` makes one, `parseNetwork` reads one. */
export interface Network {
  /** Numbers of a sample, where it is meant for some; else they follow from the data alone. */
  readonly inputs?: number;
  readonly encoder: Encoder;
  readonly layers: readonly Layer[];
}

/** The stack itself where each layer takes what the one before gives; where one does not, what it would have to take. */
type Chained<In extends Kind, L extends readonly Layer[]> = L extends readonly [
  Layer<infer Takes, infer Gives>,
  ...infer Rest extends readonly Layer[],
]
  ? In extends Takes
    ? readonly [L[0], ...Chained<Gives, Rest>]
    : readonly [Layer<In>, ...Rest]
  : L;

/** A network of these layers. Throws `kind`, naming the two, when a layer does not take what the one before it gives, and
 *  `argument` when there is none. */
export function sequential<In extends Kind, const L extends readonly Layer[]>(
  encoder: Encoder<In>,
  layers: L & Chained<NoInfer<In>, L>,
): Network {
  if (!Array.isArray(layers)) {
    const found = `layers are ${typeName(layers)}, not an array`;
    throw new OnebitError("argument", `sequential: ${found}`, "Give the encoder, then all layers in [ ].");
  }
  return checkChain({ encoder, layers: [...layers] });
}

/** The network that JSON stands for, {encoder, layers}. Throws `config`, naming the place, and as `sequential` does. */
export function parseNetwork(value: unknown, where: string): Network {
  if (!isObject(value) || !Array.isArray(value.layers)) {
    throw new OnebitError("config", `${where} is not a network: it has no encoder and layers`);
  }
  const { inputs } = value;
  const known = ["inputs", "encoder", "layers"];
  const wrong = Object.keys(value).find((key) => !known.includes(key));
  if (wrong !== undefined) {
    throw new OnebitError("config", `${where}: there is no key "${wrong}"`, hintFor(wrong, known));
  }
  if (inputs !== undefined && !(Number.isInteger(inputs) && (inputs as number) >= 1)) {
    throw new OnebitError("config", `${where}: inputs is ${JSON.stringify(inputs)}, not a whole number of 1 or more`);
  }
  return checkChain({
    ...(inputs !== undefined && { inputs: inputs as number }),
    encoder: encoders.parse(value.encoder, `${where}.encoder`),
    layers: value.layers.map((layer, i) => family.parse(layer, `${where}.layers[${i}]`)),
  });
}

function checkChain(network: Network): Network {
  const { encoder, layers } = network;
  if (layers.length === 0) throw new OnebitError("argument", "the network has no layers");
  let given = encoders.of(encoder).gives;
  let giver = `the encoder ${encoders.of(encoder).title(encoder)}`;
  for (const [i, layer] of layers.entries()) {
    const definition = family.of(layer, `layers[${i}]`);
    if (!definition.takes.includes(given)) {
      throw new OnebitError(
        "kind",
        `layers[${i}], ${definition.title(layer)}, takes ${definition.takes.join(" or ")}, but ${giver} gives ${given}`,
        given === "int32" ? "Put batchNorm() or scale() between them." : undefined,
      );
    }
    given = definition.gives;
    giver = definition.title(layer);
  }
  return network;
}

/** Whether a network has binary layers whose inputs are bits: the only ones whose gradients may be integers. */
export function takesIntegerGradients({ encoder, layers }: Network): boolean {
  let given = encoders.of(encoder).gives;
  for (const layer of layers) {
    const { weights, gives } = family.of(layer);
    if (weights === "binary" && given === "bits") return true;
    given = gives;
  }
  return false;
}

/** Shapes between the layers, from the input's to the output's. Throws `shape` when the network is meant for another number of
 *  inputs, or a layer does not take its own. */
export function shapesOf({ inputs, layers }: Network, input: Shape): Shape[] {
  if (inputs !== undefined && inputs !== sizeOf(input)) {
    throw new OnebitError(
      "shape",
      `the network takes ${inputs} numbers, but the samples have ${shapeText(input)} = ${sizeOf(input)}`,
      `Let it begin with ${sizeOf(input)}.`,
    );
  }
  const shapes = [input];
  for (const layer of layers) shapes.push(family.of(layer).outputShape(layer, shapes.at(-1)!));
  return shapes;
}

/** Multiply–accumulates of each layer for one sample: its weights, without biases and batch norm's numbers. Throws as
 *  `shapesOf` does. */
export function macsOf(network: Network, input: Shape): number[] {
  const widths = shapesOf(network, input).map(sizeOf);
  return network.layers.map((layer, i) => (family.of(layer).weights === undefined ? 0 : widths[i]! * widths[i + 1]!));
}

/** What a network's scores are made of: throws `kind` unless its output is float32, as losses take it. */
export function checkOutput({ layers }: Network): void {
  const last = family.of(layers.at(-1)!);
  if (last.gives === "float32") return;
  throw new OnebitError(
    "kind",
    `the network ends with ${last.title(layers.at(-1)!)}, which gives ${last.gives}, but a loss takes float32`,
    last.gives === "int32" ? "Put scale() or batchNorm() at its end." : "End it with a layer of one unit a class.",
  );
}

/** "784-500-1024-1024-10 binary": the width of the input and of each layer with weights, and what these are. */
export function networkTitle(network: Network, input: Shape): string {
  const shapes = shapesOf(network, input);
  const weights = network.layers.map((layer) => family.of(layer).weights);
  const widths = shapes.slice(1).filter((_, i) => weights[i] !== undefined);
  const kinds = [...new Set(weights.filter((kind) => kind !== undefined))];
  return `${[input, ...widths].map(sizeOf).join("-")} ${kinds.join(" and ")}`.trim();
}

/** The built layers, as one. */
export interface Stack {
  readonly stages: readonly Stage[];
  readonly output: Signal;
  forward(program: Program, mode: Mode): void;
  /** d: ∂loss/∂output, f32 [batch, output width]. Returns ∂loss/∂input, or nothing when the input takes no gradient. */
  backward(program: Program, d: Float32Array, mode: Backward): Float32Array | undefined;
  /** Derives all that forward uses of parameters anew. */
  derive(program: Program): void;
}

/** Places the layers one after the other behind `input`. */
export function buildStack({ layers }: Network, context: Omit<Context, "position">, input: Signal): Stack {
  const stages: Stage[] = [];
  for (const [position, layer] of layers.entries()) {
    const before = stages.at(-1)?.output ?? input;
    const trained = stages.some((stage) => stage.parameters.length > 0);
    // checkChain has compared the kinds of signals.
    stages.push(family.of(layer).build(layer, { ...context, position }, before, trained));
  }
  return {
    stages,
    output: stages.at(-1)!.output,
    forward(program, mode) {
      for (const stage of stages) stage.forward(program, mode);
    },
    backward(program, d, mode) {
      let gradient: Float32Array | undefined = d;
      for (const stage of stages.toReversed()) {
        if (gradient === undefined) return undefined;
        gradient = stage.backward(program, gradient, mode);
      }
      return gradient;
    },
    derive(program) {
      for (const stage of stages) stage.derive?.(program);
    },
  };
}
