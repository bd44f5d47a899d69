/** Exported designs on disk, and the tools that simulate them. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PlanOptions } from "../../../src/export/vhdl/plan.ts";
import type { Vectors } from "../../../src/export/vhdl/vectors.ts";
import { writeVhdl } from "../../../src/export/vhdl/vhdl.ts";
import { plainScores } from "../../../src/infer/plain.ts";
import { modelHash } from "../../../src/model/hash.ts";
import { type FrozenModel, layerSizes } from "../../../src/model/model.ts";
import { randomImages } from "../../model/random-model.ts";

/** Random images, among them one of 0 and one of 255, with the frozen model's scores. */
export function vectorsOf(model: FrozenModel, count: number, seed: number): Vectors {
  const inputs = layerSizes(model)[0]!;
  const images = randomImages(count, inputs, seed);
  images.fill(0, 0, inputs);
  images.fill(255, inputs, 2 * inputs);
  return { images, count, scores: plainScores(model, images, count) };
}

/** The files of the design, by name. */
export function designFiles(model: FrozenModel, vectors: Vectors, options: PlanOptions = {}): Record<string, string> {
  const file = { model, info: {}, hash: modelHash(model) };
  const files = writeVhdl(file, options, vectors, "onebit test");
  return Object.fromEntries(files.map(({ name, chunks }) => [name, Buffer.concat([...chunks]).toString()]));
}

export function writeDesign(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  /** Of the checker's last line, undefined when it did not come to that. */
  readonly images: number | undefined;
  readonly interval: number | undefined;
  readonly latency: number | undefined;
}

/** Runs a command in `folder`. */
export function run(folder: string, command: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  const [, images, interval, latency] =
    stdout.match(/^onebit: (\d+) images, 0 errors, (?:interval (\d+), latency (\d+)|netlist)/m)?.map(Number) ?? [];
  return { status, output: `${stdout}\n${stderr}`, images, interval, latency };
}

/** Changes one file: `change` maps its text. Throws when that changes nothing. */
export function tamper(folder: string, name: string, change: (text: string) => string): void {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`${name} is as it was`);
  writeFileSync(path, changed);
}
