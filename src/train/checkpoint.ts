/** A checkpoint: everything that a run needs to go on as if it had not stopped.
 *
 *  magic "onebitck" · u32 version · u32 header length · header (JSON) · arrays f32 · SHA-256 of all before.
 *  Little-endian; the header names the arrays in order. */

import type { RunConfig } from "../config/config.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { EpochRow } from "./metrics.ts";

export interface Checkpoint {
  readonly config: RunConfig;
  /** Digest of the training images and labels. */
  readonly images: string;
  /** Epochs that are done. */
  readonly epoch: number;
  readonly rows: readonly EpochRow[];
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

const MAGIC = "onebitck";
const VERSION = 2;
const PREFIX = 16;
const DIGEST = 32;

export function encodeCheckpoint({ config, images, epoch, rows, arrays }: Checkpoint): Uint8Array {
  const list = [...arrays].map(([name, values]) => ({ name, length: values.length }));
  const text = JSON.stringify({ config, images, epoch, rows, arrays: list });
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

/** Reads a checkpoint; `name` names it in messages. Throws `checkpoint` when it is none, of another version, truncated or altered. */
export function decodeCheckpoint(bytes: Uint8Array, name = "the checkpoint"): Checkpoint {
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new OnebitError("checkpoint", `${name} is no checkpoint of onebit: its first bytes are not “onebitck”`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = () =>
    new OnebitError("checkpoint", `${name} is truncated or altered (${bytes.length} bytes)`, "Start the run anew.");
  if (bytes.length < PREFIX + DIGEST) throw damaged();
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new OnebitError("checkpoint", `${name} has version ${version}, this onebit reads ${VERSION}`);
  }
  const end = bytes.length - DIGEST;
  const digest = sha256(bytes.subarray(0, end));
  if (!digest.every((byte, i) => byte === bytes[end + i])) throw damaged();
  let offset = PREFIX + view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, offset))) as Omit<Checkpoint, "arrays"> & {
    arrays: { name: string; length: number }[];
  };
  const arrays = new Map<string, Float32Array>();
  for (const { name, length } of header.arrays) {
    arrays.set(name, new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * length)).buffer));
    offset += 4 * length;
  }
  if (offset !== end) throw damaged();
  return { ...header, arrays };
}
