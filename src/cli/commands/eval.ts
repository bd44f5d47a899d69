/** onebit eval */

import { type Command, Option } from "commander";
import { OnebitError } from "../../core/errors.ts";
import type { DataSet, ImageSet } from "../../data/dataset.ts";
import { loadDataSet } from "../../data/files.ts";
import { classify } from "../../infer/run.ts";
import { layerSizes } from "../../model/model.ts";
import { openTrained } from "../../train/trained.ts";
import { confusionTable, differences, type Evaluation, evaluate } from "../confusion.ts";
import { type Io, writeJson } from "../io.ts";
import { folderAt, readModel, trainedOn } from "../models.ts";
import { addExample, addJsonOption, addThreadsOption } from "../options.ts";
import { readCheckpoint, readRunConfig } from "../run-folder.ts";
import { colorsOf, count, percent } from "../terminal.ts";

interface EvalOptions {
  readonly data?: string;
  readonly split: "test" | "train";
  readonly threads: number;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Accuracy, precision, recall and confusion matrix, of the trained and of the frozen model.")
    .argument("<path>", "folder of a run, or a .onebit model")
    .option("--data <set>", "mnist, fashion-mnist or idx:DIR (default: what it was trained on)")
    .addOption(new Option("--split <part>", "images to classify").choices(["test", "train"]).default("test"));
  addThreadsOption(command);
  addJsonOption(command);
  addExample(command, "onebit eval runs/first");
  command.action(async (path: string, options: EvalOptions) => {
    const report = await evaluatePath(path, options);
    if (options.json) writeJson(io.stdout, report);
    else io.stdout.write(reportText(report, io));
  });
}

interface EvalReport {
  readonly path: string;
  readonly data: string;
  readonly split: string;
  /** Of the checkpoint; null for a model's file. */
  readonly trained: Evaluation | null;
  /** null for a network that has no frozen form. */
  readonly frozen: Evaluation | null;
  /** Images to which they give different classes, when there are both. */
  readonly differing: number | null;
}

async function evaluatePath(path: string, options: EvalOptions): Promise<EvalReport> {
  const folder = await folderAt(path);
  const config = folder && (await readRunConfig(folder));
  const checkpoint = folder && (await readCheckpoint(folder));
  const binary = config?.network.layers.some((layer) => layers.of(layer).weights === "binary") ?? true;
  const file = binary ? await readModel(path) : undefined;
  const name = options.data ?? config?.data ?? trainedOn(file) ?? "mnist";
  const data = await loadDataSet(name);
  const set = data[options.split];
  const trainer = checkpoint && (await openCheckpoint(checkpoint, { threads: options.threads }));
  try {
    const { shape, classes } = trainer ?? { shape: file!.model.shape, classes: classNames(file!) };
    checkFit({ name: path, inputs: sizeOf(shape), classes: classes.length }, data);
    const trained = trainer?.classify(set.inputs);
    const frozen = file && modelOf(file).classify(set.inputs);
    const judge = (predicted: ArrayLike<number> | undefined) =>
      predicted ? evaluate(set.labels, predicted, classes) : null;
    return {
      path,
      data: name,
      split: options.split,
      trained: judge(trained),
      frozen: judge(frozen),
      differing: trained && frozen ? differences(trained, frozen) : null,
    };
  } finally {
    await trainer?.close();
  }
}

function reportText(report: EvalReport, io: Io): string {
  const { bold } = colorsOf(io.stdout, io.env);
  const text = [`${report.path} on ${report.data}, ${report.split} images\n`];
  for (const kind of ["trained", "frozen"] as const) {
    const evaluation = report[kind];
    if (evaluation === null) continue;
    const { accuracy, count: images } = evaluation;
    text.push(`\n${bold(`${kind} model: ${percent(accuracy)}`)} of ${count(images)}\n\n${confusionTable(evaluation)}`);
  }
  if (report.differing !== null) {
    text.push(`\ntrained and frozen model differ on ${count(report.differing)} images\n`);
  }
  return text.join("");
}
