/** The folder of an export, which may come from anywhere: its manifest and its model are read, the export is made anew from
 *  them, and the other files are compared with that, byte for byte. What the folder holds is never run, not even when it is
 *  the same: a manifest with hashes can be written by anyone (docs/security.md). */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { isObject } from "../../core/json.ts";
import { version } from "../../core/version.ts";
import { type ExportFile, MANIFEST, MAX_MANIFEST, MODEL, manifestFormat } from "../../export/files.ts";
import { exportFiles, type Format } from "../../export/format.ts";
import { formats } from "../../export/formats.ts";
import { type FormatOptions, type Given, type Taken, takeOptions } from "../../export/options.ts";
import { decodeModel, type ModelFile } from "../../model/file.ts";
import { readConfined } from "../../node/confined.ts";
import { fileError } from "../../node/read.ts";
import { readTextExport } from "../models.ts";

/** An export whose folder holds what onebit writes. */
export interface CheckedExport {
  readonly format: Format;
  readonly options: Taken<FormatOptions>;
  readonly file: ModelFile;
  /** By name, as onebit writes them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What else the folder holds, which nothing looks at; folders with a slash behind. */
  readonly unlisted: readonly string[];
}

/** Reads and compares. Throws `file` for what cannot be read, `config` for a manifest that is not JSON, and `model`, naming each file
 *  that is not as it should be. */
export async function checkExport(folder: string): Promise<CheckedExport> {
  const manifest = await readManifest(folder);
  const { format } = manifest;
  const { file, bytes: model } = await modelOf(folder, manifest);
  if (file.hash !== manifest.model) {
    throw new OnebitError("model", `${folder} names its model ${manifest.model}, but holds ${file.hash}`);
  }
  const { options, files } = await written(folder, manifest, file);
  if (model !== undefined) files.set(MODEL, model); // also in an older version of its format
  await compare(folder, manifest, files);
  return { format, options, file, files, unlisted: await unlistedIn(folder, [...files.keys()]) };
}

const OWN = `onebit ${version}`;

interface Manifest {
  readonly content: Readonly<Record<string, unknown>>;
  readonly format: Format;
  readonly model: string;
  readonly writer: string;
  readonly files: readonly Listed[];
}

interface Listed {
  readonly name: string;
  readonly sha256: string;
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const bytes = await confined(folder, MANIFEST, MAX_MANIFEST);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OnebitError("config", `${path} is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
  const known = Object.values(formats) as readonly Format[];
  const format = known.find(({ id }) => isObject(content) && content.format === manifestFormat(id));
  if (!isObject(content) || format === undefined) {
    const names = known.map(({ id }) => manifestFormat(id)).join(", ");
    const hint = `Its format is one of ${names}.`;
    throw new OnebitError("model", `${path} is not of an export that can be verified`, hint);
  }
  const { model, files, writer = OWN } = content;
  const isListed = (file: unknown) =>
    isObject(file) && typeof file.name === "string" && typeof file.sha256 === "string";
  if (typeof model !== "string" || typeof writer !== "string" || !Array.isArray(files) || !files.every(isListed)) {
    throw new OnebitError("model", `${path} does not list its model and files`);
  }
  return { content, format, model, writer, files };
}

/** The model that the export was made of, with its bytes, or, of text, that it is. */
async function modelOf(folder: string, { format }: Manifest): Promise<{ file: ModelFile; bytes?: Uint8Array }> {
  if (format === (formats.text as Format)) return { file: await readTextExport(folder) };
  const bytes = await confined(folder, MODEL, MAX_MODEL);
  return { file: decodeModel(bytes, join(folder, MODEL)), bytes };
}

/** The most bytes of a model.onebit. */
const MAX_MODEL = 2 ** 30;

/** What onebit writes for the model and the options that the manifest states. */
async function written(
  folder: string,
  { content, format, writer }: Manifest,
  file: ModelFile,
): Promise<{ options: Taken<FormatOptions>; files: Map<string, Uint8Array> }> {
  const stated = content.options ?? {};
  const read = (name: string, most: number) => confined(folder, name, most);
  const recovered = await format.recover?.(content, read, file.model);
  try {
    if (!isObject(stated)) throw new OnebitError("model", "its options are not an object");
    const options = { ...stated, ...recovered } as Given<FormatOptions>;
    const taken = takeOptions(format.id, format.options, options);
    const files = exportFiles(format, file, { ...options, writer });
    return { options: taken, files: new Map(files.map((one) => [one.name, bytesOf(one)])) };
  } catch (error) {
    if (!(error instanceof OnebitError)) throw error;
    const what = `${join(folder, MANIFEST)} states what onebit does not export with: ${error.message}`;
    throw new OnebitError("model", what, error.hint, { cause: error });
  }
}

function bytesOf({ chunks }: ExportFile): Uint8Array {
  return new Uint8Array(Buffer.concat([...chunks]));
}

/** Throws `model`, naming all files that the manifest lists and that are not as onebit writes them, or that it should list. */
async function compare(
  folder: string,
  { files: listed, writer }: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const faults: string[] = [];
  for (const { name, sha256 } of listed) {
    const expected = name === MANIFEST ? undefined : files.get(name);
    const fault = expected === undefined ? "is no file of this format" : await faultOf(folder, name, sha256, expected);
    if (fault !== undefined) faults.push(`${JSON.stringify(name)} ${fault}`);
  }
  for (const name of files.keys()) {
    if (name !== MANIFEST && !listed.some((one) => one.name === name)) faults.push(`"${name}" is not listed`);
  }
  if (faults.length === 0) return;
  const shownFaults = faults.length > MOST_SHOWN ? [...faults.slice(0, MOST_SHOWN), "…"] : faults;
  throw new OnebitError(
    "model",
    `${folder} does not hold what its manifest and its model say: ${shownFaults.join(", ")}`,
    writer === OWN
      ? "Nothing of it was run. Export the model anew."
      : `Nothing of it was run. It was written by ${writer}; this is ${OWN}, which may write other files: export the model anew.`,
  );
}

const MOST_SHOWN = 20;

/** What is wrong with a file, undefined when nothing is. One of another length is not read. */
async function faultOf(
  folder: string,
  name: string,
  sha256: string,
  expected: Uint8Array,
): Promise<string | undefined> {
  let found: Uint8Array | undefined;
  try {
    found = await readConfined(folder, name, expected.length);
  } catch (error) {
    return `cannot be taken: ${(error as Error).message}`;
  }
  if (found === undefined) return "is missing";
  if (sha256Hex(found) !== sha256) return "was altered";
  return Buffer.compare(found, expected) === 0 ? undefined : "is not what onebit writes for this model";
}

/** What a folder holds beside these files; of its folders, those with such files are looked into. */
async function unlistedIn(folder: string, names: readonly string[]): Promise<string[]> {
  const own = new Set(names);
  const folders = new Set(["", ...names.filter((name) => name.includes("/")).map((name) => name.replace(/\/.*/, "/"))]);
  const found: string[] = [];
  for (const inner of folders) {
    const entries = await readdir(join(folder, inner), { withFileTypes: true }).catch((cause) => {
      throw fileError(cause, join(folder, inner));
    });
    for (const entry of entries) {
      const name = inner + entry.name;
      if (entry.isDirectory() ? !folders.has(`${name}/`) : !own.has(name)) {
        found.push(entry.isDirectory() ? `${name}/` : name);
      }
    }
  }
  return found.sort();
}

async function confined(folder: string, name: string, most: number): Promise<Uint8Array> {
  const bytes = await readConfined(folder, name, most);
  if (bytes === undefined) throw new OnebitError("file", `${join(folder, name)} does not exist`);
  return bytes;
}
