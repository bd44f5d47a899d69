/** What a path on the command line stands for: a run's folder, or a `.onebit` model. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { areNumbered } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { MANIFEST, MAX_MANIFEST } from "../export/files.ts";
import { importText, TEXT_FILES, type TextLayout, textLengths } from "../export/text/read.ts";
import type { Model } from "../infer/model.ts";
import { decodeModel, type ModelFile, modelExtent } from "../model/file.ts";
import { readConfined } from "../node/confined.ts";
import { classNames, namedDataSet } from "../node/data-sets.ts";
import { exists } from "../node/files.ts";
import { fileError, readBytes } from "../node/read.ts";
import { type RunFolder, readCheckpoint, runFolder } from "../node/run-folder.ts";
import { type Checkpoint, checkpointExtent, decodeCheckpoint } from "../train/checkpoint.ts";
import { openCheckpoint } from "../train/compile.ts";
import type { GivenWeights } from "../train/initial.ts";

/** The run's folder at `path`, undefined when it is a file. Throws `file` when there is nothing. */
export async function folderAt(path: string): Promise<RunFolder | undefined> {
  const found = await stat(path).catch((cause) => {
    throw fileError(cause, path);
  });
  return found.isDirectory() ? runFolder(path) : undefined;
}

/** The frozen model at `path`: a file's, a run's, or frozen from the checkpoint of a run that has not ended.
 *  Throws `file` and `model`, `freeze` when the run's network has no frozen form. */
export async function readModel(path: string): Promise<ModelFile> {
  const folder = await folderAt(path);
  if (folder === undefined) return await readModelFile(path);
  if (await exists(folder.model)) return await readModelFile(folder.model);
  const checkpoint = await readRunCheckpoint(folder);
  if (checkpoint === undefined) {
    throw new OnebitError(
      "file",
      `${path} holds no model and no checkpoint`,
      "Give the folder of a run, or a .onebit file.",
    );
  }
  const trainer = await openCheckpoint(checkpoint, { threads: 1 });
  try {
    return trainer.freeze();
  } finally {
    await trainer.close();
  }
}

/** The model of a `.onebit` file. Throws `file` and `model`. */
export async function readModelFile(path: string): Promise<ModelFile> {
  return decodeModel(await readBytes(path, modelExtent(path)), path);
}

/** The last checkpoint of a run, undefined before the end of the first epoch. Throws `file` and `checkpoint`. */
export async function readRunCheckpoint(folder: RunFolder): Promise<Checkpoint | undefined> {
  const bytes = await readCheckpoint(folder, checkpointExtent(folder.checkpoint));
  return bytes && decodeCheckpoint(bytes, folder.checkpoint);
}

/** What a file of weights holds: a frozen model or a checkpoint. Throws `file`, `model` and `checkpoint`. */
export async function readWeights(path: string): Promise<GivenWeights> {
  const [model, checkpoint] = [modelExtent(path), checkpointExtent(path)];
  const bytes = await readBytes(path, (start, size) => (isModelFile(start) ? model : checkpoint)(start, size));
  if (!isModelFile(bytes)) return { kind: "checkpoint", checkpoint: decodeCheckpoint(bytes, path) };
  return { kind: "bits", weights: decodeModel(bytes, path).model.layers.map((layer) => layer.weights) };
}

/** What `make` makes, undefined for a network that has no frozen form. */
export async function ifItFreezes<T>(make: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof OnebitError && error.code === "freeze") return undefined;
    throw error;
  }
}

/** The data set that a model's file says it was trained on. */
export function trainedOn(file: ModelFile | undefined): string | undefined {
  const config = file?.info.config;
  return isObject(config) && typeof config.data === "string" ? config.data : undefined;
}

/** The data set to take for a model when none is asked for: the one that its file names, if onebit knows it by that name.
 *  A model may come from anywhere, so a folder that it names is not opened. Throws `argument` for such a one. */
export function knownDataOf(file: ModelFile | undefined): string | undefined {
  const data = trainedOn(file);
  if (data === undefined || namedDataSet(data.replace(/:\d+$/, "")) !== undefined) return data;
  throw new OnebitError(
    "argument",
    `the model says that it was trained on ${data}, which onebit opens only if you say so`,
    "Name the data set with --data.",
  );
}

/** Whether bytes begin as a `.onebit` file does. (A checkpoint begins with "onebitck".) */
function isModelFile(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89;
}

/** The model of a text export's files. Throws `file` when the folder cannot be read, and as `importText` does. */
export async function readTextExport(folder: string, layout: TextLayout = {}): Promise<ModelFile> {
  const manifest = await readConfined(folder, MANIFEST, MAX_MANIFEST);
  if (manifest === undefined && !(await holdsAny(folder, TEXT_FILES))) {
    throw new OnebitError("file", `${join(folder, MANIFEST)} does not exist`);
  }
  const files: Record<string, Uint8Array> = manifest === undefined ? {} : { [MANIFEST]: manifest };
  for (const [name, length] of Object.entries(textLengths(manifest, layout))) {
    // What is a little too long is read: the place where it goes wrong can then be told.
    const bytes = await readConfined(folder, name, length + 64);
    if (bytes !== undefined) files[name] = bytes;
  }
  return importText(files, layout);
}

async function holdsAny(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(names.map((name) => exists(join(folder, name))));
  return found.includes(true);
}

/** What the classes of a model are called: as its file says or, where that only numbers them, as the data it was
 *  trained on does. */
export function classNamesOf(model: Model): readonly string[] {
  return areNumbered(model.classes) ? classNames(trainedOn(model), model.classes.length) : model.classes;
}
