/** onebit start: what `npm start` runs. Trains the quick preset into runs/first and exports it. Continues a run that
 *  was stopped; shows one that is finished, for the same seed gives the same model anyway. */

import type { Command } from "commander";
import { expand } from "../../config/expand.ts";
import { presets } from "../../config/presets.ts";
import { OnebitError } from "../../core/errors.ts";
import { TEXT_FILES } from "../../export/text/read.ts";
import { exists, writeAtomic } from "../../node/files.ts";
import { readBytes } from "../../node/read.ts";
import { type RunFolder, type RunResult, readResult, runFolder } from "../../node/run-folder.ts";
import { curvesSvg } from "../../plots/curves.ts";
import { checkpointExtent, decodeCheckpoint } from "../../train/checkpoint.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption, addThreadsOption, isGiven } from "../options.ts";
import { shown } from "../shown.ts";
import { colorsOf, percent, table } from "../terminal.ts";
import { resumeTraining, startTraining, type TrainingOptions } from "../training.ts";
import { writeExport } from "./export.ts";

interface StartOptions extends TrainingOptions {
  readonly out: string;
  readonly force?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Train a first network (preset quick), plot its curves and export it.")
    .option("--out <dir>", "folder of the run", "runs/first")
    .option("--force", "train anew, replacing the run that --out holds");
  addThreadsOption(command);
  addJsonOption(command);
  addExample(command, "onebit start");
  command.action(async (options: StartOptions) => {
    const folder = runFolder(options.out);
    const finished = !options.force && (await exists(folder.result));
    if (finished && isGiven(command, "threads")) {
      throw new OnebitError(
        "argument",
        `${folder.path} holds a finished run, in which --threads has nothing to do`,
        "Leave it out, or train anew with --force.",
      );
    }
    const result = finished ? await show(folder, options, io) : await trainOnce(folder, options, io);
    await writeExport(await readModel(folder.path), "text", folder.export);
    const checkpoint = await readBytes(folder.checkpoint, checkpointExtent(folder.checkpoint));
    await writeAtomic(folder.curves, await curvesSvg(decodeCheckpoint(checkpoint, folder.checkpoint).rows));
    if (options.json) writeJson(io.stdout, { event: "exported", curves: folder.curves, export: folder.export });
    else io.stdout.write(closing(folder, result, io));
  });
}

/** Shows the result of a finished run. */
async function show(folder: RunFolder, { json }: StartOptions, io: Io): Promise<RunResult> {
  const result = await readResult(folder);
  if (json) writeJson(io.stdout, { event: "result", ...result });
  else io.stdout.write(`${shown(folder.path)} holds a finished run; train it anew with: npm start -- --force\n`);
  return result;
}

async function trainOnce(folder: RunFolder, options: StartOptions, io: Io): Promise<RunResult> {
  if (!options.force && (await exists(folder.config))) return await resumeTraining(folder, options, io);
  return await startTraining(folder, expand(presets.quick), options, io);
}

function closing(folder: RunFolder, { testAccuracy }: RunResult, io: Io): string {
  const { bold } = colorsOf(io.stdout, io.env);
  const files = [
    [folder.model, "the frozen model"],
    [folder.curves, "how it learned"],
    [folder.export, TEXT_FILES.join(", ")],
  ];
  const next = [
    [`npx onebit eval ${folder.path}`, "precision, recall and confusion of each class"],
    [`npx onebit summary ${folder.path}`, "layers and sizes"],
    ["npx onebit train --preset report", "the report's network and choices"],
    ["npx onebit train --help", "all that can be chosen"],
  ];
  const indented = (rows: string[][]) =>
    table(
      rows.map((row) => ["", ...row]),
      3,
    );
  return `
${bold(`test accuracy ${percent(testAccuracy)}`)}: the frozen model's, of bits and integers alone

${indented(files)}
what to try next

${indented(next)}`;
}
