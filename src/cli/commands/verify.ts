/** onebit verify */

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { isObject } from "../../core/json.ts";
import { bytesOf } from "../../data/dataset.ts";
import { checkSampleFit } from "../../data/fit.ts";
import { MANIFEST, MODEL, manifestFormat } from "../../export/files.ts";
import type { Format, Host, Outcome, Subject, Target } from "../../export/format.ts";
import { formats } from "../../export/formats.ts";
import { testImages } from "../../export/vectors.ts";
import { plainScores } from "../../infer/plain.ts";
import { decodeModel, type ModelFile } from "../../model/file.ts";
import { inputsOf } from "../../model/model.ts";
import { dataSpecForms, loadDataSet } from "../../node/data-sets.ts";
import { exists } from "../../node/files.ts";
import { readBytes, readJson } from "../../node/read.ts";
import { CheckFailed } from "../failed.ts";
import { type Io, writeJson } from "../io.ts";
import { readTextExport } from "../models.ts";
import { addExample, addJsonOption } from "../options.ts";
import { colorsOf, count, table } from "../terminal.ts";
import { withHost } from "../verify/host.ts";
import { isThere } from "../verify/tools.ts";

interface VerifyOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** One target's result. `missing` and `install` are there when it was skipped, `error` when it did not run. */
interface Row extends Partial<Outcome> {
  readonly target: string;
  readonly seconds?: number;
  readonly missing?: readonly string[];
  readonly install?: string;
  readonly error?: string;
}

export function define(command: Command, io: Io): void {
  command
    .description("Run an export with each tool that this machine has, and compare every score with the model's.")
    .argument("<dir>", "folder of an export")
    .option("--data <set>", `whose test samples: ${dataSpecForms} (default: 200 generated samples)`);
  addJsonOption(command);
  addExample(command, "onebit verify firmware --data mnist");
  command.action(async (folder: string, { data, json }: VerifyOptions) => {
    const rows = await verify(folder, data, io.env);
    if (json) writeJson(io.stdout, { rows });
    else io.stdout.write(reportText(rows, io));
    if (rows.some((row) => row.error !== undefined || (row.mismatches ?? 0) > 0)) throw new CheckFailed();
  });
}

async function verify(path: string, data: string | undefined, env: Io["env"]): Promise<Row[]> {
  const folder = resolve(path); // targets run elsewhere
  const manifest = await readManifest(folder);
  const { model, hash } = await modelOf(folder, manifest);
  if (hash !== manifest.model) {
    throw new OnebitError("model", `${folder} names its model ${manifest.model}, but holds ${hash}`);
  }
  const images = data === undefined ? testImages(model, 200) : await imagesOf(data, inputsOf(model));
  const total = images.length / inputsOf(model);
  const expected = plainScores(model, images, total);
  const rows: Row[] = [await checkFiles(folder, manifest.files)];
  for (const target of manifest.format.targets) {
    const missing = target.needs.filter((tool) => !isThere(tool, env));
    if (missing.length > 0) {
      rows.push({ target: target.name, missing, install: target.install });
      continue;
    }
    const subject = { model, images, count: total, expected };
    rows.push(await withHost(folder, env, (host) => runTarget(target, subject, host)));
  }
  return rows;
}

async function runTarget(target: Target, subject: Subject, host: Host): Promise<Row> {
  const start = performance.now();
  try {
    const outcome = await target.run(subject, host);
    return { target: target.name, ...outcome, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    return { target: target.name, error: (error as Error).message };
  }
}

interface Manifest {
  readonly format: Format;
  readonly model: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const manifest = await readJson(path);
  const known = Object.values(formats) as readonly Format[];
  const format = known.find(({ id }) => isObject(manifest) && manifest.format === manifestFormat(id));
  if (!isObject(manifest) || format === undefined) {
    const names = known.map(({ id }) => manifestFormat(id)).join(", ");
    throw new OnebitError(
      "model",
      `${path} is not of an export that can be verified`,
      `Its format is one of ${names}.`,
    );
  }
  const { model, files } = manifest;
  const isFile = (file: unknown) => isObject(file) && typeof file.name === "string" && typeof file.sha256 === "string";
  if (typeof model !== "string" || !Array.isArray(files) || !files.every(isFile)) {
    throw new OnebitError("model", `${path} does not list its model and files`);
  }
  return { format, model, files };
}

/** The model that the export was made of, or, of text, that it is. */
async function modelOf(folder: string, { files }: Manifest): Promise<ModelFile> {
  if (!files.some(({ name }) => name === MODEL)) return readTextExport(folder);
  const path = join(folder, MODEL);
  return decodeModel(await readBytes(path), path);
}

async function imagesOf(spec: string, inputs: number): Promise<Uint8Array> {
  const data = await loadDataSet(spec);
  checkSampleFit({ name: "the model", inputs }, data, "Give the data set it was trained on with --data, or none.");
  return bytesOf(data.test);
}

/** Files that are no longer as they were written. */
async function checkFiles(folder: string, files: Manifest["files"]): Promise<Row> {
  const altered: string[] = [];
  for (const { name, sha256 } of files) {
    const path = join(folder, name);
    if (!(await exists(path))) altered.push(`${name} (missing)`);
    else if (sha256Hex(await readBytes(path)) !== sha256) altered.push(name);
  }
  const row = { target: "SHA-256 of the files" };
  return altered.length === 0 ? row : { ...row, error: `altered: ${altered.join(", ")}` };
}

function reportText(rows: readonly Row[], io: Io): string {
  const { red, dim } = colorsOf(io.stdout, io.env);
  const cells = rows.map(({ target, images, mismatches, seconds, missing, error }) => [
    target,
    images === undefined ? "" : count(images),
    missing ? "skipped" : error !== undefined ? "failed" : mismatches === undefined ? "ok" : count(mismatches),
    seconds === undefined ? "" : `${seconds.toFixed(2)} s`,
  ]);
  const notes = rows.flatMap(({ target, missing, install, instructions, error }) => [
    ...(instructions === undefined ? [] : [`${target}: ${count(instructions)} instructions an image`]),
    ...(missing === undefined
      ? []
      : [dim(`${target} is skipped, it needs ${missing.map(toolName).join(" and ")}: ${install}`)]),
    ...(error === undefined ? [] : [red(`${target}: ${error}`)]),
  ]);
  return table([["target", "images", "mismatches", "time"], ...cells]) + notes.map((line) => `${line}\n`).join("");
}

/** "onnxruntime-web" of "npm:onnxruntime-web", "numpy" of "py:numpy". */
function toolName(tool: string): string {
  return tool.replace(/^(npm|py):/, "");
}
