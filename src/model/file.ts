/** The `.onebit` file. docs/format.md describes it byte by byte, with a reader in Python.
 *
 *    8 bytes   magic, 89 6F 6E 65 62 69 74 0A ("\x89onebit\n")
 *    u32       version of the format, 1                        (numbers are little-endian)
 *    u32       length of the header in bytes
 *    header    canonical JSON: hash, info, input, layers
 *    weights   all layers, row after row, one bit stream; the last byte is filled up with 0
 *    T         thresholds of all hidden layers, `thresholdBits` bits each, one bit stream; filled up likewise
 *    scores    int32 A, int32 B of each class
 *    32 bytes  SHA-256 of all bytes before it */

import { bitMatrix } from "../core/bits.ts";
import { concat } from "../core/bytes.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { canonicalJson, isObject, type JsonObject } from "../core/json.ts";
import { BitReader, BitWriter } from "./bitstream.ts";
import { checkModel } from "./check.ts";
import { modelHash, scoreBytes, weightStream } from "./hash.ts";
import { type FrozenInput, type FrozenModel, layerSizes, operandOf, thresholdBits } from "./model.ts";
import { parseInput, parseLayers } from "./parse.ts";

/** What travels with a model but is no part of it: how it was trained, its accuracy, its licence. Plain JSON. */
export interface ModelInfo extends JsonObject {}

export interface ModelFile {
  readonly model: FrozenModel;
  readonly info: ModelInfo;
  /** `modelHash(model)` */
  readonly hash: string;
}

/** The bytes of a model's file; the same for the same model and info.
 *  Throws `model` when the model is inconsistent, `argument` when `info` is no plain JSON. */
export function encodeModel(model: FrozenModel, info: ModelInfo = {}): Uint8Array {
  checkModel(model);
  const header = new TextEncoder().encode(
    canonicalJson({ hash: modelHash(model), info, input: model.input, layers: layerSizes(model) }),
  );
  const start = new Uint8Array(START);
  start.set(MAGIC);
  const view = new DataView(start.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.length, true);
  const content = concat([start, header, weightStream(model), thresholdStream(model), scoreBytes(model)]);
  return concat([content, sha256(content)]);
}

/** The model of a file, checked: magic, version, SHA-256, sizes against the file's length (before anything is allocated),
 *  the model's hash and consistency. `name` is the file's name, for messages. Throws `model`. */
export function decodeModel(bytes: Uint8Array, name = "the model file"): ModelFile {
  const fault = (what: string, hint?: string) => new OnebitError("model", `${name} ${what}`, hint);
  if (bytes.length < MAGIC.length || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw fault("is no .onebit file: it does not start with its magic");
  }
  if (bytes.length < START + DIGEST) throw fault(`is truncated: it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    throw fault(`is of format version ${version}; this onebit reads up to ${VERSION}`, "Update onebit.");
  }
  if (version < VERSION) throw fault(`claims format version ${version}, which never was`);
  const end = bytes.length - DIGEST;
  if (!sha256(bytes.subarray(0, end)).every((byte, i) => byte === bytes[end + i])) {
    throw fault("is truncated or altered: its SHA-256 does not match its content", "Copy the file again.");
  }
  const bodyStart = START + view.getUint32(12, true);
  if (bodyStart > end) throw fault("claims a header longer than itself");
  const { hash, info, input, layers } = parseHeader(bytes.subarray(START, bodyStart), fault);
  const sizes = bodySizes(input, layers);
  const expected = sizes.weights + sizes.thresholds + sizes.scores;
  if (end - bodyStart !== expected) {
    throw fault(`holds ${end - bodyStart} bytes of a model of ${layers.join("-")}, which takes ${expected}`);
  }
  const model = readBody(bytes.subarray(bodyStart, end), input, layers, sizes);
  checkModel(model, name);
  const actual = modelHash(model);
  if (actual !== hash) throw fault(`names its model ${hash}, but holds ${actual}`);
  return { model, info, hash };
}

const MAGIC = Uint8Array.of(0x89, 0x6f, 0x6e, 0x65, 0x62, 0x69, 0x74, 0x0a);
const VERSION = 1;
const START = 16;
const DIGEST = 32;

interface Header {
  readonly hash: string;
  readonly info: ModelInfo;
  readonly input: FrozenInput;
  readonly layers: readonly number[];
}

function parseHeader(bytes: Uint8Array, fault: (what: string) => OnebitError): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw fault("has a header that is no JSON");
  }
  if (!isObject(header) || typeof header.hash !== "string" || !isObject(header.info) || !isObject(header.input)) {
    throw fault("has a header without hash, info or input");
  }
  const { hash, info, layers } = header;
  return { hash, info: info as ModelInfo, input: parseInput(header.input, fault), layers: parseLayers(layers, fault) };
}

interface BodySizes {
  readonly weights: number;
  readonly thresholds: number;
  readonly scores: number;
}

/** Bytes of each part. */
function bodySizes(input: FrozenInput, layers: readonly number[]): BodySizes {
  let weights = 0;
  let thresholds = 0;
  for (let i = 0; i + 1 < layers.length; i++) {
    const [n, m] = [layers[i]!, layers[i + 1]!];
    weights += n * m;
    if (i + 2 < layers.length) thresholds += m * thresholdBits(operandOf(input.kind, i), n);
  }
  return { weights: Math.ceil(weights / 8), thresholds: Math.ceil(thresholds / 8), scores: 8 * layers.at(-1)! };
}

function thresholdStream(model: FrozenModel): Uint8Array {
  const widths = model.hidden.map((layer) => thresholdBits(layer.operand, layer.weights.columns));
  const stream = new BitWriter(model.hidden.reduce((sum, layer, i) => sum + layer.thresholds.length * widths[i]!, 0));
  for (const [i, layer] of model.hidden.entries()) {
    for (const threshold of layer.thresholds) stream.write(threshold, widths[i]!);
  }
  return stream.bytes;
}

function readBody(body: Uint8Array, input: FrozenInput, layers: readonly number[], sizes: BodySizes): FrozenModel {
  const weights = new BitReader(body.subarray(0, sizes.weights));
  const thresholds = new BitReader(body.subarray(sizes.weights, sizes.weights + sizes.thresholds));
  const stack = layers.slice(1).map((rows, i) => {
    const columns = layers[i]!;
    const operand = operandOf(input.kind, i);
    const matrix = bitMatrix(rows, columns);
    weights.readMatrix(matrix);
    return { operand, weights: matrix };
  });
  const output = stack.pop()!;
  const hidden = stack.map((layer) => {
    const width = thresholdBits(layer.operand, layer.weights.columns);
    const read = () => signed(thresholds.read(width), layer.operand === "sum" ? width : 32);
    return { ...layer, thresholds: Int32Array.from({ length: layer.weights.rows }, read) };
  });
  const scores = new DataView(body.buffer, body.byteOffset + sizes.weights + sizes.thresholds, sizes.scores);
  const classes = output.weights.rows;
  const scale = Int32Array.from({ length: classes }, (_, j) => scores.getInt32(8 * j, true));
  const offset = Int32Array.from({ length: classes }, (_, j) => scores.getInt32(8 * j + 4, true));
  return { input, hidden, output: { ...output, scale, offset } };
}

/** The two's complement number in the low `width` bits. */
function signed(value: number, width: number): number {
  return (value << (32 - width)) >> (32 - width);
}
