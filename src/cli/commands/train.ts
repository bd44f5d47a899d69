/** onebit train */

import type { Command } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { runFolder } from "../../node/run-folder.ts";
import type { Io } from "../io.ts";
import {
  addConfigOptions,
  addExample,
  addJsonOption,
  addThreadsOption,
  defaultFolder,
  givenConfigFlags,
  type Options,
  readConfig,
} from "../options.ts";
import { resumeTraining, startTraining } from "../training.ts";

interface TrainCommandOptions extends Options {
  readonly threads: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command.description(
    "Train a network into a folder: config.json, metrics.jsonl, checkpoint.bin, model.onebit, result.json.",
  );
  addConfigOptions(command);
  addThreadsOption(command)
    .option("--out <dir>", "folder of the run (default: runs/<preset or name of the config file>)")
    .option("--resume", "continue the run in --out, with its own configuration")
    .option("--force", "replace the run that --out holds")
    .option("--watch-test", "note the test accuracy after each epoch, to draw it; it chooses nothing");
  addJsonOption(command);
  addExample(
    command,
    "onebit train --preset quick --epochs 3 --out runs/short",
    "onebit train --resume --out runs/short",
    "onebit train --epochs 10 --init runs/short/checkpoint.bin --out runs/longer",
  );
  command.action(async (options: TrainCommandOptions) => {
    const folder = runFolder(options.out ?? defaultFolder(options));
    if (!options.resume) {
      await startTraining(folder, await readConfig(options), options, io);
      return;
    }
    const refused = [...givenConfigFlags(options), ...(options.force ? ["--force"] : [])];
    if (refused.length > 0) {
      throw new OnebitError(
        "argument",
        `--resume continues the run with its own configuration and does not take ${refused.join(", ")}`,
        `To train it further with other settings, start a new run from its weights: --init ${folder.checkpoint}.`,
      );
    }
    await resumeTraining(folder, options, io);
  });
}
