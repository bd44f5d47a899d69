/** onebit export */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { exportText, type Order, type TextFile } from "../../export/text.ts";
import type { ModelFile } from "../../model/file.ts";
import { refuseExisting, writeAtomic } from "../files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { version } from "../version.ts";
import { addVhdlOptions, type VhdlCommandOptions, vhdlFiles, writeExplanation } from "../vhdl.ts";

interface ExportCommandOptions extends VhdlCommandOptions {
  readonly out?: string;
  readonly format: "text" | "vhdl";
  readonly order: Order;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "Write a frozen model as text files (weights.txt, thresholds.txt, scores.txt, manifest.json) or as a VHDL design.",
    )
    .argument("<path>", "folder of a run, or a .onebit model")
    .option("--out <dir>", "folder for the files")
    .addOption(new Option("--format <format>", "of the files").choices(["text", "vhdl"]).default("text"))
    .addOption(
      new Option("--order <order>", "of the weights: each input's edges, or each neuron's")
        .choices(["source", "target"])
        .default("source"),
    )
    .option("--force", "replace files that are there");
  addVhdlOptions(command);
  addJsonOption(command);
  addExample(
    command,
    "onebit export runs/first --out export",
    "onebit export runs/first --format vhdl --preset full --out accelerator",
    "onebit export runs/first --format vhdl --cycles 1000 --explain --clock 150",
  );
  command.action(async (path: string, options: ExportCommandOptions) => {
    const { out, order, force, json } = options;
    const explains = options.format === "vhdl" && options.explain === true;
    if (out === undefined && !explains)
      throw new OnebitError("argument", "required option '--out <dir>' not specified");
    const file = await readModel(path);
    if (explains) writeExplanation(file, options, io);
    if (out === undefined) return;
    const files = options.format === "vhdl" ? await vhdlFiles(file, options) : textFiles(file, order);
    if (!force) await refuseExisting(files.map(({ name }) => join(out, name)));
    const written = await writeFiles(files, out);
    if (json) writeJson(io.stdout, { modelSha256: file.hash, files: written });
    else io.stdout.write(written.map((name) => `${name}\n`).join(""));
  });
}

/** Writes the four text files and returns their paths. */
export async function writeTextExport(file: ModelFile, folder: string, order: Order): Promise<string[]> {
  return await writeFiles(textFiles(file, order), folder);
}

function textFiles({ model, info }: ModelFile, order: Order): TextFile[] {
  return exportText(model, { order, writer: `onebit ${version}`, info });
}

async function writeFiles(files: readonly TextFile[], folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, chunks } of files) {
    const path = join(folder, name);
    await writeAtomic(path, chunks);
    paths.push(path);
  }
  return paths;
}
