/** onebit summary */

import type { Command } from "commander";
import type { RunConfig } from "../../config/config.ts";
import { parseConfig } from "../../config/read.ts";
import { OnebitError } from "../../core/errors.ts";
import type { FrozenModel } from "../../model/model.ts";
import { type LayerRow, summarize } from "../../network/summary.ts";
import { loadDataSet } from "../../node/data-sets.ts";
import { readRunConfig } from "../../node/run-folder.ts";
import { type Io, writeJson } from "../io.ts";
import { folderAt, readModelFile } from "../models.ts";
import { addConfigOptions, addExample, addJsonOption, givenConfigFlags, type Options, readConfig } from "../options.ts";
import { count, shortened, table } from "../terminal.ts";

interface SummaryOptions extends Options {
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("The layers of a configuration, a run or a model, with their sizes.")
    .argument("[path]", "folder of a run, or a .onebit model; without it, the configuration that the flags describe");
  addConfigOptions(command);
  addJsonOption(command);
  addExample(command, "onebit summary --layers 784,500,1024,1024,10", "onebit summary runs/first");
  command.action(async (path: string | undefined, options: SummaryOptions) => {
    const layers =
      path === undefined ? await summarizeRun(await readConfig(options)) : await summarizePath(path, options);
    const total = totals(layers);
    if (options.json) writeJson(io.stdout, { layers, total });
    else io.stdout.write(layerTable(layers, total));
  });
}

/** The layers of a run's network, on the samples of its data where it does not say itself what it takes. */
async function summarizeRun({ network, data }: RunConfig): Promise<LayerRow[]> {
  const { inputs } = network;
  return summarize(network, inputs === undefined ? (await loadDataSet(data)).shape : [inputs]);
}

async function summarizePath(path: string, options: SummaryOptions): Promise<LayerRow[]> {
  const flags = givenConfigFlags(options);
  if (flags.length > 0) {
    throw new OnebitError("argument", `${path} has its own configuration; leave out ${flags.join(", ")}`);
  }
  const folder = await folderAt(path);
  if (folder) return await summarizeRun(await readRunConfig(folder, parseConfig));
  return summarizeModel((await readModelFile(path)).model);
}

/** The layers of a frozen model; what training needed beside them is gone. */
function summarizeModel({ layers }: FrozenModel): LayerRow[] {
  return layers.map(({ kind, weights, operand }, i) => {
    const size = weights.rows * weights.columns;
    return {
      layer: kind === "output" ? "output" : `hidden[${i}]`,
      kind: operand === "sum" ? "sum of pixels" : "agreements",
      shape: `${weights.columns} → ${weights.rows}`,
      weights: size,
      bits: size,
      floatBytes: 4 * size,
      packedBytes: weights.bytes.length + (kind === "output" ? 8 : 4) * weights.rows,
      macs: size,
    };
  });
}

function totals(layers: readonly LayerRow[]): LayerRow {
  const sum = (key: "weights" | "bits" | "floatBytes" | "packedBytes" | "macs") =>
    layers.reduce((total, layer) => total + layer[key], 0);
  return {
    layer: "total",
    kind: "",
    shape: "",
    weights: sum("weights"),
    bits: sum("bits"),
    floatBytes: sum("floatBytes"),
    packedBytes: sum("packedBytes"),
    macs: sum("macs"),
  };
}

/** 72 characters wide for the layers of MNIST's networks; kB are 1,000 bytes. */
function layerTable(layers: readonly LayerRow[], total: LayerRow): string {
  const kilobytes = (bytes: number) =>
    (bytes / 1000).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const rows = [...layers, total].map(({ layer, kind, shape, weights, packedBytes, macs }) => [
    shortened(layer, 18),
    kind,
    shape,
    count(weights),
    kilobytes(packedBytes),
    count(macs),
  ]);
  const { weights, bits, floatBytes, packedBytes } = total;
  return `${table([["layer", "kind", "shape", "weights", "packed kB", "MACs"], ...rows], 3)}
${count(bits)} of ${count(weights)} weights are bits
float32 weights take ${kilobytes(floatBytes)} kB, packed ${kilobytes(packedBytes)} kB
MACs: multiply-accumulates for one sample
`;
}
