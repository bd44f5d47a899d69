/** What an encoder is: how the numbers of a sample become what the first layer takes.
 *
 *  A value, {kind: "threshold", threshold: 127}, a definition for each kind, and in a network the calls that fill its input
 *  signal. Its frozen form is part of the frozen model, so that whoever runs that model encodes as training did. */

import type { Definition, Value } from "../core/family.ts";
import type { Shape } from "../core/shape.ts";
import type { Arena } from "../kernels/arena.ts";
import type { Program } from "../kernels/program.ts";
import type { Mode } from "../layers/layer.ts";
import type { Kind, Signal } from "../layers/signal.ts";
import type { FrozenEncoder } from "../model/model.ts";

declare const signal: unique symbol;

/** An encoder's value, which gives a signal of kind `Out`. */
export interface Encoder<Out extends Kind = Kind> extends Value {
  readonly [signal]?: Out;
}

export interface EncoderDefinition<V extends Value = Value> extends Definition<V> {
  /** What samples are made of: 8-bit numbers, or float32. */
  readonly takes: "bytes" | "float32";
  readonly gives: Kind;
  /** As it is shown: "threshold(127)". */
  title(encoder: V): string;
  /** How often an epoch goes through the samples, each time encoded anew; 1 where the encoding is always the same. */
  repetitions(encoder: V): number;
  /** Places its arrays. */
  build(encoder: V, context: EncoderContext): EncoderStage;
  /** How the frozen model encodes. Undefined: there is none. */
  freeze(encoder: V): FrozenEncoder | undefined;
}

/** What an encoder is placed with. */
export interface EncoderContext {
  readonly arena: Arena;
  readonly batch: number;
  readonly shape: Shape;
  /** i32 [batch]: which samples make up the batch. */
  readonly indices: Int32Array;
  /** u32 [4]: key and counter words of this repetition's random numbers. */
  readonly draw: Uint32Array;
}

/** An encoder in place. */
export interface EncoderStage {
  /** The batch as it was given, [batch, ...shape]. */
  readonly samples: Uint8Array | Float32Array;
  readonly output: Signal;
  /** Adds the calls that fill `output` from `samples`. */
  encode(program: Program, mode: Mode): void;
}
