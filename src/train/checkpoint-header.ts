/** What the header of a checkpoint says, checked: it may come from anywhere. */

import { type Plan, parsePlan } from "../config/config.ts";
import { expand } from "../config/expand.ts";
import { parseRecipe } from "../config/recipe.ts";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { brief, isObject } from "../core/json.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { checkShape } from "../data/dataset.ts";
import { checkOutput, macsOf, shapesOf } from "../network/sequential.ts";
import type { EpochRow } from "./metrics.ts";

/** A checkpoint, with the names and lengths of its arrays in place of these. */
export interface CheckpointHeader {
  readonly plan: Plan;
  readonly shape: Shape;
  readonly classes: readonly string[];
  readonly data: string | null;
  readonly epoch: number;
  readonly steps: number;
  readonly rows: readonly EpochRow[];
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

/** Makes the error of "the checkpoint is inconsistent: …". */
type Fault = (what: string) => OnebitError;

/** The header in version 2 or 3. Throws what `fault` makes for what is no JSON, for values that are not allowed, and for a network
 *  that does not fit the shape, the classes or the arrays: memory for it is taken before the arrays are looked at. */
export function parseHeader(bytes: Uint8Array, version: number, fault: Fault): CheckpointHeader {
  const json = parseJson(bytes, fault);
  const values = version === 2 ? fromVersion2(json, fault) : json;
  const { plan: given, shape, classes, data, epoch, steps } = values;
  const plan = attempt(() => parsePlan(given, "its plan"), fault);
  attempt(() => checkShape(shape, "its samples"), fault);
  if (data !== null && typeof data !== "string") throw fault("data is not the digest of samples");
  for (const [key, value] of Object.entries({ epoch, steps })) {
    if (!isCount(value)) throw fault(`${key} is ${brief(value)}, not a number of ${key}s`);
  }
  const header = {
    plan,
    shape: shape as Shape,
    classes: parseClasses(classes, fault),
    data: data as string | null,
    epoch: epoch as number,
    steps: steps as number,
    rows: parseRows(values.rows, epoch as number, fault),
    arrays: parseArrays(values.arrays, fault),
  };
  checkNetwork(header, fault);
  return header;
}

function parseJson(bytes: Uint8Array, fault: Fault): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isObject(header)) return header;
  } catch {
    // told below
  }
  throw fault("its header is not a JSON object");
}

/** Version 2 held a recipe in place of plan, shape and classes. */
function fromVersion2(header: Record<string, unknown>, fault: Fault): Record<string, unknown> {
  const recipe = attempt(() => parseRecipe(header.config, "its configuration"), fault);
  const { data: _d, epochs: _e, targetAccuracy: _t, patience: _p, ...plan } = expand(recipe);
  const classes = numberedClasses(recipe.layers.at(-1)!);
  return { ...header, plan, shape: [recipe.layers[0]!], classes, data: header.images, steps: 0 };
}

function parseClasses(classes: unknown, fault: Fault): readonly string[] {
  const names = Array.isArray(classes) && classes.every((name) => typeof name === "string" && name !== "");
  if (!names || new Set(classes).size !== classes.length) throw fault("classes are not a list of different names");
  return classes;
}

const FRACTIONS = ["trainAccuracy", "flipRatio"] as const;
const NUMBERS = ["learningRate", "trainLoss", "seconds"] as const;

/** One row an epoch, its numbers as `EpochRow` has them. */
function parseRows(rows: unknown, epoch: number, fault: Fault): readonly EpochRow[] {
  if (!Array.isArray(rows) || rows.length !== epoch) throw fault(`rows are not a list of ${epoch}, one an epoch`);
  for (const [i, row] of rows.entries()) {
    const right =
      isObject(row) &&
      row.epoch === i + 1 &&
      NUMBERS.every((key) => Number.isFinite(row[key])) &&
      FRACTIONS.every((key) => isFraction(row[key])) &&
      (row.validationAccuracy === null || isFraction(row.validationAccuracy)) &&
      (row.testAccuracy === undefined || isFraction(row.testAccuracy));
    if (!right) throw fault(`rows[${i}] is not that of epoch ${i + 1}: ${brief(row)}`);
  }
  return rows;
}

function parseArrays(arrays: unknown, fault: Fault): CheckpointHeader["arrays"] {
  if (!Array.isArray(arrays)) throw fault("arrays are not a list");
  const known = new Set<string>();
  return arrays.map((array: unknown) => {
    if (!isObject(array) || typeof array.name !== "string" || !isCount(array.length)) {
      throw fault(`${brief(array)} is not the name and the length of an array`);
    }
    if (known.has(array.name)) throw fault(`the array ${brief(array.name)} is there twice`);
    known.add(array.name);
    return { name: array.name, length: array.length };
  });
}

/** What memory is taken for must be there: an array has all numbers of a layer's weights. */
function checkNetwork({ plan, shape, classes, arrays }: CheckpointHeader, fault: Fault): void {
  const { network } = plan;
  const outputs = attempt(() => {
    checkOutput(network);
    return sizeOf(shapesOf(network, shape).at(-1)!);
  }, fault);
  if (outputs !== classes.length) throw fault(`its network has ${outputs} outputs for ${classes.length} classes`);
  const weights = macsOf(network, shape).reduce((sum, macs) => sum + macs, 0);
  const numbers = arrays.reduce((sum, { length }) => sum + length, 0);
  if (weights > numbers) throw fault(`its network has ${weights} weights, but its arrays hold ${numbers} numbers`);
}

function attempt<T>(parse: () => T, fault: Fault): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof OnebitError) throw fault(error.message);
    throw error;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isFraction = (value: unknown) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1;
