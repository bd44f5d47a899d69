/** A frozen model as text that a VHDL import buffer reads character by character (report, chapter 6), and back.
 *  docs/conventions.md describes the four files. Nothing here touches a file system. */

import { type BitMatrix, bitMatrix, getBit, setBit } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import { isObject } from "../core/json.ts";
import { checkModel } from "../model/check.ts";
import type { ModelFile, ModelInfo } from "../model/file.ts";
import { modelHash } from "../model/hash.ts";
import {
  type FrozenHidden,
  type FrozenModel,
  type FrozenOutput,
  type Operand,
  operandOf,
  thresholdBits,
} from "../model/model.ts";
import { parseInput, parseLayers } from "../model/parse.ts";
import { type ExportFile, MANIFEST, MANIFEST_VERSION, withManifest } from "./files.ts";

/** The order of a layer's weights: "source" runs over the inputs and for each over the neurons it leads to, as the report
 *  does; "target" over the neurons and for each over its inputs. */
export type Order = "source" | "target";

export interface ExportOptions {
  /** "source" unless given. */
  readonly order?: Order;
  /** What writes the files, e.g. "onebit 0.1.0". */
  readonly writer: string;
  readonly info?: ModelInfo;
}

/** weights.txt (a chunk per layer), thresholds.txt, scores.txt and manifest.json of a model. All of it is ASCII but `info`'s
 *  texts. Throws `model` when the model is inconsistent. */
export function exportText(model: FrozenModel, { order = "source", writer, info = {} }: ExportOptions): ExportFile[] {
  checkModel(model);
  const files: ExportFile[] = [
    { name: WEIGHTS, chunks: [...model.hidden, model.output].map(({ weights }) => weightText(weights, order)) },
    { name: THRESHOLDS, chunks: model.hidden.map(thresholdText) },
    { name: SCORES, chunks: [scoreText(model.output)] },
  ];
  return withManifest(FORMAT, { model, info, hash: modelHash(model) }, writer, files, {
    order,
    bits: BITS,
    comparison: COMPARISON,
    thresholds: model.hidden.map(({ operand, weights }) => ({
      operand,
      bits: thresholdBits(operand, weights.columns),
      encoding: operand === "sum" ? "two's complement" : "unsigned",
    })),
  });
}

/** The model of the four files, given by name; the same hash as the exported one. Of the manifest, only format, version,
 *  input, layers and order are needed, so that other tools can write one; what else is there is checked: comparison, bit
 *  meaning, lengths, SHA-256, the model's hash. Throws `model`, naming the file and the place in it. */
export function importText(files: Readonly<Record<string, Uint8Array>>): ModelFile {
  const manifest = parseManifest(file(files, MANIFEST));
  checkFiles(files, manifest);
  const fault = faultOf(MANIFEST);
  const input = parseInput(manifest.input, fault);
  const layers = parseLayers(manifest.layers, fault);
  const { order } = manifest;
  if (order !== "source" && order !== "target") {
    throw fault(`has the order ${JSON.stringify(order)}`, 'It is "source" or "target".');
  }
  const shapes = layers.slice(1).map((rows, i) => ({ rows, columns: layers[i]!, operand: operandOf(input.kind, i) }));
  const weights = readWeights(file(files, WEIGHTS), shapes, order);
  const thresholds = readThresholds(file(files, THRESHOLDS), shapes.slice(0, -1));
  const { scale, offset } = readScores(file(files, SCORES), layers.at(-1)!);
  const hidden = thresholds.map((t, i) => ({ operand: shapes[i]!.operand, weights: weights[i]!, thresholds: t }));
  const output = { operand: shapes.at(-1)!.operand, weights: weights.at(-1)!, scale, offset };
  const model: FrozenModel = { input, hidden, output };
  checkModel(model, "the imported model");
  const hash = modelHash(model);
  if (manifest.model !== undefined && manifest.model !== hash) {
    throw fault(`names its model ${String(manifest.model)}, but the files hold ${hash}`);
  }
  return { model, info: isObject(manifest.info) ? (manifest.info as ModelInfo) : {}, hash };
}

const WEIGHTS = "weights.txt";
const THRESHOLDS = "thresholds.txt";
const SCORES = "scores.txt";
/** The names of the four files. */
export const TEXT_FILES: readonly string[] = [WEIGHTS, THRESHOLDS, SCORES, MANIFEST];

const FORMAT = "onebit-text";
const BITS = { "0": -1, "1": 1 };
const COMPARISON = ">=";
const ZERO = 0x30; // "0"; "1" follows it
const NEWLINE = 0x0a;

/** A character per weight. */
function weightText(m: BitMatrix, order: Order): Uint8Array {
  const text = new Uint8Array(m.rows * m.columns);
  for (let row = 0; row < m.rows; row++) {
    for (let c = 0; c < m.columns; c++) text[place(m, order, row, c)] = ZERO + getBit(m, row, c);
  }
  return text;
}

/** Where a layer's text has the weight of input `column` to neuron `row`. */
function place(
  { rows, columns }: { rows: number; columns: number },
  order: Order,
  row: number,
  column: number,
): number {
  return order === "source" ? column * rows + row : row * columns + column;
}

/** A line per neuron: its threshold in binary, most significant bit first. */
function thresholdText({ operand, weights, thresholds }: FrozenHidden): Uint8Array {
  const bits = thresholdBits(operand, weights.columns);
  const text = new Uint8Array(thresholds.length * (bits + 1));
  for (const [j, threshold] of thresholds.entries()) {
    const line = j * (bits + 1);
    for (let k = 0; k < bits; k++) text[line + k] = ZERO + ((threshold >> (bits - 1 - k)) & 1);
    text[line + bits] = NEWLINE;
  }
  return text;
}

/** A line per class: A and B in decimal. */
function scoreText({ scale, offset }: FrozenOutput): Uint8Array {
  return encode(Array.from(scale, (a, j) => `${a} ${offset[j]}\n`).join(""));
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly operand: Operand;
}

function readWeights(text: Uint8Array, shapes: readonly Shape[], order: Order): BitMatrix[] {
  const fault = faultOf(WEIGHTS);
  const expected = shapes.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  if (text.length !== expected) {
    const hint = text.at(-1) === NEWLINE ? "No newline follows the last weight." : undefined;
    throw fault(`has ${text.length} characters; the layers in the manifest have ${expected} weights`, hint);
  }
  let start = 0;
  return shapes.map(({ rows, columns }) => {
    const m = bitMatrix(rows, columns);
    for (let row = 0; row < rows; row++) {
      for (let c = 0; c < columns; c++) setBit(m, row, c, digit(text, start + place(m, order, row, c), fault));
    }
    start += rows * columns;
    return m;
  });
}

function readThresholds(text: Uint8Array, shapes: readonly Shape[]): Int32Array[] {
  const fault = faultOf(THRESHOLDS);
  const widths = shapes.map(({ operand, columns }) => thresholdBits(operand, columns));
  const expected = shapes.reduce((sum, { rows }, i) => sum + rows * (widths[i]! + 1), 0);
  if (text.length !== expected) {
    throw fault(`has ${text.length} characters; lines of ${widths.join(", ")} bits for the layers take ${expected}`);
  }
  let at = 0;
  return shapes.map(({ rows, operand }, i) => {
    const thresholds = new Int32Array(rows);
    for (let j = 0; j < rows; j++) {
      // A two's complement number starts with minus its first bit, an unsigned one with plus its first bit.
      let value = operand === "sum" ? -digit(text, at++, fault) : digit(text, at++, fault);
      for (let k = 1; k < widths[i]!; k++) value = 2 * value + digit(text, at++, fault);
      if (text[at++] !== NEWLINE) throw fault(`has no newline at character ${at} (counted from 1)`);
      thresholds[j] = value;
    }
    return thresholds;
  });
}

function readScores(text: Uint8Array, classes: number): { scale: Int32Array; offset: Int32Array } {
  const fault = faultOf(SCORES);
  const lines = new TextDecoder().decode(text).split("\n");
  if (lines.pop() !== "") throw fault("does not end with a newline");
  if (lines.length !== classes) throw fault(`has ${lines.length} lines for ${classes} classes`);
  const scale = new Int32Array(classes);
  const offset = new Int32Array(classes);
  for (const [j, line] of lines.entries()) {
    const [a, b] = /^(-?\d{1,10}) (-?\d{1,10})$/.exec(line)?.slice(1).map(Number) ?? [];
    if (a === undefined || b === undefined || a !== (a | 0) || b !== (b | 0)) {
      throw fault(`has ${JSON.stringify(line.slice(0, 40))} in line ${j + 1}, not two int32 with a space between`);
    }
    scale[j] = a;
    offset[j] = b;
  }
  return { scale, offset };
}

/** The 0 or 1 at a place of a text. */
function digit(text: Uint8Array, at: number, fault: Fault): number {
  const value = text[at]! - ZERO;
  if (value !== 0 && value !== 1) {
    const shown = JSON.stringify(String.fromCharCode(text[at]!));
    throw fault(`has ${shown} at character ${at + 1} (counted from 1), not 0 or 1`);
  }
  return value;
}

type Manifest = Readonly<Record<string, unknown>>;

function parseManifest(text: Uint8Array): Manifest {
  const fault = faultOf(MANIFEST);
  let manifest: unknown;
  try {
    manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw fault(`is no JSON: ${(cause as Error).message}`);
  }
  if (!isObject(manifest) || manifest.format !== FORMAT) throw fault(`does not say "format": "${FORMAT}"`);
  if (manifest.version !== MANIFEST_VERSION) {
    throw fault(`is of version ${JSON.stringify(manifest.version)}; this onebit reads ${MANIFEST_VERSION}`);
  }
  const { comparison = COMPARISON, bits = BITS } = manifest;
  if (comparison !== COMPARISON) {
    throw fault(
      `compares by ${JSON.stringify(comparison)}; onebit by ${COMPARISON}`,
      "For >, add 1 to each threshold.",
    );
  }
  if (!isObject(bits) || bits[0] !== BITS[0] || bits[1] !== BITS[1]) {
    throw fault(`gives bits the meaning ${JSON.stringify(bits)}; onebit reads ${JSON.stringify(BITS)}`);
  }
  return manifest;
}

/** Compares each file that the manifest lists with its length and SHA-256, as far as it gives them. */
function checkFiles(files: Readonly<Record<string, Uint8Array>>, { files: list = [] }: Manifest): void {
  if (!Array.isArray(list) || !list.every(isObject)) throw faultOf(MANIFEST)("has files that are no list of objects");
  for (const { name, length, sha256 } of list) {
    if (typeof name !== "string") throw faultOf(MANIFEST)("lists a file without a name");
    const bytes = file(files, name);
    if (length !== undefined && length !== bytes.length) {
      throw faultOf(name)(`has ${bytes.length} bytes; the manifest says ${String(length)}`);
    }
    if (sha256 !== undefined && sha256 !== sha256Hex(bytes)) {
      throw faultOf(name)("was altered: its SHA-256 is not the manifest's");
    }
  }
}

function file(files: Readonly<Record<string, Uint8Array>>, name: string): Uint8Array {
  const bytes = Object.hasOwn(files, name) ? files[name] : undefined;
  if (bytes === undefined) throw faultOf(name)("is missing", `A model takes ${TEXT_FILES.join(", ")}.`);
  return bytes;
}

type Fault = (what: string, hint?: string) => OnebitError;

/** Makes the error that says what is wrong with a file. */
function faultOf(name: string): Fault {
  return (what, hint) => new OnebitError("model", `${name} ${what}`, hint);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
