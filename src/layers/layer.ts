/** What a layer is: a description that becomes, for one batch size and memory, a stage that adds kernel calls to
 *  programs. */

import type { BitMatrix } from "../core/bits.ts";
import type { Arena } from "../kernels/arena.ts";
import type { Program } from "../kernels/program.ts";
import type { Kind, Signal } from "./signal.ts";

/** Numbers that training changes: f32 [rows, width]. */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
  /** Absent where an update computes it row by row and never stores it. */
  readonly gradient?: Float32Array;
  /** Latent weights of a binary layer: they may be clipped to ±1. */
  readonly latent: boolean;
  /** What a new network begins with: a constant, or uniform values whose range may depend on the layer's inputs. */
  readonly initial: { readonly constant: number } | { readonly fanIn: number };
}

/** What an optimizer's step needs beside values and gradient: arguments of the kernel `update`. */
export interface Optimization {
  readonly method: number;
  readonly states: readonly [Float32Array, Float32Array];
  readonly rates: Float32Array;
  readonly clip: number;
}
export type Optimize = (parameter: Parameter) => Optimization;

/** A step of the optimizer on a parameter whose gradient was computed. */
export function addUpdate(program: Program, parameter: Parameter, optimize: Optimize): void {
  const { rows, width, values, gradient } = parameter;
  const { method, states, rates, clip } = optimize(parameter);
  const [state0, state1] = states;
  program.add("update", { w: values, g: gradient!, state0, state1, rates, method, clip, rows, width });
}

/** What freezing needs to know of a stage. "other" has no frozen form. */
export type Role =
  | { readonly kind: "binary-dense"; readonly operand: "agreements" | "sum"; readonly weights: BitMatrix }
  | {
      readonly kind: "batch-norm";
      readonly mean: Float32Array;
      readonly variance: Float32Array;
      readonly gamma: Float32Array;
      readonly beta: Float32Array;
      readonly epsilon: number;
    }
  | { readonly kind: "scale"; readonly factor: number }
  | { readonly kind: "sign" }
  | { readonly kind: "other"; readonly name: string };

/** "train" normalizes by the batch and keeps running estimates, "infer" normalizes by these. */
export type Mode = "train" | "infer";

/** A layer in place. `backward` takes d = ∂loss/∂output, f32 [batch, output width], which it may overwrite, and returns
 *  ∂loss/∂input (f32 [batch, input width]), or nothing when the input takes no gradient. `update` comes after the
 *  backward pass of all stages: it computes the gradients of the parameters that `backward` left out, changes each
 *  parameter, and repacks what is derived from them. */
export interface Stage {
  readonly role: Role;
  readonly output: Signal;
  readonly parameters: readonly Parameter[];
  /** State that is kept but not trained: running mean and variance. */
  readonly buffers: readonly { readonly name: string; readonly values: Float32Array; readonly constant: number }[];
  /** i32 [rows]: signs of weights that `pack` changed, summed up; of binary layers only. */
  readonly flips?: Int32Array;
  forward(program: Program, mode: Mode): void;
  backward(program: Program, d: Float32Array): Float32Array | undefined;
  update(program: Program, optimize: Optimize): void;
  /** Derives packed weights from parameters that were set from outside. */
  pack?(program: Program): void;
}

/** Integer gradients: |q| <= levels, written in so many digits; draw u32 [3] is (key 0, key 1, step). */
export interface Quantization {
  readonly levels: number;
  readonly digits: number;
  readonly draw: Uint32Array;
}

export interface Context {
  readonly arena: Arena;
  readonly batch: number;
  /** Position in the stack. */
  readonly layer: number;
  /** How binary layers compute gradients; undefined: in float32. */
  readonly quantization: Quantization | undefined;
}

/** A layer takes signals of some kinds and gives one of one kind. */
export interface Layer<In extends Kind = Kind, Out extends Kind = Kind> {
  readonly name: string;
  readonly takes: readonly In[];
  readonly gives: Out;
  /** Output width for an input of `width`. */
  units(width: number): number;
  /** `trainable`: whether the input takes a gradient, false for the first layer. */
  build(context: Context, input: Signal, trainable: boolean): Stage;
}
