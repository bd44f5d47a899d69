/** What a layer is, in three states.
 *
 *  A *value*, {kind: "binary-dense", units: 500}: plain JSON, what a user writes and a file holds.
 *  A *definition*, one for each kind: what its options are, which signals it takes and gives, and how it is built.
 *  A *stage*: the layer in one network, for one batch size, in one memory. It adds kernel calls to programs. */

import type { Definition, Value } from "../core/family.ts";
import type { Shape } from "../core/shape.ts";
import type { Arena } from "../kernels/arena.ts";
import type { Program } from "../kernels/program.ts";
import type { Freezer } from "./freezer.ts";
import type { Kind, Signal } from "./signal.ts";

/** Kept in types alone: which kinds of signals a layer takes, and which it gives. */
declare const signals: unique symbol;

/** A layer's value. It can be fed to whatever takes `Out`, and be fed by whatever gives `In`. */
export interface Layer<In extends Kind = Kind, Out extends Kind = Kind> extends Value {
  /** Never there: it lets TypeScript compare the kinds of signals. */
  readonly [signals]?: { feed(takes: In): Out }["feed"];
}

/** One kind of layer. Functions are pure but for `build`, which places arrays. */
export interface LayerDefinition<V extends Value = Value, In extends Signal = Signal> extends Definition<V> {
  readonly takes: readonly In["kind"][];
  readonly gives: Kind;
  /** What its weights are, of a layer that multiplies by some. */
  readonly weights?: "binary" | "float32";
  /** Samples that a batch must have, where one is not enough to train on. */
  readonly leastBatch?: number;
  /** As it is shown: "binaryDense(500)". */
  title(layer: V): string;
  /** The shape it gives for one it takes. Throws `shape` when it does not take it. */
  outputShape(layer: V, shape: Shape): Shape;
  /** `wantsGradient`: whether a layer before this one is trained, so that ∂loss/∂input is asked for. */
  build(layer: V, context: Context, input: In, wantsGradient: boolean): Stage;
}

/** Numbers that training changes: f32 [rows, width]. */
export interface Parameter {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
  /** f32 [rows, width]; empty where the step is taken row by row and the gradient never stored. */
  readonly gradient: Float32Array;
  readonly role: ParameterRole;
  /** What a new network begins with: a constant, or uniform values whose range may depend on the layer's inputs. */
  readonly initial: Initial;
  readonly optimization: Optimization;
}

/** "binary": latent, used by their signs alone; "weights": used as they are; "other": biases, and batch norm's γ and β.
 *  Optimizers may treat them differently. */
export type ParameterRole = "binary" | "weights" | "other";

/** What the values of a parameter begin with: a constant, or uniform values in ±1/√fanIn unless the run says
 *  otherwise. */
export type Initial = { readonly constant: number } | { readonly fanIn: number };

/** How one parameter is stepped: arguments of the kernels `update` and `weightUpdate`. The state is the parameter's own. */
export interface Optimization {
  readonly method: number;
  /** f32 [rows, width] each, 0 at first; empty where the method keeps fewer. */
  readonly state0: Float32Array;
  readonly state1: Float32Array;
  /** The step's coefficients, f32 [RATES]. */
  readonly rates: Float32Array;
  /** 1 keeps values in ±1. */
  readonly clip: 0 | 1;
}

/** State that is kept but not trained, as running mean and variance. */
export interface Buffer {
  readonly name: string;
  readonly values: Float32Array;
  readonly constant: number;
}

/** What a backward pass does with a parameter whose gradient is known: a step of its optimizer, or nothing. */
export type Backward = "step" | "gradients";

/** "train" normalizes by the batch and keeps running estimates, "infer" normalizes by these. */
export type Mode = "train" | "infer";

/** A layer in place. */
export interface Stage {
  readonly output: Signal;
  readonly parameters: readonly Parameter[];
  readonly buffers: readonly Buffer[];
  /** Signs of binary weights as they are used, i32 [rows] of how many have changed, and how many there are. */
  readonly flips?: { readonly changed: Int32Array; readonly weights: number };

  /** Adds the calls that fill `output` from the input. */
  forward(program: Program, mode: Mode): void;

  /** Adds the calls that compute the gradients of all its parameters and of its input, from d = ∂loss/∂output, f32 [batch,
   *  output width]; with "step", each parameter is stepped once its gradient, and whatever else is computed from its values,
   *  is there. Returns ∂loss/∂input, f32 [batch, input width], or nothing when the input takes no gradient.
   *
   *  Lifetime of d. It belongs to the stage until `backward` returns: calls added until then may read and overwrite it, and
   *  it may be the array that is returned. From then on it belongs to the layer before, which may overwrite it: no call that
   *  is added later may read it. (test/layers/contract.test.ts holds every layer to this.) */
  backward(program: Program, d: Float32Array, mode: Backward): Float32Array | undefined;

  /** Adds the calls that derive what `forward` uses from parameters, after these were set from outside. */
  derive?(program: Program): void;

  /** Its part of the frozen model. Absent: the layer has none. */
  freeze?(freezer: Freezer): void;
}

/** Integer gradients: |q| <= levels, written in so many digits; draw u32 [3] is (key 0, key 1, step). */
export interface Quantization {
  readonly levels: number;
  readonly digits: number;
  readonly draw: Uint32Array;
}

/** What a layer is built in: memory, batch size, and how its parameters are trained. */
export interface Context {
  readonly arena: Arena;
  readonly batch: number;
  /** Position in the stack. */
  readonly position: number;
  /** How binary layers compute gradients; undefined: in float32. */
  readonly quantization: Quantization | undefined;
  /** Places a parameter, with the state its optimizer keeps. `stored`: whether it has a gradient array; true unless given. */
  parameter(options: {
    readonly name: string;
    readonly rows: number;
    readonly width: number;
    readonly role: ParameterRole;
    readonly initial: Initial;
    readonly stored?: boolean;
  }): Parameter;
}

/** A step of the optimizer on a parameter whose gradient is stored. */
export function addStep(program: Program, { rows, width, values, gradient, optimization }: Parameter): void {
  program.add("update", { w: values, g: gradient, ...optimization, rows, width });
}
