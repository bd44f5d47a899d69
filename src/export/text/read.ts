/** The model of a text export: of the four files, or of those that another tool wrote and what is said of them. */

import { type BitMatrix, bitMatrix, setBit } from "../../core/bits.ts";
import { OnebitError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/hash.ts";
import { brief, canonicalJson, isObject } from "../../core/json.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { checkModel } from "../../model/check.ts";
import { checkClasses } from "../../model/classes.ts";
import type { ModelFile, ModelInfo } from "../../model/file.ts";
import { modelHash } from "../../model/hash.ts";
import {
  type FrozenDense,
  type FrozenEncoder,
  type FrozenModel,
  type Operand,
  operandOf,
  thresholdBits,
} from "../../model/model.ts";
import { parseEncoder, parseShape, parseWidths } from "../../model/parse.ts";
import { MANIFEST, MANIFEST_VERSION, manifestFormat } from "../files.ts";
import {
  BITS,
  COMPARISON,
  NEWLINE,
  ORDERS,
  type Order,
  place,
  SCORES,
  TEXT,
  THRESHOLDS,
  WEIGHTS,
  ZERO,
} from "./layout.ts";

/** What stands in for a missing manifest. */
export interface TextLayout {
  /** The widths from input to classes. */
  readonly layers?: readonly number[];
  readonly encoder?: FrozenEncoder;
  /** "source" unless given. */
  readonly order?: Order;
}

/** The model of the four files, given by name; the same hash as the exported one. Of the manifest, only format, version,
 *  input, layers and order are needed, so that other tools can write one; what else is there is checked: comparison, bit
 *  meaning, lengths, SHA-256, the model's hash.
 *
 *  Without a manifest, `layout` says what it would; scores.txt may then be missing too: A = 1, B = 0, the class with most
 *  agreements. Throws `model`, naming the file and the place in it, and `argument` when `layout` contradicts the manifest. */
export function importText(files: Readonly<Record<string, Uint8Array>>, layout: TextLayout = {}): ModelFile {
  const manifest = Object.hasOwn(files, MANIFEST) ? parseManifest(files[MANIFEST]!) : undefined;
  if (manifest !== undefined) checkFiles(files, manifest);
  const { widths, encoder, order, shape } =
    manifest === undefined ? layoutOf(layout) : manifestLayout(manifest, layout);
  const stages = stagesOf(widths, encoder);
  const weights = readWeights(file(files, WEIGHTS), stages, order);
  const thresholds = readThresholds(thresholdFile(files, stages, manifest), stages.slice(0, -1));
  const scores =
    manifest === undefined && !Object.hasOwn(files, SCORES)
      ? { scale: new Int32Array(widths.at(-1)!).fill(1), offset: new Int32Array(widths.at(-1)!) }
      : readScores(file(files, SCORES), widths.at(-1)!);
  const hidden = thresholds.map(
    (t, i): FrozenDense => ({ kind: "dense", operand: stages[i]!.operand, weights: weights[i]!, thresholds: t }),
  );
  const output = { kind: "output", operand: stages.at(-1)!.operand, weights: weights.at(-1)!, ...scores } as const;
  const model: FrozenModel = { encoder, shape, layers: [...hidden, output] };
  checkModel(model, "the imported model");
  const hash = modelHash(model);
  if (manifest?.model !== undefined && manifest.model !== hash) {
    throw faultOf(MANIFEST)(`names its model ${brief(manifest.model)}, but the files hold ${hash}`);
  }
  const info = isObject(manifest?.info) ? (manifest.info as ModelInfo) : {};
  if (manifest?.classes === undefined) return { model, info, hash };
  checkClasses(manifest.classes, widths.at(-1)!, MANIFEST);
  return { model, info, hash, classes: manifest.classes };
}

/** How long each file but the manifest is for the model that the manifest, or `layout`, describes: what is longer is not worth
 *  reading. Of scores.txt it is the most. Throws as `importText` does. */
export function textLengths(
  manifest: Uint8Array | undefined,
  layout: TextLayout = {},
): Readonly<Record<string, number>> {
  const { widths, encoder } =
    manifest === undefined ? layoutOf(layout) : manifestLayout(parseManifest(manifest), layout);
  const stages = stagesOf(widths, encoder);
  return {
    [WEIGHTS]: weightsLength(stages),
    [THRESHOLDS]: thresholdsLength(stages.slice(0, -1)),
    [SCORES]: widths.at(-1)! * "-2147483648 -2147483648\n".length,
  };
}

/** The names of the four files. */
export const TEXT_FILES: readonly string[] = [WEIGHTS, THRESHOLDS, SCORES, MANIFEST];

interface Layout {
  readonly widths: readonly number[];
  readonly encoder: FrozenEncoder;
  readonly order: Order;
  readonly shape: Shape;
}

function layoutOf({ layers, encoder, order = "source" }: TextLayout): Layout {
  if (layers === undefined || encoder === undefined) {
    throw faultOf(MANIFEST)(
      "is missing",
      "Without it, say layers and binarization: --layers 784,500,10 --binarize threshold:127.",
    );
  }
  const fault = (what: string) => new OnebitError("argument", `the model ${what}`);
  const widths = parseWidths(layers, fault);
  return { widths, encoder: parseEncoder(encoder, fault), order, shape: [widths[0]!] };
}

function manifestLayout(manifest: Manifest, layout: TextLayout): Layout {
  const fault = faultOf(MANIFEST);
  const encoder = parseEncoder(manifest.input, fault);
  const widths = parseWidths(manifest.layers, fault);
  const shape = manifest.shape === undefined ? [widths[0]!] : parseShape(manifest.shape, fault);
  if (sizeOf(shape) !== widths[0]) throw fault(`has the shape ${brief(shape)} for ${widths[0]} inputs`);
  const order = ORDERS.find((one) => one === manifest.order);
  if (order === undefined) {
    throw fault(`has the order ${brief(manifest.order)}`, 'It is "source" or "target".');
  }
  const said = { layers: widths, encoder, order };
  for (const key of ["layers", "encoder", "order"] as const) {
    if (layout[key] === undefined || canonicalJson(layout[key]) === canonicalJson(said[key])) continue;
    throw new OnebitError(
      "argument",
      `${MANIFEST} says ${key} ${canonicalJson(said[key])}, not ${canonicalJson(layout[key])}`,
      "Leave that out: what the manifest says holds.",
    );
  }
  return { widths, encoder, order, shape };
}

/** thresholds.txt, which a tool that knows no manifest may leave out of a network without hidden layers. */
function thresholdFile(
  files: Readonly<Record<string, Uint8Array>>,
  stages: readonly Stage[],
  manifest: Manifest | undefined,
): Uint8Array {
  if (manifest === undefined && stages.length === 1 && !Object.hasOwn(files, THRESHOLDS)) return new Uint8Array(0);
  return file(files, THRESHOLDS);
}

interface Stage {
  readonly rows: number;
  readonly columns: number;
  readonly operand: Operand;
}

function stagesOf(widths: readonly number[], { kind }: FrozenEncoder): Stage[] {
  return widths.slice(1).map((rows, i) => ({ rows, columns: widths[i]!, operand: operandOf(kind, i) }));
}

/** A character per weight. */
function weightsLength(stages: readonly Stage[]): number {
  return stages.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

/** A line per neuron. */
function thresholdsLength(stages: readonly Stage[]): number {
  return stages.reduce((sum, { rows, columns, operand }) => sum + rows * (thresholdBits(operand, columns) + 1), 0);
}

function readWeights(text: Uint8Array, shapes: readonly Stage[], order: Order): BitMatrix[] {
  const fault = faultOf(WEIGHTS);
  const expected = weightsLength(shapes);
  if (text.length !== expected) {
    const hint = text.at(-1) === NEWLINE ? "No newline follows the last weight." : undefined;
    throw fault(`has ${text.length} characters; its layers have ${expected} weights`, hint);
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

function readThresholds(text: Uint8Array, shapes: readonly Stage[]): Int32Array[] {
  const fault = faultOf(THRESHOLDS);
  const widths = shapes.map(({ operand, columns }) => thresholdBits(operand, columns));
  const expected = thresholdsLength(shapes);
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
    throw fault(`is not JSON: ${(cause as Error).message}`);
  }
  if (!isObject(manifest) || manifest.format !== manifestFormat(TEXT)) {
    throw fault(`does not say "format": "${manifestFormat(TEXT)}"`);
  }
  if (manifest.version !== MANIFEST_VERSION) {
    throw fault(`is of version ${brief(manifest.version)}; this onebit reads ${MANIFEST_VERSION}`);
  }
  const { comparison = COMPARISON, bits = BITS } = manifest;
  if (comparison !== COMPARISON) {
    throw fault(`compares by ${brief(comparison)}; onebit by ${COMPARISON}`, "For >, add 1 to each threshold.");
  }
  if (!isObject(bits) || bits[0] !== BITS[0] || bits[1] !== BITS[1]) {
    throw fault(`gives bits the meaning ${brief(bits)}; onebit reads ${JSON.stringify(BITS)}`);
  }
  return manifest;
}

/** Compares each file that the manifest lists with its length and SHA-256, as far as it gives them. */
function checkFiles(files: Readonly<Record<string, Uint8Array>>, { files: list = [] }: Manifest): void {
  if (!Array.isArray(list) || !list.every(isObject))
    throw faultOf(MANIFEST)("has files that are not a list of objects");
  for (const { name, length, sha256 } of list) {
    if (typeof name !== "string") throw faultOf(MANIFEST)("lists a file without a name");
    const bytes = file(files, name);
    if (length !== undefined && length !== bytes.length) {
      throw faultOf(name)(`has ${bytes.length} bytes; the manifest says ${brief(length)}`);
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
