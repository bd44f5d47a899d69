/** Runs a training into a folder: for `train` and `start`. After each epoch the checkpoint is written, then the
 *  metrics, so that a run that is killed loses the epoch it was in and nothing else. The test samples are looked at
 *  once, at the end, unless they are to be watched; nothing is chosen by them in any case. */

import type { RunConfig } from "../config/config.ts";
import { configText, parseConfig } from "../config/read.ts";
import { bytesOf, type Samples } from "../data/dataset.ts";
import { encodeModel } from "../model/file.ts";
import { loadDataSet } from "../node/data-sets.ts";
import { writeAtomic } from "../node/files.ts";
import {
  checkVacant,
  claimFolder,
  type RunFolder,
  type RunResult,
  readRunConfig,
  writeRows,
} from "../node/run-folder.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import { differences, evaluate } from "../train/evaluate.ts";
import type { GivenWeights } from "../train/initial.ts";
import { compileRun, fitRun } from "../train/train.ts";
import type { Trainer } from "../train/trainer.ts";
import { Interrupted, interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { jsonListener, type TrainingListener, textListener } from "./listeners.ts";
import { ifItFreezes, readRunCheckpoint, readWeights } from "./models.ts";

export interface TrainingOptions {
  readonly threads: number;
  /** Classifies the test samples after each epoch, for the rows. */
  readonly watchTest?: boolean;
  readonly json?: boolean;
}

/** Trains `config` into a folder that is empty or, with `force`, holds an earlier run. The old run is removed when the
 *  new network stands in memory, ready for its first step: what may be wrong with configuration, data or given weights
 *  has been found by then. */
export async function startTraining(
  folder: RunFolder,
  config: RunConfig,
  options: TrainingOptions & { readonly force?: boolean },
  io: Io,
): Promise<RunResult> {
  await checkVacant(folder, options.force === true);
  const weights = await readGivenWeights(config);
  const claim = () => claimFolder(folder, configText(config));
  return await run(folder, config, options, io, { ...(weights && { weights }), claim });
}

/** Continues the run of a folder from its last checkpoint, or from its beginning if there is none yet. */
export async function resumeTraining(folder: RunFolder, options: TrainingOptions, io: Io): Promise<RunResult> {
  const config = await readRunConfig(folder, parseConfig);
  const checkpoint = await readRunCheckpoint(folder);
  // What it began with has long been changed by training, if there is a checkpoint.
  const weights = checkpoint ? ({ kind: "checkpoint", checkpoint } as const) : await readGivenWeights(config);
  const given = weights && config.init.kind === "file" ? { weights } : {};
  return await run(folder, config, options, io, { ...given, ...(checkpoint && { checkpoint }) });
}

interface Beginning {
  readonly weights?: GivenWeights;
  readonly checkpoint?: Checkpoint;
  /** Called when nothing is left that could be wrong with the run. */
  claim?(): Promise<void>;
}

async function run(
  folder: RunFolder,
  config: RunConfig,
  { threads, watchTest, json }: TrainingOptions,
  io: Io,
  { weights, checkpoint, claim }: Beginning,
): Promise<RunResult> {
  const data = await loadDataSet(config.data);
  const trainer = await compileRun(config, data, { threads, ...(weights && { weights }) });
  const listener = json ? jsonListener(io) : textListener(folder, config, io);
  try {
    if (checkpoint) trainer.restore(checkpoint);
    await interruptible(io, async (signal) => {
      const watch = watchTest ? { watch: data.test } : {};
      const fit = fitRun(trainer, config, { signal, onProgress: (progress) => listener.progress(progress), ...watch });
      await claim?.();
      listener.start(trainer);
      await writeRows(folder, trainer.rows);
      for await (const row of fit) {
        listener.epoch(row);
        await writeAtomic(folder.checkpoint, trainer.checkpoint());
        await writeRows(folder, trainer.rows);
      }
    });
    if (trainer.stopped === "signal") {
      listener.stopped(trainer.epoch);
      throw new Interrupted();
    }
    return await finish(folder, config, data.test, trainer, listener);
  } finally {
    await trainer.close();
  }
}

/** Freezes the network, looks at the test samples, and writes model and result. */
async function finish(
  folder: RunFolder,
  config: RunConfig,
  test: Samples,
  trainer: Trainer,
  listener: TrainingListener,
): Promise<RunResult> {
  const { rows, epoch, classes } = trainer;
  const accuracy = (predicted: ArrayLike<number>) => evaluate(test.labels, predicted, classes).accuracy;
  const trained = trainer.classify(test.inputs);
  const model = await ifItFreezes(() => trainer.freeze());
  const frozen = model?.classify(bytesOf(test));
  const validationAccuracy = rows.at(-1)?.validationAccuracy ?? null;
  const result: RunResult = {
    testAccuracy: accuracy(frozen ?? trained),
    validationAccuracy,
    epochs: epoch,
    seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
    modelSha256: model?.hash ?? null,
  };
  if (model) {
    const info = { config, epochs: epoch, validationAccuracy, testAccuracy: result.testAccuracy };
    await writeAtomic(folder.model, encodeModel(model.model, JSON.parse(JSON.stringify(info)), model.classes));
  }
  await writeAtomic(folder.result, `${JSON.stringify(result, null, 2)}\n`);
  listener.done(result, frozen ? differences(trained, frozen) : null);
  return result;
}

/** The weights of `init: { kind: "file" }`: of a checkpoint, or the signs of a frozen model. */
async function readGivenWeights({ init }: RunConfig): Promise<GivenWeights | undefined> {
  if (init.kind !== "file") return undefined;
  return await readWeights(init.path);
}
