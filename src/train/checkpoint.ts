/** A checkpoint: everything that a run needs to go on as if it had not stopped.
 *
 *  magic "onebitck" · u32 version · u32 header length · header (JSON) · arrays f32 · SHA-256 of all before.
 *  Little-endian; the header names the arrays in order. Version 2 held a recipe (`config`) in place of plan and shape. */

import type { Plan } from "../config/config.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { isObject } from "../core/json.ts";
import { bytesText, type Extent, FIRST_BYTES } from "../core/limits.ts";
import type { Shape } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import { type CheckpointHeader, parseHeader } from "./checkpoint-header.ts";
import type { EpochRow } from "./metrics.ts";

/** What a checkpoint holds. */
export interface Checkpoint {
  readonly plan: Plan;
  readonly shape: Shape;
  readonly classes: readonly string[];
  /** Digest of the training samples and labels; null of a network that was never given any. */
  readonly data: string | null;
  /** Epochs and steps that are done. */
  readonly epoch: number;
  readonly steps: number;
  readonly rows: readonly EpochRow[];
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

const MAGIC = "onebitck";
const VERSION = 3;
const PREFIX = 16;
const DIGEST = 32;

export function encodeCheckpoint({ arrays, ...rest }: Checkpoint): Uint8Array {
  const list = [...arrays].map(([name, values]) => ({ name, length: values.length }));
  const text = JSON.stringify({ ...rest, arrays: list });
  // Spaces bring the arrays to a multiple of 4, where they can be viewed in place.
  const encoded = new TextEncoder().encode(text);
  const header = new Uint8Array(Math.ceil(encoded.length / 4) * 4).fill(32);
  header.set(encoded);
  const floats = list.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(PREFIX + header.length + 4 * floats + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, PREFIX);
  let offset = PREFIX + header.length;
  for (const values of arrays.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  bytes.set(sha256(bytes.subarray(0, offset)), offset);
  return bytes;
}

/** Reads a checkpoint and checks all of it: checksum, lengths, configuration, shapes, and that each number is finite. `name` names
 *  it in messages. Throws `argument` for anything but bytes, `checkpoint` when it is not one, of a newer version, truncated,
 *  altered or inconsistent. */
export function decodeCheckpoint(bytes: Uint8Array, name = "the checkpoint"): Checkpoint {
  if (!(bytes instanceof Uint8Array)) {
    const hint = "trainer.checkpoint() gives its bytes.";
    throw new OnebitError("argument", `${name} is ${typeName(bytes)}, not a Uint8Array`, hint);
  }
  const { version, body } = readPrefix(bytes, bytes.length, name);
  const end = bytes.length - DIGEST;
  const digest = sha256(bytes.subarray(0, end));
  if (!digest.every((byte, i) => byte === bytes[end + i])) throw damaged(name, bytes.length);
  const { arrays: list, ...rest } = readHeader(bytes.subarray(PREFIX, body), version, bytes.length - body, name);
  const arrays = new Map<string, Float32Array>();
  let offset = body;
  for (const { name: array, length } of list) {
    const values = new Float32Array(bytes.slice(offset, offset + 4 * length).buffer);
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw inconsistent(name, `number ${odd} of ${array} is ${values[odd]}`);
    arrays.set(array, values);
    offset += 4 * length;
  }
  return { ...rest, arrays };
}

/** A checkpoint that may be decoded already. Throws as `decodeCheckpoint` does. */
export function decoded(checkpoint: Uint8Array | Checkpoint): Checkpoint {
  return isObject(checkpoint) && "arrays" in checkpoint
    ? (checkpoint as unknown as Checkpoint)
    : decodeCheckpoint(checkpoint as Uint8Array);
}

/** Reads a checkpoint only when its header is right and it is as long as that says. Throws `checkpoint`. */
export function checkpointExtent(name: string): Extent {
  return (start, size) => {
    if (start.length === 0) return FIRST_BYTES;
    const { version, body } = readPrefix(start, size, name);
    if (start.length < body) return body;
    readHeader(start.subarray(PREFIX, body), version, size - body, name);
    return size;
  };
}

/** Rows of 100,000 epochs take half of it. */
export const MAX_HEADER = 2 ** 26;

/** The version, and where the header ends, of a checkpoint of `size` bytes. */
function readPrefix(start: Uint8Array, size: number, name: string): { version: number; body: number } {
  if (new TextDecoder().decode(start.subarray(0, 8)) !== MAGIC) {
    throw new OnebitError("checkpoint", `${name} is not a checkpoint of onebit: its first bytes are not “onebitck”`);
  }
  if (start.length < PREFIX || size < PREFIX + DIGEST) throw damaged(name, size);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const version = view.getUint32(8, true);
  if (version !== VERSION && version !== 2) {
    throw new OnebitError("checkpoint", `${name} has version ${version}, this onebit reads 2 and ${VERSION}`);
  }
  const length = view.getUint32(12, true);
  if (PREFIX + length + DIGEST > size) throw damaged(name, size);
  if (length > MAX_HEADER) {
    throw inconsistent(name, `its header takes ${bytesText(length)}, and ${bytesText(MAX_HEADER)} are read`);
  }
  return { version, body: PREFIX + length };
}

/** The header, checked against the `rest` of the file's bytes. */
function readHeader(bytes: Uint8Array, version: number, rest: number, name: string): CheckpointHeader {
  const header = parseHeader(bytes, version, (what) => inconsistent(name, what));
  const floats = header.arrays.reduce((sum, { length }) => sum + length, 0);
  if (4 * floats + DIGEST === rest) return header;
  throw inconsistent(name, `its arrays of ${floats} numbers take ${4 * floats} bytes, but ${rest - DIGEST} are there`);
}

function damaged(name: string, size: number): OnebitError {
  return new OnebitError("checkpoint", `${name} is truncated or altered (${size} bytes)`, "Start the run anew.");
}

function inconsistent(name: string, what: string): OnebitError {
  return new OnebitError("checkpoint", `${name} is inconsistent: ${what}`, "Start the run anew.");
}
