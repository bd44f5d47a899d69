/** onebit import */

import type { Command } from "commander";
import { encodeModel } from "../../model/file.ts";
import { layerSizes } from "../../model/model.ts";
import { writeAtomic } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { readTextExport } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { refuseExisting } from "../outputs.ts";

interface ImportOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Read weights.txt, thresholds.txt, scores.txt and manifest.json into a frozen model.")
    .argument("<dir>", "folder of the four files")
    .requiredOption("--out <file>", "the .onebit model to write")
    .option("--force", "replace the file if it is there");
  addJsonOption(command);
  addExample(command, "onebit import export --out model.onebit");
  command.action(async (folder: string, { out, force, json }: ImportOptions) => {
    const { model, info, hash } = await readTextExport(folder);
    if (!force) await refuseExisting([out]);
    await writeAtomic(out, encodeModel(model, info));
    if (json) writeJson(io.stdout, { path: out, layers: layerSizes(model), modelSha256: hash });
    else io.stdout.write(`${out}: ${layerSizes(model).join("-")}, model ${hash}\n`);
  });
}
