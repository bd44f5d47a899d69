/** The trainer that `compile` makes: a machine with the network's programs, and where its training stands. */

import type { Plan } from "../config/config.ts";
import { bitMatrix } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { canonicalJson, isObject, type JsonObject } from "../core/json.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import { checkFinite, checkLabels, checkSamples, isDataSet, type Samples } from "../data/dataset.ts";
import { type Split, splitTrainValidation } from "../data/split.ts";
import { encoders } from "../encoders/index.ts";
import { freeze } from "../freeze/freeze.ts";
import { type Model, modelOf } from "../infer/model.ts";
import { KEEP } from "../kernels/layout.ts";
import type { Machine } from "../kernels/machine.ts";
import { layers } from "../layers/index.ts";
import type { Signal } from "../layers/signal.ts";
import { modelHash } from "../model/hash.ts";
import { optimizers } from "../optim/optimizers.ts";
import type { Placed } from "./arrays.ts";
import { type Checkpoint, decoded, encodeCheckpoint } from "./checkpoint.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { Fit, type FitOptions, type Stopped, type Trainable } from "./fit.ts";
import type { EpochRow } from "./metrics.ts";
import type { LayerView, StepOptions, StepResult, Trainer } from "./trainer.ts";

export class NetworkTrainer implements Trainer, Trainable {
  readonly plan: Plan;
  readonly shape: Shape;
  readonly classes: readonly string[];
  readonly layers: readonly LayerView[];
  /** Indices of the training samples, and of those that are held out. */
  readonly split: Split;
  stopped: Stopped | undefined;
  rows: readonly EpochRow[] = [];
  steps = 0;
  readonly #machine: Machine<Placed>;
  readonly #count: number;
  readonly #digest: string | null;
  /** The last checkpoint, as long as nothing has changed since. */
  #saved: { readonly rows: readonly EpochRow[]; readonly bytes: Uint8Array } | undefined;

  constructor(
    machine: Machine<Placed>,
    plan: Plan,
    shape: Shape,
    classes: readonly string[],
    count: number,
    digest: string | null,
  ) {
    this.plan = plan;
    this.shape = shape;
    this.classes = classes;
    this.#machine = machine;
    this.#count = count;
    this.#digest = digest;
    this.split = count > 0 ? splitTrainValidation(count, plan.validation, plan.seed) : NOTHING;
    this.layers = machine.built.stack.stages.map(({ output, parameters }, i) => {
      const layer = plan.network.layers[i]!;
      return {
        layer,
        title: layers.of(layer).title(layer),
        shape: output.shape,
        output: dataOf(output, plan.batch),
        parameters,
      };
    });
    this.derive();
  }

  get epoch(): number {
    return this.rows.length;
  }

  get threads(): number {
    return this.#machine.threads;
  }

  get bytes(): number {
    return this.#machine.bytes;
  }

  /** What the loop of an epoch writes and reads. */
  get mailbox(): Placed["mailbox"] {
    return this.#machine.built.mailbox;
  }

  /** Training samples. */
  get count(): number {
    return this.#count;
  }

  fit(options: FitOptions): Fit {
    return new Fit(this, options);
  }

  step(indices: ArrayLike<number>, { rate }: StepOptions = {}): StepResult {
    const { batch } = this.plan;
    checkRate(rate);
    if (indices?.length !== batch) {
      throw new OnebitError(
        "argument",
        `a step takes ${batch} samples, not ${indices?.length}`,
        "compile takes the batch.",
      );
    }
    for (let b = 0; b < batch; b++) {
      const index = indices[b]!;
      if (Number.isInteger(index) && index >= 0 && index < this.#count) continue;
      throw new OnebitError("argument", `there is no training sample ${index}`, `There are 0 … ${this.#count - 1}.`);
    }
    const { mailbox } = this;
    mailbox.indices.set(indices);
    mailbox.moves.fill(0);
    mailbox.draw[2] = this.steps;
    this.runStep((own) => rate ?? own);
    let correct = 0;
    for (let b = 0; b < batch; b++) if (mailbox.predicted[b] === mailbox.labels[indices[b]!]) correct++;
    return { loss: mean(mailbox.loss), accuracy: correct / batch };
  }

  runStep(scheduled: (rate: number) => number): void {
    this.#saved = undefined;
    this.mailbox.rounding[2] = this.steps + 1;
    this.#setRates(scheduled);
    this.#machine.run(this.#machine.built.run.step);
    this.steps += 1;
  }

  encode(
    inputs?: Uint8Array | Float32Array,
    { repetition = 0 }: { readonly repetition?: number } = {},
  ): LayerView["output"] {
    if (inputs) this.#handOverBatch(inputs);
    this.mailbox.draw[2] = repetition;
    const { run, encoded } = this.#machine.built;
    this.#machine.run(run.encode);
    return dataOf(encoded, this.plan.batch);
  }

  forward(inputs: Uint8Array | Float32Array): Float32Array {
    this.#handOverBatch(inputs);
    this.#saved = undefined; // batch norm's running estimates change
    this.mailbox.draw[2] = this.steps;
    this.#machine.run(this.#machine.built.run.forward);
    return this.#machine.built.stack.output.data as Float32Array;
  }

  loss(labels: ArrayLike<number>): { loss: number; d: Float32Array } {
    const { given, loss, d } = this.mailbox;
    if (labels.length !== given.length) {
      throw new OnebitError("shape", `a batch has ${given.length} labels, not ${labels.length}`);
    }
    checkLabels(labels, this.classes, "the batch");
    given.set(labels);
    this.#machine.run(this.#machine.built.run.loss);
    return { loss: mean(loss), d };
  }

  backward(d: ArrayLike<number>): Float32Array | undefined {
    const { dInput, run } = this.#machine.built;
    this.#checkStored();
    if (d.length !== this.mailbox.d.length) {
      throw new OnebitError("shape", `d has ${this.mailbox.d.length} numbers, not ${d.length}`);
    }
    this.mailbox.d.set(d);
    this.#machine.run(run.backward);
    return dInput;
  }

  update({ rate }: StepOptions = {}): void {
    this.#checkStored();
    checkRate(rate);
    this.#saved = undefined;
    this.#setRates((own) => rate ?? own);
    this.#machine.run(this.#machine.built.run.update);
    this.steps += 1;
  }

  derive(): void {
    const { run, stack } = this.#machine.built;
    this.#saved = undefined;
    this.#machine.run(run.derive);
    for (const { flips } of stack.stages) flips?.changed.fill(0);
  }

  classify(inputs: Uint8Array | Float32Array): Int32Array {
    this.#checkKind(inputs);
    const width = sizeOf(this.shape);
    const count = inputs.length / width;
    if (!Number.isInteger(count) || count === 0) {
      throw new OnebitError(
        "shape",
        `${inputs.length} numbers are not a whole number of samples of ${shapeText(this.shape)}`,
      );
    }
    const { batch } = this.plan;
    const classes = new Int32Array(count);
    for (let first = 0; first < count; first += batch) {
      const some = Math.min(batch, count - first);
      this.#handOver(inputs.subarray(first * width, (first + some) * width), some);
      this.#machine.run(this.#machine.built.run.infer);
      classes.set(this.mailbox.predicted.subarray(0, some), first);
    }
    return classes;
  }

  predict(inputs: Uint8Array | Float32Array): string[] {
    return Array.from(this.classify(inputs), (label) => this.classes[label]!);
  }

  evaluate(samples: Pick<Samples, "inputs" | "labels">): Evaluation {
    if (isDataSet(samples)) {
      const hint = "Give its samples: data.test, or data.train.";
      throw new OnebitError("argument", "evaluate takes samples, not a data set", hint);
    }
    const counted = isObject(samples) ? { name: "the samples", count: samples.labels?.length, ...samples } : samples;
    checkSamples(counted as Samples, this.shape, this.classes);
    return evaluate(samples.labels, this.classify(samples.inputs), this.classes);
  }

  validateBatch(): void {
    this.mailbox.moves.fill(0);
    this.#machine.run(this.#machine.built.run.validate);
  }

  takeFlipRatio(steps: number): number {
    let changed = 0;
    let weights = 0;
    for (const { flips } of this.#machine.built.stack.stages) {
      if (flips === undefined) continue;
      for (const row of flips.changed) changed += row;
      weights += flips.weights;
      flips.changed.fill(0);
    }
    return weights > 0 ? changed / (weights * steps) : 0;
  }

  lostNumber(): string | undefined {
    return [...this.#machine.built.arrays].find(([, values]) => !values.every(Number.isFinite))?.[0];
  }

  checkpoint(): Uint8Array {
    const { plan, shape, classes, epoch, steps, rows } = this;
    if (this.#saved?.rows !== rows) {
      const { arrays } = this.#machine.built;
      const bytes = encodeCheckpoint({ plan, shape, classes, data: this.#digest, epoch, steps, rows, arrays });
      this.#saved = { rows, bytes };
    }
    return this.#saved!.bytes;
  }

  restore(checkpoint: Uint8Array | Checkpoint): void {
    const { plan, data, epoch, steps, rows, arrays } = decoded(checkpoint);
    const changed = changedKey(plan, this.plan);
    if (changed !== undefined) {
      throw new OnebitError(
        "checkpoint",
        `the checkpoint was trained with another ${changed}`,
        'To begin with its weights alone: weights: { kind: "checkpoint", checkpoint } of compile, or --init FILE.',
      );
    }
    if (this.#digest !== null && data !== null && data !== this.#digest) {
      throw new OnebitError(
        "checkpoint",
        "the checkpoint was trained on other samples than these",
        "Bring back the data it began with, or start the run anew.",
      );
    }
    const own = [...this.#machine.built.arrays];
    const other = own.find(([name, values]) => arrays.get(name)?.length !== values.length);
    if (other) throw new OnebitError("checkpoint", `the checkpoint's array ${other[0]} does not fit the network`);
    for (const [name, values] of own) values.set(arrays.get(name)!);
    this.rows = [...rows];
    this.steps = steps > 0 ? steps : epoch * this.stepsPerEpoch;
    this.derive();
  }

  /** Whole batches, as often as an epoch goes through the samples. */
  get stepsPerEpoch(): number {
    const { encoder } = this.plan.network;
    return Math.floor(this.split.train.length / this.plan.batch) * encoders.of(encoder).repetitions(encoder);
  }

  freeze(info: JsonObject = {}): Model {
    const { encoder } = this.plan.network;
    const frozen = freeze(
      { title: encoders.of(encoder).title(encoder), frozen: encoders.of(encoder).freeze(encoder) },
      this.shape,
      this.#machine.built.stack.stages.map(({ freeze }, i) => ({
        title: this.layers[i]!.title,
        ...(freeze && { freeze }),
      })),
    );
    return modelOf({ model: frozen, info, classes: this.classes, hash: modelHash(frozen) });
  }

  async close(): Promise<void> {
    this.#machine.close();
  }

  /** The step's coefficients of each group of parameters. */
  #setRates(scheduled: (rate: number) => number): void {
    for (const { optimizer, decay, rates } of this.#machine.built.groups) {
      const definition = optimizers.of(optimizer);
      rates.set(definition.rates(optimizer, this.steps + 1, scheduled));
      rates[KEEP] = decay === 0 ? 1 : 1 - scheduled(definition.rate(optimizer)) * decay;
    }
  }

  /** A whole batch; its samples are 0, 1, 2 … */
  #handOverBatch(inputs: Uint8Array | Float32Array): void {
    const { batch } = this.plan;
    this.#handOver(inputs, batch);
    for (let b = 0; b < batch; b++) this.mailbox.indices[b] = b;
  }

  /** The first samples of the batch; the rest of it is what was there before. */
  #handOver(inputs: Uint8Array | Float32Array, count: number): void {
    const { samples } = this.mailbox;
    this.#checkKind(inputs);
    const width = sizeOf(this.shape);
    if (inputs.length !== count * width) {
      throw new OnebitError(
        "shape",
        `${count} samples of ${shapeText(this.shape)} are ${count * width} numbers, not ${inputs.length}`,
      );
    }
    if (inputs instanceof Float32Array) checkFinite(inputs, this.shape, "the inputs");
    samples.set(inputs);
  }

  #checkKind(inputs: Uint8Array | Float32Array): void {
    const floats = this.mailbox.samples instanceof Float32Array;
    if (floats ? inputs instanceof Float32Array : inputs instanceof Uint8Array) return;
    const wanted = floats ? "a Float32Array" : "a Uint8Array";
    throw new OnebitError("argument", `this network takes ${wanted}, not ${typeName(inputs)}`);
  }

  #checkStored(): void {
    if (this.plan.gradients === "float32") return;
    throw new OnebitError(
      "argument",
      `with ${this.plan.gradients} gradients, those of weights are never stored`,
      'Compile with gradients: "float32".',
    );
  }
}

function checkRate(rate: number | undefined): void {
  if (rate === undefined || (Number.isFinite(rate) && rate >= 0)) return;
  throw new OnebitError("argument", `rate is ${String(rate)}, not a number of 0 or more`);
}

const NOTHING: Split = { train: new Int32Array(0), validation: new Int32Array(0) };

function dataOf(signal: Signal, batch: number): LayerView["output"] {
  return signal.kind === "bits" ? bitMatrix(batch, signal.width, signal.data) : signal.data;
}

/** The first key in which two plans differ, if they do. First weights count no more once training goes on. */
function changedKey(a: Plan, b: Plan): string | undefined {
  const { init: _a, ...mine } = a;
  const { init: _b, ...theirs } = b;
  const keys = Object.keys(mine) as (keyof typeof mine)[];
  return keys.find((key) => canonicalJson(mine[key]) !== canonicalJson(theirs[key]));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
