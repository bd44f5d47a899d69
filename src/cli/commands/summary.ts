/** onebit summary */

import type { Command } from "commander";
import type { RunConfig } from "../../config/config.ts";
import { OnebitError } from "../../core/errors.ts";
import { decodeModel } from "../../model/file.ts";
import type { FrozenModel } from "../../model/model.ts";
import { type LayerRow, summarize } from "../../network/summary.ts";
import { readBytes } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { folderAt } from "../models.ts";
import { addConfigOptions, addExample, addJsonOption, givenConfigFlags, type Options, readConfig } from "../options.ts";
import { readRunConfig } from "../../node/run-folder.ts";
import { count, table } from "../terminal.ts";

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
    const layers = path === undefined ? summarizeRun(await readConfig(options)) : await summarizePath(path, options);
    const total = totals(layers);
    if (options.json) writeJson(io.stdout, { layers, total });
    else io.stdout.write(layerTable([...layers, total]));
  });
}

/** The layers of a run's network. Throws `argument` when its input's width follows from its data alone. */
function summarizeRun({ network, data }: RunConfig): LayerRow[] {
  if (network.inputs !== undefined) return summarize(network, [network.inputs]);
  throw new OnebitError("argument", `how wide the network's input is follows from ${data}`, "Say so in it: inputs.");
}

async function summarizePath(path: string, options: SummaryOptions): Promise<LayerRow[]> {
  const flags = givenConfigFlags(options);
  if (flags.length > 0) {
    throw new OnebitError("argument", `${path} has its own configuration; leave out ${flags.join(", ")}`);
  }
  const folder = await folderAt(path);
  if (folder) return summarizeRun(await readRunConfig(folder));
  return summarizeModel(decodeModel(await readBytes(path), path).model);
}

/** The layers of a frozen model; what training needed beside them is gone. */
function summarizeModel(model: FrozenModel): LayerRow[] {
  return model.layers.map(({ kind, weights, operand }, i) => {
    const size = weights.rows * weights.columns;
    const last = kind === "output";
    return {
      layer: last ? "output" : `hidden[${i}]`,
      kind: operand === "sum" ? "sum of pixels" : "agreements",
      shape: `${weights.columns} → ${weights.rows}`,
      weights: size,
      bits: size,
      floatBytes: 4 * size,
      packedBytes: weights.bytes.length + (last ? 8 : 4) * weights.rows,
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

function layerTable(layers: readonly LayerRow[]): string {
  const head = ["layer", "kind", "shape", "weights", "bits", "float bytes", "packed bytes", "multiply-accumulates"];
  const rows = layers.map(({ layer, kind, shape, weights, bits, floatBytes, packedBytes, macs }) => [
    layer,
    kind,
    shape,
    ...[weights, bits, floatBytes, packedBytes, macs].map(count),
  ]);
  return table([head, ...rows], 3);
}
