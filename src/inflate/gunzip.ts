/** Decompresses gzip (RFC 1952) in any host, and takes no more memory than it is allowed to. */

import { Gunzip } from "fflate";
import { concat } from "../core/bytes.ts";
import { OnebitError } from "../core/errors.ts";
import { crc32 } from "./crc32.ts";
import { MAX_RATIO, piecesOf } from "./pieces.ts";

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The content of a gzip file, of all its members, whose length `lengthOf` reads from the content's first `needed` bytes
 *  (or more, or all that there are): before much of it is decompressed. So a small file cannot claim all memory.
 *  `name` is the file's name, for messages. Content that is shorter than that length is returned as it is.
 *  Throws `data` when the file is damaged or its content is longer, and what `lengthOf` throws. */
export function gunzip(
  bytes: Uint8Array,
  needed: number,
  lengthOf: (start: Uint8Array) => number,
  name: string,
): Uint8Array {
  let start: Uint8Array = new Uint8Array(0);
  let room: Uint8Array | undefined;
  let length = 0;
  let filled = 0;
  const store = (chunk: Uint8Array) => {
    if (room === undefined) {
      start = concat([start, chunk]);
      if (start.length < needed) return;
      length = lengthOf(start);
      room = new Uint8Array(Math.min(length, MAX_RATIO * bytes.length));
      chunk = start;
    }
    if (filled + chunk.length > length) throw tooLong(name);
    room.set(chunk, filled);
    filled += chunk.length;
  };
  eachChunk(bytes, name, store);
  if (room !== undefined) return room.subarray(0, filled);
  if (start.length > lengthOf(start)) throw tooLong(name);
  return start;
}

/** The first `needed` bytes of the content of a gzip file that begins with `start`, or what there is of them. Throws `data`
 *  when it is damaged. */
export function gunzipStart(start: Uint8Array, needed: number, name: string): Uint8Array {
  let content: Uint8Array = new Uint8Array(0);
  const stream = new Gunzip((chunk) => {
    content = concat([content, chunk]);
  });
  attempt(name, () => {
    for (const piece of piecesOf(start)) if (content.length < needed) stream.push(piece);
  });
  return content.subarray(0, needed);
}

/** Calls `take` with the content, chunk by chunk, and compares each member's checksum and length. */
function eachChunk(bytes: Uint8Array, name: string, take: (chunk: Uint8Array) => void): void {
  let crc = 0;
  let size = 0;
  const stream = new Gunzip((chunk) => {
    crc = crc32(chunk, crc);
    size += chunk.length;
    take(chunk);
  });
  const endMember = (end: number) => {
    if (end < TRAILER) throw damaged(name, "it ends too early");
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end - TRAILER, TRAILER);
    if (trailer.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== size >>> 0) {
      throw damaged(name, "its checksum does not match its content");
    }
    crc = 0;
    size = 0;
  };
  stream.onmember = endMember;
  attempt(name, () => {
    for (const piece of piecesOf(bytes)) stream.push(piece);
    stream.push(new Uint8Array(0), true);
  });
  endMember(bytes.length);
}

/** Behind each member: its CRC-32 and its length modulo 2³². */
const TRAILER = 8;

function attempt(name: string, run: () => void): void {
  try {
    run();
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
