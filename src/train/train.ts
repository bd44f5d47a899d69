/** The training loop: an async generator that reports what happens and hands out a checkpoint after each epoch.
 *
 *  A trained network is a function of configuration and data alone: not of threads, interruptions or time. */

import type { RunConfig } from "../config/config.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { bytesOf, type DataSet, type Samples } from "../data/dataset.ts";
import { splitTrainValidation } from "../data/split.ts";
import type { MachineOptions } from "../kernels/machine.ts";
import { learningRate } from "../optim/schedules.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { runEpoch, stepsPerEpoch, takeFlipRatio, validate } from "./epoch.ts";
import { type InitialWeights, initialize } from "./initial.ts";
import type { EpochRow } from "./metrics.ts";
import { buildNetwork, type Network } from "./network.ts";
import { restore, type TrainedNetwork, trained } from "./trained.ts";

export interface TrainOptions extends MachineOptions {
  /** Goes on from this checkpoint of the same configuration. */
  readonly checkpoint?: Uint8Array;
  /** Weights to begin with, for `init: { kind: "file" }`. */
  readonly init?: InitialWeights;
  /** Images that are classified after each epoch, for a row's `testAccuracy`: to be drawn, not to choose by. */
  readonly watch?: Samples;
  /** Stops the run within a fraction of a second. The epoch that was running is lost, its checkpoint is the last. */
  readonly signal?: AbortSignal;
}

export type TrainEvent =
  /** Before the first step: `epoch` epochs and their rows are there already; `bytes` of WebAssembly memory are taken. */
  | { readonly kind: "start"; readonly epoch: number; readonly rows: readonly EpochRow[]; readonly bytes: number }
  /** A few times a second: `done` of the epoch's `images` so far, their mean loss and accuracy. */
  | {
      readonly kind: "progress";
      readonly epoch: number;
      readonly done: number;
      readonly images: number;
      readonly loss: number;
      readonly accuracy: number;
    }
  | { readonly kind: "epoch"; readonly row: EpochRow; readonly checkpoint: Uint8Array };

export interface TrainResult {
  readonly rows: readonly EpochRow[];
  /** Why it ended: all epochs done, target accuracy reached, or the signal. */
  readonly stopped: "epochs" | "target" | "signal";
  readonly network: TrainedNetwork;
}

/** Milliseconds between progress events; in between the host's event loop does not run. */
const BREATH = 100;

/** Trains a network. The last images of an epoch that do not fill a batch are left out; each epoch's order is another.
 *  Throws `checkpoint` when the checkpoint is of another configuration or data set, `diverged` when the loss or a parameter is no
 *  longer a number, and what `createMachine` throws. */
export async function* train(
  config: RunConfig,
  data: DataSet,
  options: TrainOptions = {},
): AsyncGenerator<TrainEvent, TrainResult, void> {
  const split = splitTrainValidation(data.train.count, config.validation, config.seed);
  const network = await buildNetwork(config, data, options);
  let result: TrainResult | undefined;
  try {
    const images = imagesDigest(data.train);
    const rows = begin(network, images, options);
    yield { kind: "start", epoch: rows.length, rows: [...rows], bytes: network.bytes };
    let stopped: TrainResult["stopped"] | undefined;
    while (stopped === undefined) {
      if (options.signal?.aborted) stopped = "signal";
      else if (targetReached(config, rows)) stopped = "target";
      else if (rows.length >= config.epochs) stopped = "epochs";
      else {
        const row = yield* trainEpoch(network, split.train, split.validation, rows.length + 1, options.signal);
        if (row === undefined) continue; // the signal stopped it
        rows.push(options.watch ? { ...row, testAccuracy: accuracyOn(options.watch, network) } : row);
        const epoch = rows.length;
        yield {
          kind: "epoch",
          row: rows.at(-1)!,
          checkpoint: encodeCheckpoint({ config, images, epoch, rows, arrays: network.arrays }),
        };
        await breathe();
      }
    }
    result = { rows, stopped, network: trained(network, rows.length) };
    return result;
  } finally {
    if (result === undefined) network.close(); // an error, or the caller wants no more
  }
}

/** Lets the host's event loop run, so that it can raise the signal. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What tells a training set from another: SHA-256 of its images' and labels' digests. */
function imagesDigest(set: Samples): string {
  return sha256Hex(new TextEncoder().encode(sha256Hex(bytesOf(set)) + sha256Hex(set.labels)));
}

/** Sets the network to where the run begins, and returns the rows of the epochs that are done. */
function begin(network: Network, digest: string, { checkpoint: bytes, init }: TrainOptions): EpochRow[] {
  if (bytes === undefined) {
    initialize(network, init);
    return [];
  }
  const { config, images, rows, arrays } = decodeCheckpoint(bytes);
  if (canonicalJson(config) !== canonicalJson(network.config)) {
    throw new OnebitError("checkpoint", "the checkpoint is of another configuration than this run");
  }
  if (images !== digest) {
    throw new OnebitError(
      "checkpoint",
      `the checkpoint was trained on other images than those of ${config.data} are now`,
      "Bring back the files it began with, or start the run anew.",
    );
  }
  restore(network, arrays);
  return [...rows];
}

function targetReached({ targetAccuracy }: RunConfig, rows: readonly EpochRow[]): boolean {
  const row = rows.at(-1);
  if (targetAccuracy === null || row === undefined) return false;
  return (row.validationAccuracy ?? row.trainAccuracy) >= targetAccuracy;
}

function accuracyOn(set: Samples, network: Network): number {
  const { labels, count } = set;
  const classes = trained(network, 0).predict(bytesOf(set), count);
  return classes.reduce((correct, predicted, i) => correct + Number(predicted === labels[i]), 0) / count;
}

/** One epoch with its validation; undefined when the signal stopped it. */
async function* trainEpoch(
  network: Network,
  train: Int32Array,
  held: Int32Array,
  epoch: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent, EpochRow | undefined, void> {
  const { config } = network;
  const all = stepsPerEpoch(config, train.length) * config.batch;
  const start = performance.now();
  let breath = start;
  const steps = runEpoch(network, train, epoch);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    if (performance.now() - breath < BREATH) continue;
    const { images, loss, correct } = step.value;
    yield { kind: "progress", epoch, done: images, images: all, loss: loss / images, accuracy: correct / images };
    await breathe();
    if (signal?.aborted) return undefined;
    breath = performance.now();
  }
  const { images, loss, correct, steps: count } = step.value;
  return {
    epoch,
    learningRate: learningRate(config.schedule, config.learningRate, epoch - 1, config.epochs),
    trainLoss: loss / images,
    trainAccuracy: correct / images,
    validationAccuracy: held.length > 0 ? validate(network, held) : null,
    flipRatio: takeFlipRatio(network, count),
    seconds: (performance.now() - start) / 1000,
  };
}
