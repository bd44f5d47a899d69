/** Files are read with a bound and with clear errors. */

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { OnebitError } from "../core/errors.ts";
import { atMost, type Extent, MAX_FILE, MAX_TEXT } from "../core/limits.ts";

export type { Extent } from "../core/limits.ts";

/** A file's bytes: of a regular file, as many as `extent` asks for; unless it is given, the whole of one of up to 2 GiB.
 *  (Node's Buffer is a Uint8Array whose `slice` does not copy: these are none.) Throws `file`, and what `extent` throws. */
export async function readBytes(path: string, extent: Extent = atMost(MAX_FILE, path)): Promise<Uint8Array> {
  try {
    // A device may do something when it is opened, so it is looked at before; it may have taken a file's place since.
    checkRegular(await stat(path), path);
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe without a writer would block
    try {
      const found = await file.stat();
      checkRegular(found, path);
      return await readOpened(file, found.size, extent);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof OnebitError ? cause : fileError(cause, path);
  }
}

/** The value of a JSON file of up to 64 MiB. Throws `file`, and `config` when it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path, atMost(MAX_TEXT, path)));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OnebitError("config", `${path} is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
}

/** As much of an open file of `size` bytes as `extent` asks for. Throws what it throws, and the file system's own errors. */
export async function readOpened(file: FileHandle, size: number, extent: Extent): Promise<Uint8Array> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const wanted = Math.min(size, extent(bytes, size));
    if (wanted <= bytes.length) return bytes;
    const longer = new Uint8Array(wanted);
    longer.set(bytes);
    const end = await fill(file, longer, bytes.length);
    if (end < wanted) return longer.subarray(0, end); // it was cut while it was read
    bytes = longer;
  }
}

/** Reads on until `bytes` is full or the file ends, and returns how many there are then. */
async function fill(file: FileHandle, bytes: Uint8Array, from: number): Promise<number> {
  let at = from;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(MAX_READ, bytes.length - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** What systems read at once. */
const MAX_READ = 2 ** 30;

function checkRegular(found: { isFile(): boolean; isDirectory(): boolean }, path: string): void {
  if (found.isFile()) return;
  if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  throw new OnebitError("file", `${path} is not a regular file`, "Save what a pipe or device gives in a file first.");
}

/** What the file system's error about `path` means: an OnebitError `file`. */
export function fileError(cause: unknown, path: string): OnebitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    EISDIR: "is a directory, not a file",
    EACCES: "may not be read: no permission",
    EPERM: "may not be read: no permission",
  };
  return new OnebitError("file", `${path} ${reasons[code ?? ""] ?? `cannot be read: ${message}`}`, undefined, {
    cause,
  });
}
