/** `onebit export --format vhdl`: its options, its test vectors, and the folding as a table. */

import { type Command, Option } from "commander";
import { bytesOf, firstOf } from "../data/dataset.ts";
import { checkSampleFit } from "../data/fit.ts";
import { testImages as patterns } from "../export/vectors.ts";
import { explain, explainTable, imagesPerSecond } from "../export/vhdl/explain.ts";
import { type Preset, presets } from "../export/vhdl/folding.ts";
import { type PlanOptions, planFolding } from "../export/vhdl/plan.ts";
import type { Vectors } from "../export/vhdl/vectors.ts";
import { scores } from "../infer/run.ts";
import type { ModelFile } from "../model/file.ts";
import { layerSizes } from "../model/model.ts";
import { loadDataSet } from "../node/data-sets.ts";
import { type Io, writeJson } from "./io.ts";
import { trainedOn } from "./models.ts";
import { readInteger } from "./options.ts";
import { count, table } from "./terminal.ts";

export interface VhdlCommandOptions {
  readonly preset?: Preset;
  readonly cycles?: number;
  readonly name?: string;
  readonly input?: "bits" | "pixels";
  readonly vectors: number;
  readonly explain?: boolean;
  /** MHz */
  readonly clock: number;
  readonly data?: string;
}

export function addVhdlOptions(command: Command): Command {
  return command
    .addOption(new Option("--preset <size>", "vhdl: clocks an image").choices(Object.keys(presets)))
    .addOption(
      new Option("--cycles <n>", "vhdl: clocks an image, in place of a preset")
        .conflicts("preset")
        .argParser((text) => readInteger("cycles", text, 1, 2 ** 31 - 1)),
    )
    .addOption(new Option("--input <kind>", "vhdl: what arrives, binarized or 8-bit").choices(["bits", "pixels"]))
    .addOption(
      new Option("--vectors <n>", "vhdl: test images for its testbench")
        .default(100)
        .argParser((text) => readInteger("vectors", text, 0, 100_000)),
    )
    .option("--explain", "vhdl: print how the network is folded; write files only if --out is given")
    .addOption(
      new Option("--clock <mhz>", "vhdl: MHz, for what --explain prints")
        .default(100)
        .argParser((text) => readInteger("clock", text, 1, 10_000)),
    )
    .option("--data <set>", "vhdl: whose test images (default: what it was trained on)");
}

/** What `formats.vhdl` takes. Throws as `loadDataSet` does. */
export async function vhdlOptions(
  file: ModelFile,
  options: VhdlCommandOptions,
): Promise<PlanOptions & { vectors: Vectors }> {
  return { ...planOptions(options), vectors: await testVectors(file, options) };
}

/** The folding as a table, or as JSON. */
export function writeExplanation({ model }: ModelFile, options: VhdlCommandOptions & { json?: boolean }, io: Io): void {
  const folding = planFolding(model, planOptions(options));
  const { beats, interval, latency } = folding;
  const megahertz = options.clock;
  const rate = imagesPerSecond(interval, megahertz);
  if (options.json) {
    writeJson(io.stdout, { layers: explain(folding), beats, interval, latency, megahertz, imagesPerSecond: rate });
    return;
  }
  const pace = `an image every ${count(interval)} clocks, latency ${count(latency)}`;
  io.stdout.write(`${table(explainTable(folding))}\n${pace}: ${count(rate)} images/s at ${megahertz} MHz\n`);
}

function planOptions({ preset, cycles, name, input }: VhdlCommandOptions): PlanOptions {
  return {
    cycles: cycles ?? preset ?? "mid",
    ...(name !== undefined && { name }),
    ...(input !== undefined && { input }),
  };
}

/** An image of 0 and one of 255, then the first test images of the data set, or where none is known patterns, with their
 *  scores. */
async function testVectors(file: ModelFile, options: VhdlCommandOptions): Promise<Vectors> {
  const { model } = file;
  const inputs = layerSizes(model)[0]!;
  const rows = 2 + options.vectors;
  const images = patterns(model, rows);
  const name = options.data ?? trainedOn(file) ?? (inputs === 784 ? "mnist" : undefined);
  if (name !== undefined && options.vectors > 0) {
    images.set(await imagesOf(name, inputs, options.vectors), 2 * inputs);
  }
  return { images, count: rows, scores: scores(model, images, rows) };
}

async function imagesOf(name: string, inputs: number, count: number): Promise<Uint8Array> {
  const data = await loadDataSet(name);
  const hint = "Give the data set it was trained on with --data, or --vectors 0.";
  checkSampleFit({ name: "the model", inputs }, data, hint);
  return bytesOf(firstOf(data.test, count));
}
