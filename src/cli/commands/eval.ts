/** onebit eval */

import { type Command, Option } from "commander";
import { parseConfig } from "../../config/read.ts";
import { areNumbered } from "../../core/classes.ts";
import { OnebitError } from "../../core/errors.ts";
import { bytesOf } from "../../data/dataset.ts";
import { checkFit } from "../../data/fit.ts";
import { modelOf } from "../../infer.ts";
import { loadDataSet } from "../../node/data-sets.ts";
import { readRunConfig } from "../../node/run-folder.ts";
import { openCheckpoint } from "../../train/compile.ts";
import { differences, type Evaluation, evaluate } from "../../train/evaluate.ts";
import { confusionTable } from "../confusion.ts";
import { type Io, writeJson } from "../io.ts";
import { folderAt, ifItFreezes, knownDataOf, readModel, readRunCheckpoint } from "../models.ts";
import { addDataOption, addExample, addJsonOption, addThreadsOption, isGiven } from "../options.ts";
import { shown } from "../shown.ts";
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
    .argument("<path>", "folder of a run, or a .onebit model");
  addDataOption(command, "(default: what it was trained on)").addOption(
    new Option("--split <part>", "samples to classify").choices(["test", "train"]).default("test"),
  );
  addThreadsOption(command);
  addJsonOption(command);
  addExample(command, "onebit eval runs/first");
  command.action(async (path: string, options: EvalOptions) => {
    const report = await evaluatePath(path, options, isGiven(command, "threads"));
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
  /** Samples to which they give different classes, when there are both. */
  readonly differing: number | null;
}

async function evaluatePath(path: string, options: EvalOptions, threaded: boolean): Promise<EvalReport> {
  const folder = await folderAt(path);
  const config = folder && (await readRunConfig(folder, parseConfig));
  const checkpoint = folder && (await readRunCheckpoint(folder));
  if (threaded && checkpoint === undefined) {
    throw new OnebitError("argument", `--threads is for a run's checkpoint, and ${path} has none`, "Leave it out.");
  }
  const file = await ifItFreezes(() => readModel(path));
  const model = file && modelOf(file);
  const name = options.data ?? config?.data ?? knownDataOf(file) ?? "mnist";
  const data = await loadDataSet(name);
  const set = data[options.split];
  const trainer = checkpoint && (await openCheckpoint(checkpoint, { threads: options.threads }));
  try {
    const { shape, classes } = (trainer ?? model)!;
    checkFit({ name: path, shape, classes }, data, "Give the data set it was trained on with --data.");
    const trained = trainer?.classify(set.inputs);
    const frozen = model?.classify(bytesOf(set));
    const judge = (predicted: ArrayLike<number> | undefined) =>
      predicted ? evaluate(set.labels, predicted, namesOf(classes, data.classes)) : null;
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

/** What classes are called: as the model names them or, where it only numbers them, as the data does. */
function namesOf(classes: readonly string[], known: readonly string[]): readonly string[] {
  return areNumbered(classes) && known.length === classes.length ? known : classes;
}

function reportText(report: EvalReport, io: Io): string {
  const { bold } = colorsOf(io.stdout, io.env);
  const text = [`${shown(`${report.path} on ${report.data}, ${report.split} samples`)}\n`];
  for (const kind of ["trained", "frozen"] as const) {
    const evaluation = report[kind];
    if (evaluation === null) continue;
    const { accuracy, count: samples } = evaluation;
    text.push(`\n${bold(`${kind} model: ${percent(accuracy)}`)} of ${count(samples)}\n\n`);
    text.push(confusionTable(evaluation, io.stdout.columns));
  }
  if (report.differing !== null) {
    text.push(`\ntrained and frozen model differ on ${count(report.differing)} samples\n`);
  }
  return text.join("");
}
