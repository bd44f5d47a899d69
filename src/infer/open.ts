/** A model from where it lies, without blocking: fetched, hashed by the host, compiled beside the main thread. */

import { concat } from "../core/bytes.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { decoding } from "../model/file.ts";
import { openEngine } from "./engine.ts";
import { ASKED, checkOptions, type Model, type ModelOptions, withEngine } from "./model.ts";

/** The model of a `.onebit` file: an address, which is fetched, or the file's bytes. Throws `file` when it cannot be
 *  fetched, `argument` for anything else, and as `loadModel` does. */
export async function open(
  source: string | URL | ArrayBuffer | Uint8Array,
  options: ModelOptions = {},
): Promise<Model> {
  checkOptions(options);
  const fetched = typeof source === "string" || source instanceof URL;
  const bytes = fetched ? await download(source) : source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  if (!(bytes instanceof Uint8Array)) {
    throw new OnebitError("argument", "a model is an address, an ArrayBuffer or a Uint8Array");
  }
  const decoder = decoding(bytes, fetched ? String(source) : undefined);
  let step = decoder.next();
  while (!step.done) step = decoder.next(await digest(step.value));
  const file = step.value;
  return withEngine(file, options, options.engine === "plain" ? ASKED : await openEngine(file.model));
}

async function download(source: string | URL): Promise<Uint8Array> {
  const fault = (what: string, cause?: unknown) =>
    new OnebitError("file", `${source} cannot be fetched: ${what}`, "Check the address of the model.", { cause });
  const response = await fetch(source).catch((cause: Error) => {
    throw fault(cause.message, cause);
  });
  if (!response.ok) throw fault(`the server answers ${response.status} ${response.statusText}`.trim());
  return new Uint8Array(await response.arrayBuffer());
}

/** By the host's code, some ten times as fast, where there is some: pages have it over https and on localhost only. */
async function digest(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined) return sha256(...parts);
  return new Uint8Array(await subtle.digest("SHA-256", concat(parts) as Uint8Array<ArrayBuffer>));
}
