/** onebit bench */

import type { Command } from "commander";
import { testImages } from "../../export/vectors.ts";
import { modelOf } from "../../infer/model.ts";
import { layerSizes } from "../../model/model.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { count, table } from "../terminal.ts";

interface BenchOptions {
  readonly json?: boolean;
}

/** Times of one image in microseconds. */
interface BenchRow {
  readonly engine: string;
  readonly batch: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "How long a model takes for an image on this machine, one thread, one image at a time and 100 together.",
    )
    .argument("<path>", "folder of a run, or a .onebit model");
  addJsonOption(command);
  addExample(command, "onebit bench runs/first");
  command.action(async (path: string, { json }: BenchOptions) => {
    const file = await readModel(path);
    const { model, hash } = file;
    const images = testImages(model, 100);
    const rows = (["wasm", "plain"] as const).flatMap((wanted) => {
      const loaded = modelOf(file, wanted === "plain" ? { engine: wanted } : {});
      if (loaded.engine !== wanted) return []; // this host has no WebAssembly SIMD
      return [1, 100].map((batch): BenchRow => {
        const some = images.subarray(0, batch * loaded.inputs);
        return { engine: wanted, batch, ...time(() => loaded.classify(some), batch) };
      });
    });
    if (json) writeJson(io.stdout, { model: hash, layers: layerSizes(model), rows });
    else io.stdout.write(`${layerSizes(model).join("-")}\n${benchTable(rows)}`);
  });
}

const ROUNDS = 15;

/** Runs `call`, which takes `images` images, for 0.3 s to warm up and then 15 rounds of 20 ms or more. */
function time(call: () => void, images: number): Pick<BenchRow, "median" | "least" | "most"> {
  const run = (times: number) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) call();
    return performance.now() - start;
  };
  let calls = 0;
  for (let spent = 0; spent < 300; calls++) spent += run(1);
  const times = Math.ceil((calls * 20) / 300);
  const micros = Array.from({ length: ROUNDS }, () => (1000 * run(times)) / (times * images)).sort((a, b) => a - b);
  return { median: micros[ROUNDS >> 1]!, least: micros[0]!, most: micros.at(-1)! };
}

function benchTable(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ engine, batch, median, least, most }) => [
    engine,
    String(batch),
    `${median.toFixed(2)} µs`,
    `${least.toFixed(2)} … ${most.toFixed(2)} µs`,
    count(Math.round(1e6 / median)),
  ]);
  return table([["engine", "batch", "an image", "range", "images/s"], ...cells]);
}
