/** A trainer, as a user has it: a network in memory that is trained, evaluated, looked at and frozen. `compile` makes it.
 *
 *  A trained network is a function of plan and data alone: not of threads, interruptions or time. */

import type { Plan } from "../config/config.ts";
import type { BitMatrix } from "../core/bits.ts";
import type { JsonObject } from "../core/json.ts";
import type { Shape } from "../core/shape.ts";
import type { Samples } from "../data/dataset.ts";
import type { Model } from "../infer/model.ts";
import type { Layer } from "../layers/layer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Fit, FitOptions, Stopped } from "./fit.ts";
import type { EpochRow } from "./metrics.ts";

/** A network in memory with its data, or without any. Call `close` when it is no longer needed.
 *
 *  ```ts
 *  const trainer = await compile(network, data);
 *  await trainer.fit({ epochs: 20 });
 *  const model = trainer.freeze();
 *  await trainer.close();
 *  ``` */
export interface Trainer {
  readonly plan: Plan;
  /** Of a sample. */
  readonly shape: Shape;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Epochs and steps that are done. */
  readonly epoch: number;
  readonly steps: number;
  /** One row for each epoch that is done. */
  readonly rows: readonly EpochRow[];
  /** Why the last `fit` ended; undefined before. */
  readonly stopped: Stopped | undefined;
  /** Threads that share the work. */
  readonly threads: number;
  /** Bytes of memory that the kernels work in. */
  readonly bytes: number;
  /** What each layer holds, and what it gave in the last pass: views that the next pass overwrites. */
  readonly layers: readonly LayerView[];

  /** Trains for so many epochs, from where it is: a promise, and an async iterable of the epochs' rows. It begins when it is
   *  awaited or iterated; breaking out of a loop stops it between two epochs. Throws `argument` when there is no data, and
   *  `diverged` when the loss or a parameter is no longer a number. */
  fit(options: FitOptions): Fit;

  /** One step on a batch of training samples, given by their indices, at the optimizer's own rate, or at `rate`.
   *  Throws `argument` for another number of indices than a batch has, or one that is not a sample's. */
  step(indices: ArrayLike<number>, options?: StepOptions): StepResult;

  /** What the first layer sees of a batch [batch, ...shape], as in training: random encodings are drawn for the samples 0, 1, 2 …
   *  in the repetition that is given, 0 unless it is. Without inputs: of the batch that was handed over last. */
  encode(inputs?: Uint8Array | Float32Array, options?: { readonly repetition?: number }): LayerView["output"];
  /** A forward pass of training on a batch, [batch, ...shape]: normalized by the batch, random encodings drawn anew for each step.
   *  Returns the scores, f32 [batch, classes]. This and the next three are the parts of a step, for loops of one's own. They throw
   *  `shape` for a wrong number of numbers; `backward` and `update` throw `argument` unless compiled with
   *  `gradients: "float32"`. */
  forward(inputs: Uint8Array | Float32Array): Float32Array;
  /** The mean loss of the last forward pass against labels [batch], and its gradient d by the scores. Throws `data` for a label
   *  that is not the number of a class. */
  loss(labels: ArrayLike<number>): { readonly loss: number; readonly d: Float32Array };
  /** The gradients of all parameters, from d, which is f32 [batch, classes]. Returns that of the input, [batch, ...shape], where
   *  no layer before has parameters. */
  backward(d: ArrayLike<number>): Float32Array | undefined;
  /** A step of the optimizer on all parameters, by the gradients there are. */
  update(options?: StepOptions): void;
  /** Derives what layers keep of their parameters (packed signs), after these were written from outside. */
  derive(): void;

  /** The class of each sample [count, ...shape], by the running estimates of batch norm. Throws `shape`. */
  classify(inputs: Uint8Array | Float32Array): Int32Array;
  /** Likewise, the classes' names. */
  predict(inputs: Uint8Array | Float32Array): string[];
  /** How well it tells the classes of labelled samples apart. Throws `shape` and `data` when they do not fit. */
  evaluate(samples: Pick<Samples, "inputs" | "labels">): Evaluation;

  /** All that it takes to go on from here. */
  checkpoint(): Uint8Array;
  /** Goes to where a checkpoint, its bytes or what `decodeCheckpoint` makes of them, was made. Throws `checkpoint` when it is of
   *  another plan or of other data. */
  restore(checkpoint: Uint8Array | Checkpoint): void;

  /** The frozen model: bits and integers. `info` travels in its file. Throws `freeze` when the network has no frozen form. */
  freeze(info?: JsonObject): Model;
  /** Ends its threads. What was trained stays: it can still be frozen. */
  close(): Promise<void>;
}

/** Options of `Trainer.step` and `Trainer.update`. */
export interface StepOptions {
  /** In place of the optimizer's learning rate. */
  readonly rate?: number;
}

/** What a step came to. */
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number;
  /** Share of the batch that was classified right as it was trained on, 0 … 1. */
  readonly accuracy: number;
}

/** A layer of a trainer, to be looked at. Its arrays are the trainer's own. */
export interface LayerView {
  readonly layer: Layer;
  /** "binaryDense(500)" */
  readonly title: string;
  /** Of what it gives. */
  readonly shape: Shape;
  /** What it gave in the last pass, [batch, ...shape]. */
  readonly output: BitMatrix | Uint8Array | Int32Array | Float32Array;
  /** f32 [rows, width] each. A gradient is empty where it is never stored. Call `derive` after writing values. */
  readonly parameters: readonly {
    readonly name: string;
    readonly rows: number;
    readonly width: number;
    readonly values: Float32Array;
    readonly gradient: Float32Array;
  }[];
}
