/** onebit export */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { exportText, type Order, TEXT_FILES } from "../../export/text.ts";
import type { ModelFile } from "../../model/file.ts";
import { refuseExisting, writeAtomic } from "../files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { version } from "../version.ts";

interface ExportCommandOptions {
  readonly out: string;
  readonly order: Order;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Write a frozen model as weights.txt, thresholds.txt, scores.txt and manifest.json.")
    .argument("<path>", "folder of a run, or a .onebit model")
    .requiredOption("--out <dir>", "folder for the files")
    .addOption(new Option("--format <format>", "of the files").choices(["text"]).default("text"))
    .addOption(
      new Option("--order <order>", "of the weights: each input's edges, or each neuron's")
        .choices(["source", "target"])
        .default("source"),
    )
    .option("--force", "replace files that are there");
  addJsonOption(command);
  addExample(command, "onebit export runs/first --out export");
  command.action(async (path: string, { out, order, force, json }: ExportCommandOptions) => {
    const file = await readModel(path);
    if (!force) await refuseExisting(TEXT_FILES.map((name) => join(out, name)));
    const written = await writeTextExport(file, out, order);
    if (json) writeJson(io.stdout, { modelSha256: file.hash, files: written });
    else io.stdout.write(written.map((name) => `${name}\n`).join(""));
  });
}

/** Writes the four files and returns their paths. */
export async function writeTextExport({ model, info }: ModelFile, folder: string, order: Order): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, chunks } of exportText(model, { order, writer: `onebit ${version}`, info })) {
    const path = join(folder, name);
    await writeAtomic(path, chunks);
    paths.push(path);
  }
  return paths;
}
