/** Runs a training into a folder: for `train` and `start`. After each epoch the checkpoint is written, then the metrics,
 *  so that a run that is killed loses the epoch it was in and nothing else. The test images are looked at once, at the
 *  end, unless they are to be watched; nothing is chosen by them in any case. */

import { checkAgainstData } from "../config/check.ts";
import type { RunConfig } from "../config/config.ts";
import { parseConfig } from "../config/schema.ts";
import { bytesOf, type DataSetWithTest } from "../data/dataset.ts";
import { freeze } from "../freeze/freeze.ts";
import { classify } from "../infer/run.ts";
import { decodeModel, encodeModel } from "../model/file.ts";
import { modelHash } from "../model/hash.ts";
import { loadDataSet } from "../node/data-sets.ts";
import { readBytes, writeAtomic } from "../node/files.ts";
import {
  checkVacant,
  claimFolder,
  type RunFolder,
  type RunResult,
  readCheckpoint,
  readRunConfig,
  writeRows,
} from "../node/run-folder.ts";
import { decodeCheckpoint } from "../train/checkpoint.ts";
import type { InitialWeights } from "../train/initial.ts";
import type { EpochRow } from "../train/metrics.ts";
import { type TrainEvent, type TrainOptions, type TrainResult, train } from "../train/train.ts";
import { differences, evaluate } from "./confusion.ts";
import { Interrupted, interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { isModelFile } from "./models.ts";
import { jsonReport, type Report, textReport } from "./report.ts";

export interface TrainingOptions {
  readonly threads: number;
  /** Classifies the test images after each epoch, for the rows. */
  readonly watchTest?: boolean;
  readonly json?: boolean;
}

/** Trains `config` into a folder that is empty or, with `force`, holds an earlier run. The old run is removed when the new
 *  network stands in memory, ready for its first step: what may be wrong with configuration, data or given weights has
 *  been found right by then. */
export async function startTraining(
  folder: RunFolder,
  config: RunConfig,
  options: TrainingOptions & { readonly force?: boolean },
  io: Io,
): Promise<RunResult> {
  const data = await loadDataSet(config.data);
  checkAgainstData(config, data);
  const init = await readInitialWeights(config);
  await checkVacant(folder, options.force === true);
  const given = { ...trainOptions(options, data), ...(init && { init }) };
  const claim = () => claimFolder(folder, `${JSON.stringify(config, null, 2)}\n`);
  return await run(folder, config, data, given, options.json === true, io, claim);
}

/** Goes on with the run of a folder from its last checkpoint, or from its beginning if there is none yet. */
export async function resumeTraining(folder: RunFolder, options: TrainingOptions, io: Io): Promise<RunResult> {
  const config = await readRunConfig(folder, parseConfig);
  const data = await loadDataSet(config.data);
  checkAgainstData(config, data);
  const checkpoint = await readCheckpoint(folder);
  const init = checkpoint ? undefined : await readInitialWeights(config);
  const given = { ...trainOptions(options, data), ...(checkpoint && { checkpoint }), ...(init && { init }) };
  return await run(folder, config, data, given, options.json === true, io);
}

function trainOptions({ threads, watchTest }: TrainingOptions, { test }: DataSetWithTest): TrainOptions {
  return { threads, ...(watchTest && { watch: test }) };
}

async function run(
  folder: RunFolder,
  config: RunConfig,
  data: DataSetWithTest,
  options: TrainOptions,
  json: boolean,
  io: Io,
  claim?: () => Promise<void>,
): Promise<RunResult> {
  const report = json ? jsonReport(io) : textReport(folder, config, io);
  const end = await interruptible(io, (signal) =>
    follow(folder, train(config, data, { ...options, signal }), report, claim),
  );
  try {
    if (end.stopped === "signal") {
      report.stopped(end.network.epoch);
      throw new Interrupted();
    }
    return await finish(folder, data, end, report);
  } finally {
    end.network.close();
  }
}

/** Keeps what the training yields, and returns what it returns. A new run claims its folder when it starts. */
async function follow(
  folder: RunFolder,
  training: AsyncGenerator<TrainEvent, TrainResult, void>,
  report: Report,
  claim?: () => Promise<void>,
): Promise<TrainResult> {
  let end: TrainResult | undefined;
  const events = async function* () {
    end = yield* training;
  };
  const rows: EpochRow[] = [];
  // `for await` also ends the training when a file cannot be written.
  for await (const event of events()) {
    if (event.kind === "start") await claim?.();
    report.event(event);
    if (event.kind === "progress") continue;
    if (event.kind === "start") rows.push(...event.rows);
    else {
      rows.push(event.row);
      await writeAtomic(folder.checkpoint, event.checkpoint);
    }
    await writeRows(folder, rows);
  }
  return end!;
}

/** Freezes the network, looks at the test images, and writes model and result. */
async function finish(
  folder: RunFolder,
  { test, classes }: DataSetWithTest,
  { network, rows }: TrainResult,
  report: Report,
): Promise<RunResult> {
  const { config, epoch } = network;
  const accuracy = (predicted: ArrayLike<number>) => evaluate(test.labels, predicted, classes.length).accuracy;
  const trained = network.predict(bytesOf(test), test.count);
  const model = config.linear === "binary" ? freeze(network) : undefined;
  const frozen = model && classify(model, bytesOf(test), test.count);
  const validationAccuracy = rows.at(-1)?.validationAccuracy ?? null;
  const result: RunResult = {
    testAccuracy: accuracy(frozen ?? trained),
    validationAccuracy,
    epochs: epoch,
    seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
    modelSha256: model ? modelHash(model) : null,
  };
  if (model) {
    const info = { config: { ...config }, epochs: epoch, validationAccuracy, testAccuracy: result.testAccuracy };
    await writeAtomic(folder.model, encodeModel(model, info));
  }
  await writeAtomic(folder.result, `${JSON.stringify(result, null, 2)}\n`);
  report.done(result, frozen ? differences(trained, frozen) : null);
  return result;
}

/** The weights of `init: { kind: "file" }`: of a checkpoint, or the signs of a frozen model. */
async function readInitialWeights({ init }: RunConfig): Promise<InitialWeights | undefined> {
  if (init.kind !== "file") return undefined;
  const bytes = await readBytes(init.path);
  if (!isModelFile(bytes)) return { kind: "checkpoint", checkpoint: decodeCheckpoint(bytes, init.path) };
  const { hidden, output } = decodeModel(bytes, init.path).model;
  return { kind: "bits", weights: [...hidden, output].map((layer) => layer.weights) };
}
