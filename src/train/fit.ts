/** The training loop. A fit is a promise of how it ended, and an async iterable of the epochs' rows:
 *
 *      await trainer.fit({ epochs: 20 });
 *      for await (const row of trainer.fit({ epochs: 20 })) draw(row.validationAccuracy); */

import type { Plan } from "../config/config.ts";
import { checkKeys } from "../core/check.ts";
import { OnebitError } from "../core/errors.ts";
import { below, randomWords } from "../core/random.ts";
import type { Shape } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import { checkSamples, type Samples } from "../data/dataset.ts";
import { epochOrder, type Split } from "../data/split.ts";
import { optimizers } from "../optim/optimizers.ts";
import { schedules } from "../optim/schedules.ts";
import type { Mailbox } from "./arrays.ts";
import type { EpochRow, Progress } from "./metrics.ts";

/** Options of `Trainer.fit`. */
export interface FitOptions {
  /** Epochs to train, from where the trainer is. A schedule runs over all of them, those that are done included. */
  readonly epochs: number;
  /** Stops when the validation accuracy, or without a validation split that of the training batches, reaches it, 0 … 1. */
  readonly targetAccuracy?: number | null;
  /** Stops when the validation accuracy has not risen for so many epochs. The network stays as the last epoch left it. */
  readonly patience?: number | null;
  /** Whether patience counts the epochs that were done before, as in a run that is resumed; false unless given. */
  readonly resumes?: boolean;
  /** Stops within a fraction of a second. The epoch that was running is undone. */
  readonly signal?: AbortSignal;
  /** Samples that are classified after each epoch, for a row's `testAccuracy`: to be drawn, not to choose by. */
  readonly watch?: Samples;
  /** Called a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What the loop needs of a trainer. */
export interface Trainable {
  readonly plan: Plan;
  readonly shape: Shape;
  readonly classes: readonly string[];
  /** Training samples, and the indices of those to train on and of those that are held out. */
  readonly count: number;
  readonly split: Split;
  readonly stepsPerEpoch: number;
  /** What a step reads and writes. */
  readonly mailbox: Mailbox;
  readonly epoch: number;
  rows: readonly EpochRow[];
  stopped: Stopped | undefined;
  /** One step on the batch that the mailbox names. */
  runStep(scheduled: (rate: number) => number): void;
  /** Classifies the training samples that the mailbox names, unmoved, by the running estimates of batch norm. */
  validateBatch(): void;
  /** Share of the binary weights whose sign a step changed, mean over `steps`, since it was last asked. 0 without binary
   *  layers. */
  takeFlipRatio(steps: number): number;
  /** The first array that holds something else than finite numbers, by name. */
  lostNumber(): string | undefined;
  evaluate(samples: Samples): { readonly accuracy: number };
  checkpoint(): Uint8Array;
  restore(checkpoint: Uint8Array): void;
}

/** All epochs done, target accuracy reached, no progress for `patience` epochs, the signal, or a loop that was left. */
export type Stopped = "epochs" | "target" | "patience" | "signal" | "break";

/** Milliseconds between two breaths: in between the host's event loop does not run. */
const BREATH = 100;

/** Training under way: await it for why it ended, or iterate over it for the row of each epoch. It begins when either is done. */
export class Fit implements PromiseLike<Stopped>, AsyncIterable<EpochRow> {
  readonly #trainer: Trainable;
  readonly #rows: AsyncGenerator<EpochRow, void, void>;
  #whole: Promise<Stopped> | undefined;

  constructor(trainer: Trainable, options: FitOptions) {
    checkOptions(trainer, options);
    this.#trainer = trainer;
    this.#rows = run(trainer, options);
  }

  /** The rows of the epochs, each as soon as it is done. */
  [Symbol.asyncIterator](): AsyncGenerator<EpochRow, void, void> {
    return this.#rows;
  }

  // biome-ignore lint/suspicious/noThenProperty: a fit is awaited as a promise is
  then<A = Stopped, B = never>(
    resolve?: ((stopped: Stopped) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#whole ??= this.#toEnd();
    return this.#whole.then(resolve, reject);
  }

  /** As a promise has it. */
  catch<B = never>(reject?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Stopped | B> {
    return this.then(undefined, reject);
  }

  /** As a promise has it. */
  finally(always?: (() => void) | null): Promise<Stopped> {
    return this.then().finally(always);
  }

  async #toEnd(): Promise<Stopped> {
    for await (const _ of this.#rows);
    return this.#trainer.stopped!;
  }
}

/** What `fit` takes. */
const OPTIONS: Readonly<Record<keyof FitOptions, 1>> = {
  epochs: 1,
  targetAccuracy: 1,
  patience: 1,
  resumes: 1,
  signal: 1,
  watch: 1,
  onProgress: 1,
};

function checkOptions(trainer: Trainable, options: FitOptions): void {
  checkKeys(options, OPTIONS, "fit");
  const { epochs, targetAccuracy, patience, signal, watch } = options;
  const fault = (message: string, hint?: string) => new OnebitError("argument", message, hint);
  if (trainer.count === 0) throw fault("there is nothing to train on", "Give compile a data set.");
  if (!Number.isInteger(epochs) || epochs < 0) throw fault(`epochs is ${epochs}, not an integer of 0 or more`);
  if (targetAccuracy != null && !(targetAccuracy > 0 && targetAccuracy <= 1)) {
    throw fault(`targetAccuracy is ${targetAccuracy}, not above 0 and up to 1`);
  }
  if (patience != null && !(Number.isInteger(patience) && patience >= 1)) {
    throw fault(`patience is ${patience}, not an integer of 1 or more`);
  }
  if (patience != null && trainer.split.validation.length === 0) {
    throw fault("patience looks at the validation accuracy, and no samples are held out", "Compile with `validation`.");
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw fault(`signal is ${typeName(signal)}, not an AbortSignal`, "Give the signal of an AbortController.");
  }
  if (watch) checkSamples(watch, trainer.shape, trainer.classes);
}

/** Trainers in the middle of an epoch: two at once would write the same batch and the same rows. */
const underWay = new WeakSet<Trainable>();

async function* run(trainer: Trainable, options: FitOptions): AsyncGenerator<EpochRow, void, void> {
  const { signal, watch } = options;
  const first = trainer.epoch;
  const last = first + options.epochs;
  trainer.stopped = "break"; // unless something below says otherwise
  for (;;) {
    const stopped = signal?.aborted ? "signal" : ended(trainer.rows, options, last, options.resumes ? 0 : first);
    if (stopped !== undefined) {
      trainer.stopped = stopped;
      return;
    }
    const before = signal && trainer.checkpoint();
    if (underWay.has(trainer)) {
      throw new OnebitError("argument", "another fit of this trainer is under way", "Await it first.");
    }
    underWay.add(trainer);
    const row = await runEpoch(trainer, options, last).finally(() => underWay.delete(trainer));
    if (row === undefined) {
      trainer.restore(before!);
      continue;
    }
    const watched = watch && { testAccuracy: trainer.evaluate(watch).accuracy };
    trainer.rows = [...trainer.rows, { ...row, ...watched }];
    yield trainer.rows.at(-1)!;
    await breathe();
  }
}

/** `first`: how many rows patience does not look at. */
function ended(rows: readonly EpochRow[], options: FitOptions, last: number, first: number): Stopped | undefined {
  const { targetAccuracy, patience } = options;
  const row = rows.at(-1);
  if (row && targetAccuracy != null && (row.validationAccuracy ?? row.trainAccuracy) >= targetAccuracy) return "target";
  if (rows.length > first && patience != null) {
    const accuracies = rows.slice(first).map(({ validationAccuracy }) => validationAccuracy ?? 0);
    if (accuracies.length - 1 - accuracies.indexOf(Math.max(...accuracies)) >= patience) return "patience";
  }
  return rows.length >= last ? "epochs" : undefined;
}

/** Lets the host's event loop run, so that it can raise the signal. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** One epoch with its validation; undefined when the signal stopped it. The samples come in the order of this epoch; those that
 *  do not fill a batch are left out. With repetitions the epoch runs that often on the same samples in the same order, each
 *  time encoded anew (report, section 5.1.2). */
async function runEpoch(
  trainer: Trainable,
  { signal, onProgress }: FitOptions,
  epochs: number,
): Promise<EpochRow | undefined> {
  const { plan, mailbox, split } = trainer;
  const { batch, seed, schedule, optimizer } = plan;
  const epoch = trainer.epoch + 1;
  const order = epochOrder(split.train, seed, epoch);
  const moves = randomMoves(plan.shift, seed, epoch);
  const total = trainer.stepsPerEpoch;
  const batches = Math.floor(order.length / batch);
  const repetitions = total / batches;
  const scheduled = (progress: number) => (rate: number) => schedules.of(schedule).at(schedule, rate, progress, epochs);
  let loss = 0;
  let correct = 0;
  const start = performance.now();
  let breath = start;
  for (let step = 0; step < total; step++) {
    const first = (step % batches) * batch;
    mailbox.indices.set(order.subarray(first, first + batch));
    if (moves) for (let b = 0; b < batch; b++) mailbox.moves.set(moves(mailbox.indices[b]!), 2 * b);
    // The random encoding of each repetition of each epoch is a draw of its own.
    mailbox.draw[2] = (epoch - 1) * repetitions + Math.floor(step / batches);
    trainer.runStep(scheduled(epoch - 1 + step / total));
    for (let b = 0; b < batch; b++) {
      loss += mailbox.loss[b]!;
      if (mailbox.predicted[b] === mailbox.labels[mailbox.indices[b]!]) correct += 1;
    }
    if (!Number.isFinite(loss)) throw diverged("the loss", `at step ${step + 1} of epoch ${epoch}`);
    if (performance.now() - breath < BREATH) continue;
    const done = (step + 1) * batch;
    onProgress?.({ epoch, done, samples: total * batch, loss: loss / done, accuracy: correct / done });
    await breathe();
    if (signal?.aborted) return undefined;
    breath = performance.now();
  }
  // sign hides a number that is lost from the loss. Millions of weights are looked at once an epoch, not each step.
  const lost = trainer.lostNumber();
  if (lost !== undefined) throw diverged(lost, `at the end of epoch ${epoch}`);
  const samples = total * batch;
  return {
    epoch,
    learningRate: scheduled(epoch - 1)(optimizers.of(optimizer).rate(optimizer)),
    trainLoss: loss / samples,
    trainAccuracy: correct / samples,
    validationAccuracy: split.validation.length > 0 ? validate(trainer) : null,
    flipRatio: trainer.takeFlipRatio(total),
    seconds: (performance.now() - start) / 1000,
  };
}

function diverged(what: string, when: string): OnebitError {
  return new OnebitError("diverged", `${what} is no longer a finite number ${when}`, "Take a smaller learning rate.");
}

/** Where a sample (an index) is moved in `epoch`: uniform in ±shift pixels, right and down. Undefined without shifts. */
function randomMoves(shift: number, seed: number, epoch: number): ((sample: number) => [number, number]) | undefined {
  if (shift === 0) return undefined;
  return (sample) => {
    const next = randomWords(seed, "shift", epoch, sample);
    return [below(next(), 2 * shift + 1) - shift, below(next(), 2 * shift + 1) - shift];
  };
}

/** Accuracy on the samples that are held out. */
function validate(trainer: Trainable): number {
  const { mailbox, plan, split } = trainer;
  let correct = 0;
  for (let first = 0; first < split.validation.length; first += plan.batch) {
    const indices = split.validation.subarray(first, first + plan.batch); // the rest of the last batch is what was before
    mailbox.indices.set(indices);
    trainer.validateBatch();
    for (const [b, sample] of indices.entries()) if (mailbox.predicted[b] === mailbox.labels[sample]) correct += 1;
  }
  return correct / split.validation.length;
}
