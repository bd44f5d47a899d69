/** How much is read of a file that anyone may have made. Memory is taken for what a file's header rightly asks, and never
 *  because a few bytes say so. docs/format.md lists the limits of all formats. */

import { OnebitError } from "./errors.ts";

/** How much of a file to read, decided by how it begins: given the `start` that has been read so far, nothing at first, and
 *  the `size` of the whole file, the number of bytes to have read next. When there are so many already, or the whole file,
 *  it is read. Throws an OnebitError when the file cannot be what it begins like: that costs no more than its start. */
export type Extent = (start: Uint8Array, size: number) => number;

/** Bytes of any file that is read. */
export const MAX_FILE = 2 ** 31 - 1;

/** Bytes of a file of JSON or another text: configurations, manifests, results, rows. */
export const MAX_TEXT = 2 ** 26;

/** Pixels of a picture that is read from a file; photographs have up to 50 million. */
export const MAX_PIXELS = 2 ** 26;
/** Of each side: a reader holds a row or two beside the picture. */
export const MAX_SIDE = 2 ** 20;

/** Bytes that tell what a file is and how long it has to be. */
export const FIRST_BYTES = 65_536;

/** The whole of a file of up to `limit` bytes. Throws `file` for a longer one. `name` is the file's, for messages. */
export function atMost(limit: number, name: string): Extent {
  return (_, size) => {
    if (size <= limit) return size;
    throw new OnebitError(
      "file",
      `${name} has ${bytesText(size)}; at most ${bytesText(limit)} are read of such a file`,
    );
  };
}

/** Throws `data` unless a picture has 1 … MAX_PIXELS pixels, and up to MAX_SIDE a side. */
export function checkPixels(width: number, height: number, name: string): void {
  const pixels = width * height; // never rounded to something allowed
  const [most, longest] = [MAX_PIXELS.toLocaleString("en"), MAX_SIDE.toLocaleString("en")];
  const fault = (limit: string, hint?: string) =>
    new OnebitError("data", `${name} claims ${width} × ${height} pixels; ${limit}`, hint);
  if (pixels < 1) throw fault("there must be some");
  if (pixels > MAX_PIXELS) throw fault(`1 … ${most} are read`, "Scale it down.");
  if (Math.max(width, height) > MAX_SIDE) throw fault(`a side has ${longest} at most`, "Scale it down.");
}

/** "3 bytes", "64 MiB", "1.5 GiB" */
export function bytesText(count: number): string {
  const power = Math.min(3, Math.max(0, Math.floor(Math.log2(count) / 10)));
  if (power === 0) return `${count} bytes`;
  return `${Number((count / 1024 ** power).toFixed(1))} ${["KiB", "MiB", "GiB"][power - 1]}`;
}
