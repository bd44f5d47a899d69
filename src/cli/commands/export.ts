/** onebit export */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { type FormatName, type FormatOptions, formatNames, formats } from "../../export/formats.ts";
import type { Order } from "../../export/text.ts";
import type { ModelFile } from "../../model/file.ts";
import { writeTogether } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { refuseFilled } from "../outputs.ts";
import { version } from "../version.ts";
import { addVhdlOptions, type VhdlCommandOptions, vhdlOptions, writeExplanation } from "../vhdl.ts";

interface ExportCommandOptions extends VhdlCommandOptions {
  readonly out?: string;
  readonly format: FormatName;
  readonly order: Order;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Options that only some formats take. */
const takenBy: Readonly<Record<string, readonly FormatName[]>> = {
  order: ["text"],
  name: ["c", "vhdl"],
  preset: ["vhdl"],
  cycles: ["vhdl"],
  input: ["vhdl"],
  vectors: ["vhdl"],
  explain: ["vhdl"],
  clock: ["vhdl"],
  data: ["vhdl"],
};

export function define(command: Command, io: Io): void {
  command
    .description("Write a frozen model in another format.")
    .argument("<path>", "folder of a run, or a .onebit model")
    .option("--out <dir>", "folder for the files")
    .addOption(new Option("--format <format>", "of the files").choices(formatNames).default("text"))
    .addOption(
      new Option("--order <order>", "of the weights of text: each input's edges, or each neuron's")
        .choices(["source", "target"])
        .default("source"),
    )
    .option(
      "--name <name>",
      "of the functions and files of c (default: model), of the top level of vhdl (default: bnn)",
    )
    .option("--force", "write into a folder that is not empty, replacing files that are there");
  addVhdlOptions(command);
  addJsonOption(command);
  addExample(
    command,
    "onebit export runs/first --out export",
    "onebit export runs/first --format vhdl --preset full --out accelerator",
    "onebit export runs/first --format vhdl --cycles 1000 --explain --clock 150",
  );
  command.action(async (path: string, options: ExportCommandOptions) => {
    const { out, format, order, name, force, json } = options;
    for (const [option, takers] of Object.entries(takenBy)) {
      if (command.getOptionValueSource(option) !== "cli" || takers.includes(format)) continue;
      throw new OnebitError("argument", `--${option} is of the format ${takers.join(" or ")}, not of ${format}`);
    }
    const explains = format === "vhdl" && options.explain === true;
    if (out === undefined && !explains) {
      throw new OnebitError("argument", "required option '--out <dir>' not specified");
    }
    const file = await readModel(path);
    if (explains) writeExplanation(file, options, io);
    if (out === undefined) return;
    if (!force) await refuseFilled(out);
    const written = await writeExport(file, format, out, {
      order,
      ...(name !== undefined && { name }),
      ...(format === "vhdl" && { vhdl: await vhdlOptions(file, options) }),
    });
    if (json) writeJson(io.stdout, { modelSha256: file.hash, files: written });
    else io.stdout.write(written.map((name) => `${name}\n`).join(""));
  });
}

/** Writes a model's files of a format, all or none, and returns their paths. */
export async function writeExport(
  file: ModelFile,
  format: FormatName,
  folder: string,
  options: Omit<FormatOptions, "writer"> = {},
): Promise<string[]> {
  const files = formats[format](file, { ...options, writer: `onebit ${version}` }).map(({ name, chunks }) => ({
    path: join(folder, name),
    content: chunks,
  }));
  await writeTogether(files);
  return files.map(({ path }) => path);
}
