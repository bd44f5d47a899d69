/** onebit eval */

import { type Command, Option } from "commander";
import { parseConfig } from "../../config/schema.ts";
import { bytesOf, type Samples } from "../../data/dataset.ts";
import { checkFit } from "../../data/fit.ts";
import { classify } from "../../infer/run.ts";
import { layerSizes } from "../../model/model.ts";
import { dataSpecForms, loadDataSet } from "../../node/data-sets.ts";
import { readCheckpoint, readRunConfig } from "../../node/run-folder.ts";
import { openTrained } from "../../train/trained.ts";
import { confusionTable, differences, type Evaluation, evaluate } from "../confusion.ts";
import { type Io, writeJson } from "../io.ts";
import { folderAt, readModel, trainedOn } from "../models.ts";
import { addExample, addJsonOption, addThreadsOption } from "../options.ts";
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
    .option("--data <set>", `${dataSpecForms} (default: what it was trained on)`)
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

const FIT_HINT = "Give the data set it was trained on with --data.";

async function evaluatePath(path: string, options: EvalOptions): Promise<EvalReport> {
  const folder = await folderAt(path);
  const config = folder && (await readRunConfig(folder, parseConfig));
  const checkpoint = folder && (await readCheckpoint(folder));
  const file = config?.linear === "normal" ? undefined : await readModel(path);
  const name = options.data ?? config?.data ?? trainedOn(file) ?? "mnist";
  const data = await loadDataSet(name);
  const set = data[options.split];
  const sizes = config?.layers ?? layerSizes(file!.model);
  checkFit({ name: path, inputs: sizes[0]!, classes: sizes.at(-1)! }, data, FIT_HINT);

  const trained = checkpoint && (await predictTrained(checkpoint, set, options.threads));
  const frozen = file && classify(file.model, bytesOf(set), set.count);
  const judge = (predicted: ArrayLike<number> | undefined) =>
    predicted ? evaluate(set.labels, predicted, sizes.at(-1)!) : null;
  return {
    path,
    data: name,
    split: options.split,
    trained: judge(trained),
    frozen: judge(frozen),
    differing: trained && frozen ? differences(trained, frozen) : null,
  };
}

async function predictTrained(checkpoint: Uint8Array, set: Samples, threads: number): Promise<Uint8Array> {
  const network = await openTrained(checkpoint, { threads });
  try {
    return network.predict(bytesOf(set), set.count);
  } finally {
    network.close();
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
