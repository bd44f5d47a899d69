/** What an export consists of. Exporters are pure: they return files, the command line writes them. */

import { sha256Hex } from "../core/hash.ts";
import type { ModelFile } from "../model/file.ts";
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

/** The files and their manifest.json: format and version, writer, the model's hash, input and widths, what `details` adds,
 *  and of each file its name, length and SHA-256. `writer` is what writes them, e.g. "onebit 0.1.0". */
export function withManifest(
  format: string,
  { model, info, hash }: ModelFile,
  writer: string,
  files: readonly ExportFile[],
  details: object = {},
): ExportFile[] {
  const manifest = {
    format,
    version: MANIFEST_VERSION,
    writer,
    model: hash,
    input: model.input,
    layers: layerSizes(model),
    ...details,
    files: files.map(({ name, chunks }) => ({
      name,
      length: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      sha256: sha256Hex(...chunks),
    })),
    info,
  };
  return [...files, textFile(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`)];
}

/** A file of one text. */
export function textFile(name: string, text: string): ExportFile {
  return { name, chunks: [new TextEncoder().encode(text)] };
}
