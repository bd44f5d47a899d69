/** Grey pictures as PGM files: a header in text and one number a pixel, in text (P2) or in bytes (P5). Of several pictures in
 *  a file the first is read. */

import { OnebitError } from "../core/errors.ts";
import { bytesText, checkPixels, type Extent, FIRST_BYTES } from "../core/limits.ts";
import type { GreyPicture } from "./grey.ts";

/** The picture of a PGM file, its values scaled to 0 … 255. `name` is the file's name, for messages. Throws `data` when it is no
 *  intact PGM file or has more pixels than are read. */
export function decodePgm(bytes: Uint8Array, name: string): GreyPicture {
  const { plain, width, height, greatest, length } = readHeader(bytes, name);
  const size = width * height;
  const wide = greatest > 255;
  const words = plain ? new Words(bytes, length) : undefined;
  const truncated = () => new OnebitError("data", `${name} is truncated: ${width} × ${height} values are not there`);
  if (bytes.length - length < leastBytes(plain, size, wide)) throw truncated();
  const pixels = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    let value: number | undefined;
    if (words !== undefined) {
      const word = words.next();
      if (word === "") throw truncated();
      value = /^\d{1,9}$/.test(word) ? Number(word) : undefined;
      if (value === undefined) {
        const shown = JSON.stringify(word.slice(0, 20));
        throw new OnebitError(
          "data",
          `${name} has ${shown} at pixel ${i}, which is not a whole number 0 … ${greatest}`,
        );
      }
    } else {
      value = wide ? bytes[length + 2 * i]! * 256 + bytes[length + 2 * i + 1]! : bytes[length + i]!;
    }
    if (value > greatest) {
      throw new OnebitError("data", `${name} has the value ${value} at pixel ${i}, not 0 … ${greatest}`);
    }
    pixels[i] = Math.round((255 * value) / greatest);
  }
  return { width, height, pixels };
}

/** Reads of a PGM file its first picture, when its header is right and it is long enough for it. Throws `data`. */
export function pgmExtent(name: string): Extent {
  return (start, size) => {
    if (start.length === 0) return FIRST_BYTES;
    const { plain, width, height, greatest, length } = readHeader(start, name);
    const pixels = width * height;
    const least = length + leastBytes(plain, pixels, greatest > 255);
    if (size < least) throw new OnebitError("data", `${name} is truncated: ${width} × ${height} values are not there`);
    if (!plain) return least;
    const most = 16 * pixels + FIRST_BYTES; // for numbers that are aligned and explained
    if (size <= most) return size;
    const picture = `a picture of ${width} × ${height}`;
    throw new OnebitError("data", `${name} has ${bytesText(size)}; at most ${bytesText(most)} are read of ${picture}`);
  };
}

/** In text, a digit and a space for each but the last. */
function leastBytes(plain: boolean, pixels: number, wide: boolean): number {
  return plain ? 2 * pixels - 1 : (wide ? 2 : 1) * pixels;
}

interface Header {
  /** In text. */
  readonly plain: boolean;
  readonly width: number;
  readonly height: number;
  readonly greatest: number;
  /** Bytes before the first value. */
  readonly length: number;
}

/** Magic, width, height and greatest value, with white space and comments (# to the end of the line) between them, then one
 *  white space. */
function readHeader(bytes: Uint8Array, name: string): Header {
  const magic = String.fromCharCode(...bytes.subarray(0, 2));
  const words = new Words(bytes.subarray(0, FIRST_BYTES), 2);
  const numbers = [words.next(), words.next(), words.next()];
  const apart = isSpace(bytes[2] ?? 0) || bytes[2] === HASH;
  const ended = isSpace(bytes[words.position] ?? 0);
  if (!/^P[25]$/.test(magic) || !apart || !ended || !numbers.every((word) => /^\d{1,9}$/.test(word))) {
    throw new OnebitError(
      "data",
      `${name} is not a PGM file: its header is not P2 or P5, width, height and greatest value`,
    );
  }
  const [width, height, greatest] = numbers.map(Number) as [number, number, number];
  checkPixels(width, height, name);
  if (greatest < 1 || greatest > 65535) {
    throw new OnebitError("data", `${name} claims values of 0 … ${greatest}; a PGM file has 0 … 65535`);
  }
  return { plain: magic === "P2", width, height, greatest, length: words.position + 1 };
}

const HASH = 0x23;
const NEWLINE = 0x0a;
const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** The words of a text of single bytes, without comments. */
class Words {
  readonly #bytes: Uint8Array;
  /** Behind the last word. */
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** The next word, at most 20 characters of it; "" at the end. */
  next(): string {
    const bytes = this.#bytes;
    let at = this.position;
    for (let comment = false; at < bytes.length; at++) {
      if (comment) comment = bytes[at] !== NEWLINE;
      else if (bytes[at] === HASH) comment = true;
      else if (!isSpace(bytes[at]!)) break;
    }
    const start = at;
    while (at < bytes.length && !isSpace(bytes[at]!) && bytes[at] !== HASH) at++;
    this.position = at;
    return String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 20)));
  }
}
