/** The folder of a run: which files it has, and how it is read, claimed and cleared. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import type { Extent } from "../core/limits.ts";
import { TEXT_FILES } from "../export/text/read.ts";
import { exists, writeAtomic } from "./files.ts";
import { readBytes, readJson } from "./read.ts";

/** Paths of a run's files. */
export interface RunFolder {
  readonly path: string;
  readonly config: string;
  /** A row of JSON per epoch. */
  readonly metrics: string;
  readonly checkpoint: string;
  /** The frozen model. */
  readonly model: string;
  /** Written last: a run that has it is finished. */
  readonly result: string;
  /** Of `onebit start`. */
  readonly curves: string;
  readonly export: string;
}

/** `result.json`. Accuracies are 0 … 1. */
export interface RunResult {
  /** The frozen model's on the test images; of a network that has no frozen form, its own. */
  readonly testAccuracy: number;
  /** Of the last epoch; null without a validation split. */
  readonly validationAccuracy: number | null;
  readonly epochs: number;
  /** Wall time of all epochs. */
  readonly seconds: number;
  /** `modelHash` of the frozen model, or null. */
  readonly modelSha256: string | null;
}

/** The paths of a run in the folder `path`. Nothing is read or written. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, "config.json"),
    metrics: join(path, "metrics.jsonl"),
    checkpoint: join(path, "checkpoint.bin"),
    model: join(path, "model.onebit"),
    result: join(path, "result.json"),
    curves: join(path, "curves.svg"),
    export: join(path, "export"),
  };
}

/** The files of a run that are there, its configuration last. */
async function filesOf(folder: RunFolder): Promise<string[]> {
  const { metrics, checkpoint, model, result, curves, config } = folder;
  const exported = TEXT_FILES.map((name) => join(folder.export, name));
  const present = [];
  for (const path of [result, model, checkpoint, metrics, curves, ...exported, config]) {
    if (await exists(path)) present.push(path);
  }
  return present;
}

/** Throws `exists` when the folder holds files of a run and `force` is not given. */
export async function checkVacant(folder: RunFolder, force: boolean): Promise<void> {
  if (force || (await filesOf(folder)).length === 0) return;
  throw new OnebitError(
    "exists",
    `${folder.path} already holds a run`,
    "Give --resume to continue it, --force to replace it, or another --out.",
  );
}

/** Writes the configuration of a new run, as its file's text, then removes the other files of an earlier one, and no
 *  others: what cannot be written leaves the old run as it was. */
export async function claimFolder(folder: RunFolder, configText: string): Promise<void> {
  const old = (await filesOf(folder)).filter((path) => path !== folder.config);
  await writeAtomic(folder.config, configText);
  for (const path of old) await rm(path);
}

/** The configuration of a run, as `parse` reads the JSON of the file of that name. Throws `file` when the folder
 *  holds none, and what `parse` throws. */
export async function readRunConfig<Config>(
  folder: RunFolder,
  parse: (value: unknown, name: string) => Config,
): Promise<Config> {
  return parse(await readJson(folder.config), folder.config);
}

/** The last checkpoint, undefined before the end of the first epoch. `extent` decides how much of its file is read. */
export async function readCheckpoint(folder: RunFolder, extent?: Extent): Promise<Uint8Array | undefined> {
  return (await exists(folder.checkpoint)) ? await readBytes(folder.checkpoint, extent) : undefined;
}

/** A line of JSON for each epoch. */
export async function writeRows(folder: RunFolder, rows: readonly object[]): Promise<void> {
  await writeAtomic(folder.metrics, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** The result of a finished run. Throws `file` when it is not one that onebit wrote. */
export async function readResult(folder: RunFolder): Promise<RunResult> {
  const result = await readJson(folder.result);
  if (isObject(result) && typeof result.testAccuracy === "number") return result as unknown as RunResult;
  throw new OnebitError("file", `${folder.result} is not the result of a run`, "Train anew with --force.");
}
