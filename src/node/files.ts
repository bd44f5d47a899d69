/** Files are written whole or not at all. */

import { access, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OnebitError } from "../core/errors.ts";

/** What is written to a file: a text, bytes, or parts of bytes one after the other. */
export type Content = string | Uint8Array | readonly Uint8Array[];

/** Writes a file such that at each moment, also after a crash, there is either the old one or the whole new one: into
 *  `<path>.partial`, flushed to disk, then renamed. Makes the folders it is in. Throws `file`; the old file
 *  survives. */
export async function writeAtomic(path: string, content: Content): Promise<void> {
  await writeTogether([{ path, content }]);
}

/** Writes several files as `writeAtomic` does, and renames none before all are on disk and can take their places: what
 *  goes wrong before leaves all old files. */
export async function writeTogether(
  files: readonly { readonly path: string; readonly content: Content }[],
): Promise<void> {
  let current = "";
  try {
    for (const { path, content } of files) {
      current = path;
      await writePartial(path, content);
      if (await isDirectory(path)) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    }
    for (const { path } of files) {
      current = path;
      await rename(partialOf(path), path);
    }
  } catch (cause) {
    // The first error is the one to tell.
    for (const { path } of files) await rm(partialOf(path), { force: true }).catch(() => {});
    throw writeError(cause, current);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

const partialOf = (path: string) => `${path}.partial`;

async function writePartial(path: string, content: Content): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(partialOf(path), "w");
  try {
    const chunks = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
    for (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether there is something at `path`. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** What the file system's error about writing `path` means: an OnebitError `file`. */
export function writeError(cause: unknown, path: string): OnebitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "no permission",
    EPERM: "no permission",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EISDIR: "it is a directory",
    ENOTDIR: "a part of its path is a file, not a directory",
    EEXIST: "its directory is a file",
  };
  return new OnebitError("file", `${path} cannot be written: ${reasons[code ?? ""] ?? message}`, undefined, { cause });
}
