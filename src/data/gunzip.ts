/** Decompresses gzip (RFC 1952) in any host, and takes no more memory than it is allowed to. */

import { Gunzip, gunzipSync } from "fflate";
import { concat } from "../core/bytes.ts";
import { OnebitError } from "../core/errors.ts";

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The content of a gzip file of one member, whose length `lengthOf` reads from the content's first `needed` bytes
 *  (or more, or all that there are). So a small file cannot claim all memory. `name` is the file's name, for
 *  messages. Content that is shorter than that length is returned as it is.
 *  Throws `data` when the file is damaged or its content is longer, and what `lengthOf` throws. */
export function gunzip(
  bytes: Uint8Array,
  needed: number,
  lengthOf: (start: Uint8Array) => number,
  name: string,
): Uint8Array {
  const start = attempt(() => startOf(bytes, needed), name);
  const readable = start.length >= needed;
  const length = readable ? lengthOf(start) : needed;
  // Room for one byte too many shows whether there are any; what does not fit is dropped.
  const room = new Uint8Array(Math.min(length, MAX_RATIO * bytes.length) + 1);
  const content = attempt(() => inflate(bytes, room, name), name);
  if (readable && content.length > length) throw tooLong(name);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  if (trailer.getUint32(0, true) !== crc32(content)) throw damaged(name, "its checksum does not match its content");
  if (!readable && content.length > lengthOf(content)) throw tooLong(name);
  return content;
}

/** Bytes that are decompressed at once to find the content's beginning: 4 MiB at most. */
const PIECE = 4096;
/** A byte of deflate stands for 1,032 bytes at most. */
const MAX_RATIO = 1032;

/** The first bytes of the content, `needed` of them or all that there are. */
function startOf(bytes: Uint8Array, needed: number): Uint8Array {
  let start: Uint8Array = new Uint8Array(0);
  const stream = new Gunzip((chunk) => {
    start = concat([start, chunk]);
  });
  for (let from = 0; from < bytes.length && start.length < needed; from += PIECE) {
    stream.push(bytes.subarray(from, from + PIECE));
  }
  return start;
}

function inflate(bytes: Uint8Array, out: Uint8Array<ArrayBuffer>, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, { out });
  } catch (cause) {
    // A stored block that does not fit into `out`.
    if (cause instanceof RangeError) throw tooLong(name);
    throw cause;
  }
}

function attempt<T>(run: () => T, name: string): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof OnebitError ? cause : damaged(name, (cause as Error).message, cause);
  }
}

function tooLong(name: string): OnebitError {
  return new OnebitError("data", `${name} is too long: it decompresses to more than its header says`);
}

function damaged(name: string, why: string, cause?: unknown): OnebitError {
  return new OnebitError("data", `${name} is not an intact gzip file: ${why}`, "Copy or download it again.", { cause });
}

/** CRC-32 of gzip, PNG and Ethernet: polynomial 0x04c11db7, bits reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
