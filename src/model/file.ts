/** The `.onebit` file. docs/format.md describes it byte by byte, with a reader in Python.
 *
 *    8 bytes   magic, 89 6F 6E 65 62 69 74 0A ("\x89onebit\n")
 *    u32       version of the format, 2                        (numbers are little-endian)
 *    u32       length of the header in bytes
 *    header    canonical JSON: classes (if named), encoder, hash, info, layers, shape
 *    weights   all layers, row after row, one bit stream; the last byte is filled up with 0
 *    T         thresholds of all hidden layers, `thresholdBits` bits each, one bit stream; filled up likewise
 *    scores    int32 A, int32 B of each class
 *    32 bytes  SHA-256 of all bytes before the weights
 *
 *  The header's hash covers weights, thresholds and scores, the digest at the end covers the header: each byte is hashed
 *  once. In version 1, which is still read, the digest covered the body too. */

import { concat } from "../core/bytes.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256, sha256Hex, toHex } from "../core/hash.ts";
import { canonicalJson, isObject, type JsonObject } from "../core/json.ts";
import { bytesText, type Extent, FIRST_BYTES } from "../core/limits.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { type BodySizes, bodySizes, readBody, scoreBytes, thresholdStream, weightStream } from "./body.ts";
import { checkModel } from "./check.ts";
import { checkClasses, storedClasses } from "./classes.ts";
import { hashedContent } from "./hash.ts";
import { classesOf, type FrozenEncoder, type FrozenModel } from "./model.ts";
import { describeLayers, parseEncoder, parseLayers, parseShape, parseWidths } from "./parse.ts";

/** What travels with a model but is not part of it: how it was trained, its accuracy, its licence. Plain JSON. */
export interface ModelInfo extends JsonObject {}

/** What a `.onebit` file holds. */
export interface ModelFile {
  readonly model: FrozenModel;
  readonly info: ModelInfo;
  /** `modelHash(model)` */
  readonly hash: string;
  /** A name a class; "0", "1", … unless given. */
  readonly classes?: readonly string[];
}

/** The bytes of a model's file; the same for the same model, info and names of classes.
 *  Throws `model` when the model is inconsistent or has another number of classes, `argument` when `info` is not plain
 *  JSON or takes more than 1 MiB. */
export function encodeModel(model: FrozenModel, info: ModelInfo = {}, classes?: readonly string[]): Uint8Array {
  checkModel(model);
  if (classes !== undefined) checkClasses(classes, classesOf(model));
  const names = storedClasses(classes);
  const [weights, scores] = [weightStream(model), scoreBytes(model)];
  const header = new TextEncoder().encode(
    canonicalJson({
      ...(names && { classes: names }),
      encoder: model.encoder,
      hash: sha256Hex(...hashedContent(model, weights, scores)),
      info,
      layers: describeLayers(model),
      shape: model.shape,
    }),
  );
  if (header.length > MAX_HEADER) {
    throw new OnebitError(
      "argument",
      `info and names of classes take ${bytesText(header.length)}; a file has room for ${bytesText(MAX_HEADER)} of JSON`,
    );
  }
  const start = new Uint8Array(START);
  start.set(MAGIC);
  const view = new DataView(start.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.length, true);
  return concat([start, header, weights, thresholdStream(model), scores, sha256(start, header)]);
}

/** The model of a file, checked: magic, version, SHA-256, sizes against the file's length (before anything is allocated),
 *  the model's hash and consistency. `name` is the file's name, for messages. Throws `model`. */
export function decodeModel(bytes: Uint8Array, name?: string): ModelFile {
  const decoder = decoding(bytes, name);
  let step = decoder.next();
  while (!step.done) step = decoder.next(sha256(...step.value));
  return step.value;
}

/** `decodeModel`, for hosts to hash as they like: it yields what to hash, as parts of one content, and takes its SHA-256. */
export function* decoding(
  bytes: Uint8Array,
  name = "the model file",
): Generator<readonly Uint8Array[], ModelFile, Uint8Array> {
  const fault = faultOf(name);
  const altered = (what: string) => fault(`is truncated or altered: ${what}`, "Copy the file again.");
  const { version, bodyStart } = readPrefix(bytes, bytes.length, fault);
  const end = bytes.length - DIGEST;
  const digest = yield [bytes.subarray(0, version === 1 ? end : bodyStart)];
  if (!digest.every((byte, i) => byte === bytes[end + i])) throw altered("its SHA-256 does not match its content");
  const header = parseHeader(bytes.subarray(START, bodyStart), version, fault);
  const { hash, info, encoder, shape, widths, classes } = header;
  if (classes !== undefined) checkClasses(classes, widths.at(-1)!, name);
  const sizes = checkLength(header, end - bodyStart, fault);
  let at = bodyStart;
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const parts = { weights: take(sizes.weights), thresholds: take(sizes.thresholds), scores: take(sizes.scores) };
  const model = readBody(parts, encoder, shape, widths);
  if (model === undefined) throw altered("bits behind the last weight or threshold are not 0");
  const actual = toHex(yield hashedContent(model, parts.weights, parts.scores));
  if (actual !== hash) throw altered(`it names its model ${hash.slice(0, 64)}, but holds ${actual}`);
  checkModel(model, name);
  return { model, info, hash, ...(classes && { classes }) };
}

/** Reads a `.onebit` file only when its header is right and it is as long as that says. Throws `model`. */
export function modelExtent(name: string): Extent {
  const fault = faultOf(name);
  return (start, size) => {
    if (start.length === 0) return FIRST_BYTES;
    const { version, bodyStart } = readPrefix(start, size, fault);
    if (start.length < bodyStart) return bodyStart;
    checkLength(parseHeader(start.subarray(START, bodyStart), version, fault), size - DIGEST - bodyStart, fault);
    return size;
  };
}

/** The version, and where the header ends, of a file of `size` bytes. */
function readPrefix(start: Uint8Array, size: number, fault: Fault): { version: number; bodyStart: number } {
  if (start.length < MAGIC.length || MAGIC.some((byte, i) => start[i] !== byte)) {
    throw fault("is not a .onebit file: it does not start with its magic");
  }
  if (start.length < START || size < START + DIGEST) throw fault(`is truncated: it has ${size} bytes`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    throw fault(`is of format version ${version}; this onebit reads up to ${VERSION}`, "Update onebit.");
  }
  if (version < 1) throw fault(`claims format version ${version}, which never was`);
  const length = view.getUint32(12, true);
  if (START + length + DIGEST > size) {
    throw fault("is truncated or altered: it is shorter than its header says", "Copy the file again.");
  }
  if (length > MAX_HEADER)
    throw fault(`has a header of ${bytesText(length)}; at most ${bytesText(MAX_HEADER)} are read`);
  return { version, bodyStart: START + length };
}

/** The sizes of a body of `length` bytes. */
function checkLength({ encoder, widths }: Header, length: number, fault: Fault): BodySizes {
  const sizes = bodySizes(encoder, widths);
  const expected = sizes.weights + sizes.thresholds + sizes.scores;
  if (length === expected) return sizes;
  throw fault(
    `is truncated or altered: it holds ${length} bytes of a model of ${widths.join("-")}, which takes ${expected}`,
  );
}

type Fault = (what: string, hint?: string) => OnebitError;

function faultOf(name: string): Fault {
  return (what, hint) => new OnebitError("model", `${name} ${what}`, hint);
}

const MAGIC = Uint8Array.of(0x89, 0x6f, 0x6e, 0x65, 0x62, 0x69, 0x74, 0x0a);
const VERSION = 2;
const START = 16;
const DIGEST = 32;
/** Bytes of JSON: `info` is for a summary, not for data. */
export const MAX_HEADER = 2 ** 20;

interface Header {
  readonly hash: string;
  readonly info: ModelInfo;
  readonly encoder: FrozenEncoder;
  readonly shape: Shape;
  /** From input to classes. */
  readonly widths: readonly number[];
  readonly classes?: readonly string[];
}

function parseHeader(bytes: Uint8Array, version: number, fault: Fault): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw fault("has a header that is not JSON");
  }
  if (!isObject(header) || typeof header.hash !== "string" || !isObject(header.info)) {
    throw fault("has a header without hash or info");
  }
  const { hash, info, layers } = header;
  const common = { hash, info: info as ModelInfo };
  if (version === 1) {
    const widths = parseWidths(layers, fault);
    return { ...common, encoder: parseEncoder(header.input, fault), shape: [widths[0]!], widths };
  }
  const shape = parseShape(header.shape, fault);
  return {
    ...common,
    encoder: parseEncoder(header.encoder, fault),
    shape,
    widths: parseLayers(layers, sizeOf(shape), fault),
    ...(header.classes !== undefined && { classes: header.classes as readonly string[] }),
  };
}
