/** A checkpoint: everything that a run needs to go on as if it had not stopped.
 *
 *  magic "onebitck" · u32 version · u32 header length · header (JSON) · arrays f32 · SHA-256 of all before.
 *  Little-endian; the header names the arrays in order. Version 2 held a recipe (`config`) in place of plan and shape. */

import { type Plan, parsePlan } from "../config/config.ts";
import { expand } from "../config/expand.ts";
import { parseRecipe } from "../config/recipe.ts";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Shape } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
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

/** Reads a checkpoint; `name` names it in messages. Throws `argument` for anything but bytes, `checkpoint` when it is not one,
 *  of a newer version, truncated or altered. */
export function decodeCheckpoint(bytes: Uint8Array, name = "the checkpoint"): Checkpoint {
  if (!(bytes instanceof Uint8Array)) {
    const hint = "trainer.checkpoint() gives its bytes.";
    throw new OnebitError("argument", `${name} is ${typeName(bytes)}, not a Uint8Array`, hint);
  }
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new OnebitError("checkpoint", `${name} is not a checkpoint of onebit: its first bytes are not “onebitck”`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = () =>
    new OnebitError("checkpoint", `${name} is truncated or altered (${bytes.length} bytes)`, "Start the run anew.");
  if (bytes.length < PREFIX + DIGEST) throw damaged();
  const version = view.getUint32(8, true);
  if (version !== VERSION && version !== 2) {
    throw new OnebitError("checkpoint", `${name} has version ${version}, this onebit reads 2 and ${VERSION}`);
  }
  const end = bytes.length - DIGEST;
  const digest = sha256(bytes.subarray(0, end));
  if (!digest.every((byte, i) => byte === bytes[end + i])) throw damaged();
  let offset = PREFIX + view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, offset))) as Header;
  const arrays = new Map<string, Float32Array>();
  for (const { name, length } of header.arrays) {
    arrays.set(name, new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * length)).buffer));
    offset += 4 * length;
  }
  if (offset !== end) throw damaged();
  const rest = version === 2 ? fromVersion2(header as unknown as Header2, name) : header;
  return { ...rest, plan: parsePlan(rest.plan, name), arrays };
}

type Header = Omit<Checkpoint, "arrays"> & { readonly arrays: readonly { name: string; length: number }[] };

interface Header2 {
  readonly config: unknown;
  readonly images: string;
  readonly epoch: number;
  readonly rows: readonly EpochRow[];
}

function fromVersion2({ config, images, epoch, rows }: Header2, name: string): Omit<Checkpoint, "arrays"> {
  const recipe = parseRecipe(config, name);
  const { data: _d, epochs: _e, targetAccuracy: _t, patience: _p, ...plan } = expand(recipe);
  const classes = numberedClasses(recipe.layers.at(-1)!);
  return { plan, shape: [recipe.layers[0]!], classes, data: images, epoch, steps: 0, rows };
}
