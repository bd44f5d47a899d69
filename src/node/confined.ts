/** Files of a folder that someone else wrote. */

import { constants } from "node:fs";
import { lstat, open, realpath, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { OnebitError } from "../core/errors.ts";
import { fileError, readOpened } from "./read.ts";

/** The bytes of the file `name` in `folder`; undefined when there is none. Only regular files within the folder itself are
 *  read: no links, also none among the folders of `name`, no pipes, devices or sockets, and none of more than `most`
 *  bytes. A file that changes places with another one in between is looked at once more when it is open, and never
 *  waited for. Throws `file`. */
export async function readConfined(folder: string, name: string, most: number): Promise<Uint8Array | undefined> {
  const path = join(folder, name);
  try {
    if (!isPlainPath(name)) throw new OnebitError("file", `${JSON.stringify(name)} is no name of a file in ${folder}`);
    // A device may do something when it is opened, so it is looked at before.
    checkRegular(await lstat(path), path);
    await checkInside(folder, name);
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      checkRegular(found, path);
      await checkInside(folder, name);
      if (found.size > most) {
        throw new OnebitError("file", `${path} has ${found.size} bytes, more than the ${most} that it may have`);
      }
      return await readOpened(file, found.size, (_, size) => size);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof OnebitError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && (await isFolder(folder))) return undefined;
    throw fileError(cause, path);
  }
}

/** Words between single slashes: no "..", no root, no drive, no name that some system reserves for a device. */
export function isPlainPath(name: string): boolean {
  return name.length <= 255 && name.split("/").every((word) => PLAIN.test(word) && !DEVICE.test(word));
}

const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function checkRegular(found: { isFile(): boolean }, path: string): void {
  if (found.isFile()) return;
  throw new OnebitError(
    "file",
    `${path} is not a regular file`,
    "Links, pipes, devices and folders are not read here.",
  );
}

/** Throws unless the folders of `name` are where they seem to be. */
async function checkInside(folder: string, name: string): Promise<void> {
  const parent = dirname(name);
  if (parent === "." || relative(await realpath(folder), await realpath(join(folder, parent))) === join(parent)) return;
  throw new OnebitError("file", `${join(folder, parent)} is a link`, "Links are not followed here.");
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
