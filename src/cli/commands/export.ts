/** onebit export */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { type FormatName, type FormatOptions, formatNames, formats } from "../../export/formats.ts";
import type { Order } from "../../export/text.ts";
import type { ModelFile } from "../../model/file.ts";
import { refuseFilled, writeTogether } from "../files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { version } from "../version.ts";

interface ExportCommandOptions {
  readonly out: string;
  readonly format: FormatName;
  readonly order: Order;
  readonly name: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Write a frozen model in another format.")
    .argument("<path>", "folder of a run, or a .onebit model")
    .requiredOption("--out <dir>", "folder for the files")
    .addOption(new Option("--format <format>", "of the files").choices(formatNames).default("text"))
    .addOption(
      new Option("--order <order>", "of the weights of text: each input's edges, or each neuron's")
        .choices(["source", "target"])
        .default("source"),
    )
    .option("--name <name>", "of the functions and files of c", "model")
    .option("--force", "write into a folder that is not empty, replacing files that are there");
  addJsonOption(command);
  addExample(command, "onebit export runs/first --out export");
  command.action(async (path: string, { out, format, force, json, ...options }: ExportCommandOptions) => {
    const file = await readModel(path);
    if (!force) await refuseFilled(out);
    const written = await writeExport(file, format, out, options);
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
