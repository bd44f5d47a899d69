/** onebit import */

import { type Command, Option } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { ORDERS, type Order } from "../../export/text/layout.ts";
import { encodeModel } from "../../model/file.ts";
import { type FrozenEncoder, layerSizes } from "../../model/model.ts";
import { writeAtomic } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { readTextExport } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { refuseExisting } from "../outputs.ts";
import { shown } from "../shown.ts";

interface ImportOptions {
  readonly out: string;
  readonly layers?: number[];
  readonly binarize?: FrozenEncoder;
  readonly order?: Order;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "Read weights.txt, thresholds.txt, scores.txt and manifest.json into a frozen model. Where another tool wrote no " +
        "manifest, --layers and --binarize say what it would; scores.txt may then be missing too: the class with most " +
        "agreements.",
    )
    .argument("<dir>", "folder of the files")
    .addOption(new Option("--layers <widths>", "from input to classes: 784,500,10").argParser(readWidths))
    .addOption(
      new Option("--binarize <how>", "of the input: threshold:127, or none for 8-bit pixels").argParser(readEncoder),
    )
    .addOption(
      new Option("--order <order>", "of the weights: each input's edges, or each neuron's (default: source)").choices(
        ORDERS,
      ),
    )
    .requiredOption("--out <file>", "the .onebit model to write")
    .option("--force", "replace the file if it is there");
  addJsonOption(command);
  addExample(
    command,
    "onebit import export --out model.onebit",
    "onebit import others --layers 784,10 --binarize threshold:127 --out my.onebit",
  );
  command.action(async (folder: string, { out, layers, binarize, order, force, json }: ImportOptions) => {
    const { model, info, hash, classes } = await readTextExport(folder, {
      ...(layers && { layers }),
      ...(binarize && { encoder: binarize }),
      ...(order && { order }),
    });
    if (!force) await refuseExisting([out]);
    await writeAtomic(out, encodeModel(model, info, classes));
    if (json) writeJson(io.stdout, { path: out, layers: layerSizes(model), modelSha256: hash });
    else io.stdout.write(`${shown(out)}: ${layerSizes(model).join("-")}, model ${hash}\n`);
  });
}

function readWidths(text: string): number[] {
  if (/^\d+(,\d+)+$/.test(text)) return text.split(",").map(Number);
  throw new OnebitError("argument", `--layers does not take "${text}"`, "It takes widths: 784,500,10.");
}

function readEncoder(text: string): FrozenEncoder {
  const [, threshold] = /^threshold:(\d{1,3})$/.exec(text) ?? [];
  if (text === "none") return { kind: "pixels" };
  if (threshold !== undefined && Number(threshold) <= 255) return { kind: "threshold", threshold: Number(threshold) };
  throw new OnebitError(
    "argument",
    `--binarize does not take "${text}"`,
    "It takes threshold:0 … threshold:255, or none.",
  );
}
