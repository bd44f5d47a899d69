/** The IDX format of the MNIST files, for unsigned bytes: arrays of 1 to 4 dimensions, as they are or gzipped.
 *
 *    bytes 0–1      0
 *    byte  2        element type; 0x08 is the unsigned byte
 *    byte  3        number of dimensions, d
 *    d × 4 bytes    the dimensions, unsigned 32-bit big-endian
 *    the rest       the elements, the last dimension running fastest
 *
 *  So grey pictures start with 00 00 08 03 and labels with 00 00 08 01. (LeCun, Cortes and Burges, "The MNIST database".) */

import { OnebitError } from "../core/errors.ts";
import { bytesText, type Extent, FIRST_BYTES, MAX_FILE } from "../core/limits.ts";
import type { Shape } from "../core/shape.ts";
import { gunzip, gunzipStart, isGzip } from "../inflate/gunzip.ts";

/** `values` holds the product of `dimensions` elements, row-major. */
export interface IdxArray {
  readonly dimensions: readonly number[];
  readonly values: Uint8Array;
}

/** Throws when an array of these dimensions is not what is wanted. */
export type DimensionsCheck = (dimensions: readonly number[]) => void;

/** The array that an IDX file holds. `bytes` is the whole file, gzip is recognized by its first two bytes; `name` is
 *  the file's name, for messages. `values` is a view of `bytes` when those are not compressed. `check` is called before
 *  anything but the header is decompressed.
 *  Throws `data` when the file is empty, broken, truncated, too long, or holds something other than unsigned bytes. */
export function parseIdx(bytes: Uint8Array, name: string, check: DimensionsCheck = () => {}): IdxArray {
  if (bytes.length === 0) throw new OnebitError("data", `${name} is empty`);
  const headerOf = (start: Uint8Array) => {
    const header = readHeader(start, name);
    check(header.dimensions);
    return header;
  };
  const raw = isGzip(bytes) ? gunzip(bytes, LONGEST_HEADER, (start) => headerOf(start).length, name) : bytes;
  const header = headerOf(raw);
  checkLength(header, raw.length, name);
  const { dimensions, offset, length } = header;
  return { dimensions, values: new Uint8Array(raw.buffer, raw.byteOffset + offset, length - offset) };
}

/** Reads an IDX file, gzipped or not, only when its header is right and it is as long as that says. Throws as `parseIdx`
 *  does. */
export function idxExtent(name: string, check: DimensionsCheck = () => {}): Extent {
  return (start, size) => {
    if (start.length === 0) return FIRST_BYTES;
    const zipped = isGzip(start);
    const header = readHeader(zipped ? gunzipStart(start, LONGEST_HEADER, name) : start, name);
    check(header.dimensions);
    if (!zipped) checkLength(header, size, name);
    else if (size > 2 * header.length + FIRST_BYTES) {
      const content = `${header.dimensions.join(" × ")} values`;
      throw new OnebitError("data", `${name} is too long: ${content} never take ${bytesText(size)} in gzip`);
    }
    return size;
  };
}

function checkLength({ dimensions, length }: Header, actual: number, name: string): void {
  if (actual === length) return;
  const fault = actual < length ? "truncated" : "too long";
  const text = `${dimensions.join(" × ")} values take ${length} bytes`;
  throw new OnebitError("data", `${name} is ${fault}: ${text}, it has ${actual}`);
}

/** The uncompressed IDX file of an array: the inverse of `parseIdx`. Throws as `idxHeader` does, and `shape` when
 *  `values` is not as long as the dimensions say. */
export function encodeIdx(dimensions: readonly number[], values: Uint8Array): Uint8Array {
  const header = idxHeader(dimensions);
  const expected = product(dimensions);
  if (values.length !== expected) {
    throw new OnebitError("shape", `${dimensions.join(" × ")} is ${expected} values, not ${values.length}`);
  }
  const bytes = new Uint8Array(header.length + values.length);
  bytes.set(header);
  bytes.set(values, header.length);
  return bytes;
}

/** The first 4 + 4 d bytes of the IDX file of an array of d dimensions.
 *  Throws `argument` when d is not 1 … 4 or a dimension is not an integer in 1 … 2³² − 1. */
export function idxHeader(dimensions: readonly number[]): Uint8Array {
  const fits = (size: number) => Number.isInteger(size) && size >= 1 && size <= 0xffff_ffff;
  if (dimensions.length < 1 || dimensions.length > MAX_DIMENSIONS || !dimensions.every(fits)) {
    throw new OnebitError("argument", `an IDX array takes 1 to 4 positive dimensions, not [${dimensions.join(", ")}]`);
  }
  const header = new Uint8Array(4 + 4 * dimensions.length);
  header.set([0, 0, UNSIGNED_BYTE, dimensions.length]);
  const view = new DataView(header.buffer);
  for (const [i, size] of dimensions.entries()) view.setUint32(4 + 4 * i, size);
  return header;
}

/** The shape of the samples that an IDX array holds: of count × features [features], of count × height × width grey
 *  pictures [height, width, 1], of count × height × width × channels pictures [height, width, channels]. Undefined
 *  of one dimension, which holds labels. */
export function sampleShape([, ...shape]: readonly number[]): Shape | undefined {
  if (shape.length === 0) return undefined;
  return shape.length === 2 ? [...shape, 1] : shape;
}

const MAX_DIMENSIONS = 4;
const LONGEST_HEADER = 4 + 4 * MAX_DIMENSIONS;
const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: "signed bytes",
  11: "16-bit integers",
  12: "32-bit integers",
  13: "32-bit floats",
  14: "64-bit floats",
};

interface Header {
  readonly dimensions: readonly number[];
  /** Bytes before the first value. */
  readonly offset: number;
  /** Bytes of the whole uncompressed file. */
  readonly length: number;
}

/** `raw` need not hold more than the header. */
function readHeader(raw: Uint8Array, name: string): Header {
  if (raw.length < 4) {
    throw new OnebitError("data", `${name} is truncated: an IDX header takes 4 bytes or more, it has ${raw.length}`);
  }
  const magic = Array.from(raw.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (raw[0] !== 0 || raw[1] !== 0) {
    throw new OnebitError(
      "data",
      `${name} is not an IDX file: it starts with ${magic}`,
      "IDX files of grey pictures start with 00 00 08 03, those of labels with 00 00 08 01.",
    );
  }
  const type = raw[2]!;
  if (type !== UNSIGNED_BYTE) {
    const what = OTHER_TYPES[type] ?? `elements of the unknown type 0x${type.toString(16).padStart(2, "0")}`;
    throw new OnebitError("data", `${name} holds ${what}; onebit reads unsigned bytes (its magic is ${magic})`);
  }
  const rank = raw[3]!;
  if (rank < 1 || rank > MAX_DIMENSIONS) {
    throw new OnebitError("data", `${name} has ${rank} dimensions; onebit reads 1 to ${MAX_DIMENSIONS}`);
  }
  const offset = 4 + 4 * rank;
  if (raw.length < offset) {
    throw new OnebitError("data", `${name} is truncated: its header takes ${offset} bytes, it has ${raw.length}`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (dimensions.includes(0)) {
    throw new OnebitError("data", `${name} holds nothing: its dimensions are ${dimensions.join(" × ")}`);
  }
  const length = offset + product(dimensions);
  if (length > MAX_FILE) {
    throw new OnebitError("data", `${name} claims ${dimensions.join(" × ")} values, more than 2 GiB`);
  }
  return { dimensions, offset, length };
}

/** Up to 4 factors below 2³²: may be inexact above 2⁵³, but never small again. */
function product(dimensions: readonly number[]): number {
  return dimensions.reduce((a, b) => a * b, 1);
}
