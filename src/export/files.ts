/** What an export consists of. Exporters are pure: they return files, the command line writes them. */

import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { storedClasses } from "../model/classes.ts";
import { encodeModel, type ModelFile } from "../model/file.ts";
import { layerSizes } from "../model/model.ts";

/** A file to write, in one write per chunk. `name` is a path within the export's folder, with "/" between its parts. */
export interface ExportFile {
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

/** The file that says what an export holds. */
export const MANIFEST = "manifest.json";
/** The model that an export was made of. */
export const MODEL = "model.onebit";
/** Of manifest.json. */
export const MANIFEST_VERSION = 1;

/** The most bytes of a manifest.json that are read: names of classes and `info` are all that grows. */
export const MAX_MANIFEST = 2 ** 24;

/** What manifest.json calls a format. */
export function manifestFormat(id: string): string {
  return `onebit-${id}`;
}

/** The files and their manifest.json: format and version, writer, the model's hash, encoder ("input") and widths, its shape
 *  and the names of its classes where they say more, what `details` adds, and of each file its name, length and SHA-256.
 *  `writer` is what writes them, e.g. "onebit 0.2.0". Throws `argument` when `info` is not plain JSON. */
export function withManifest(
  id: string,
  { model, info, hash, classes }: ModelFile,
  writer: string,
  files: readonly ExportFile[],
  details: object = {},
): ExportFile[] {
  const names = storedClasses(classes);
  const manifest = {
    format: manifestFormat(id),
    version: MANIFEST_VERSION,
    writer,
    model: hash,
    input: model.encoder,
    layers: layerSizes(model),
    ...(model.shape.length > 1 && { shape: model.shape }),
    ...(names && { classes: names }),
    ...details,
    files: files.map(({ name, chunks }) => ({
      name,
      length: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      sha256: sha256Hex(...chunks),
    })),
    info: JSON.parse(canonicalJson(info)), // in the order that a .onebit file gives back
  };
  return [...files, textFile(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`)];
}

/** The files, the model itself, which `onebit verify` makes them anew from, and manifest.json. */
export function withModel(
  id: string,
  file: ModelFile,
  writer: string,
  files: readonly ExportFile[],
  details: object = {},
): ExportFile[] {
  const model = { name: MODEL, chunks: [encodeModel(file.model, file.info, file.classes)] };
  return withManifest(id, file, writer, [...files, model], details);
}

/** A file of one text. */
export function textFile(name: string, text: string): ExportFile {
  return { name, chunks: [new TextEncoder().encode(text)] };
}
