/** onebit images */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { reportPictures } from "onebit-report";
import { encodePng } from "../../images/png/encode.ts";
import { dataSpecForms, loadDataSet } from "../../node/data-sets.ts";
import { writeAtomic } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { addExample, addJsonOption, readInteger } from "../options.ts";
import { refuseExisting } from "../outputs.ts";
import { shown } from "../shown.ts";

interface ImagesOptions {
  readonly data: string;
  readonly out: string;
  readonly seed: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  const seed = new Option("--seed <n>", "of the random binarizations");
  command
    .description("Write the report's pictures of binarized digits as PNG (figures 5.1 to 5.6 and the appendix).")
    .option("--data <set>", dataSpecForms, "mnist")
    .option("--out <dir>", "folder for the pictures", "images")
    .addOption(seed.default(1).argParser((text) => readInteger("seed", text, 0, Number.MAX_SAFE_INTEGER)))
    .option("--force", "replace pictures that are there");
  addJsonOption(command);
  addExample(command, "onebit images --out images");
  command.action(async ({ data, out, seed, force, json }: ImagesOptions) => {
    const pictures = await reportPictures(await loadDataSet(data), { seed });
    const files = pictures.map((picture) => ({ picture, path: join(out, `${picture.name}.png`) }));
    if (!force) await refuseExisting(files.map(({ path }) => path));
    for (const { picture, path } of files) await writeAtomic(path, await encodePng(picture));
    if (json) writeJson(io.stdout, { files: files.map(({ path }) => path) });
    else io.stdout.write(files.map(({ path }) => `${shown(path)}\n`).join(""));
  });
}
