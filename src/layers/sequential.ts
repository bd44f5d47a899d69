/** A stack of layers, each fed by the one before.
 *
 *      sequential("bits", 784, [binaryDense(500), batchNorm(), sign(), binaryDense(10), scale(0.05)])
 *
 *  A layer that is fed a kind of signal it does not take is an error of types where the stack is written out, and an
 *  OnebitError when it is built in any case. */

import { OnebitError } from "../core/errors.ts";
import type { Program } from "../kernels/program.ts";
import type { Context, Layer, Mode, Optimize, Stage } from "./layer.ts";
import type { Kind, Signal } from "./signal.ts";

/** The stack itself where each layer takes what the one before gives, `never` in the first place where it does not. */
type Chained<In extends Kind, L extends readonly Layer[]> = L extends readonly [
  Layer<infer Takes, infer Gives>,
  ...infer Rest extends readonly Layer[],
]
  ? In extends Takes
    ? readonly [L[0], ...Chained<Gives, Rest>]
    : readonly [never, ...Rest]
  : L;

export interface Sequential {
  readonly input: { readonly kind: Kind; readonly width: number };
  readonly layers: readonly Layer[];
  /** Widths between the layers, from the input's to the output's. */
  readonly widths: readonly number[];
  /** Places the layers one after the other behind `input`. */
  build(context: Omit<Context, "layer">, input: Signal): Stack;
}

/** The built layers, as one. */
export interface Stack {
  readonly stages: readonly Stage[];
  readonly output: Signal;
  forward(program: Program, mode: Mode): void;
  /** d: ∂loss/∂output, f32 [batch, output width]. Returns ∂loss/∂input, or nothing when the first layer has parameters. */
  backward(program: Program, d: Float32Array): Float32Array | undefined;
  update(program: Program, optimize: Optimize): void;
  /** Derives all packed weights anew. */
  pack(program: Program): void;
}

export function sequential<In extends "bits" | "bytes" | "float32", const L extends readonly Layer[]>(
  kind: In,
  width: number,
  layers: L & Chained<In, L>,
): Sequential {
  const widths = [width];
  let given: Kind = kind;
  for (const [i, layer] of layers.entries()) {
    if (!layer.takes.includes(given)) {
      throw new OnebitError(
        "kind",
        `layers[${i}], ${layer.name}, takes ${layer.takes.join(" or ")}, but ${
          i === 0 ? "the input" : layers[i - 1]!.name
        } gives ${given}`,
        given === "int32" ? "Put batchNorm() or scale(1) between them." : undefined,
      );
    }
    given = layer.gives;
    widths.push(layer.units(widths.at(-1)!));
  }
  return { input: { kind, width }, layers, widths, build: (context, input) => build(layers, context, input) };
}

function build(layers: readonly Layer[], context: Omit<Context, "layer">, input: Signal): Stack {
  const stages: Stage[] = [];
  for (const [i, layer] of layers.entries()) {
    const before = stages.at(-1)?.output ?? input;
    stages.push(
      layer.build(
        { ...context, layer: i },
        before,
        stages.some((stage) => stage.parameters.length > 0),
      ),
    );
  }
  return {
    stages,
    output: stages.at(-1)!.output,
    forward(program, mode) {
      for (const stage of stages) stage.forward(program, mode);
    },
    backward(program, d) {
      let gradient: Float32Array | undefined = d;
      for (const stage of stages.toReversed()) {
        if (gradient === undefined) return undefined;
        gradient = stage.backward(program, gradient);
      }
      return gradient;
    },
    update(program, optimize) {
      for (const stage of stages) stage.update(program, optimize);
    },
    pack(program) {
      for (const stage of stages) stage.pack?.(program);
    },
  };
}
