/** Data sets from arrays. */

import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import {
  checkClassCount,
  checkClasses,
  checkCounts,
  checkDataSet,
  checkLabels,
  checkShape,
  type DataSet,
  placeOf,
  type Samples,
} from "./dataset.ts";

/** The numbers of all samples, sample after sample; or an array for each sample. A Float32Array is taken as float32
 *  numbers, all else as 8-bit numbers, whole and 0 … 255. */
export type GivenInputs =
  | Uint8Array
  | Uint8ClampedArray
  | Float32Array
  | readonly number[]
  | readonly (Uint8Array | Uint8ClampedArray | Float32Array | readonly number[])[];

/** Samples and their labels as `dataSet` takes them: as many labels as samples. */
export interface GivenSamples {
  readonly inputs: GivenInputs;
  /** For each sample the number of its class, or its name. */
  readonly labels: ArrayLike<number> | readonly string[];
}

/** A data set as `dataSet` takes it. */
export interface GivenData extends GivenSamples {
  /** Of one sample: [features], or [height, width, channels]. */
  readonly shape: Shape;
  /** Their names, or how many there are, which are then called "0", "1", …. Unless given, there are those that the
   *  training labels name (in alphabetical order), or 0 … the largest of them. */
  readonly classes?: readonly string[] | number;
  /** For messages, "data" unless given. */
  readonly name?: string;
  readonly test?: GivenSamples;
}

/** The data set that arrays stand for.
 *
 *  ```ts
 *  const data = dataSet({ inputs: pixels, labels: ["cat", "dog", "cat"], shape: [28, 28, 1] });
 *  ```
 *
 *  A Uint8Array or Float32Array of all samples, and labels in a Uint8Array, are not copied: leave them as they are.
 *  Throws `argument` for something of another type, a shape or classes that cannot be; `data` for faulty samples: none of
 *  them, more or fewer numbers or labels than samples, a label that is not a class, a number that is NaN, infinite or, where
 *  bytes are wanted, not a whole number 0 … 255. */
export function dataSet(given: GivenData): DataSet {
  if (typeof given !== "object" || given === null) {
    throw new OnebitError("argument", `dataSet takes an object with inputs, labels and shape, not ${typeName(given)}`);
  }
  const { name = "data", shape, test } = given;
  if (typeof name !== "string" || name === "") {
    throw new OnebitError(
      "argument",
      `the name of a data set is a text, not ${name === "" ? "empty" : typeName(name)}`,
    );
  }
  checkShape(shape, name);
  if (test !== undefined && (typeof test !== "object" || test === null)) {
    throw new OnebitError("argument", `${name}: test is an object with inputs and labels, not ${typeName(test)}`);
  }
  const train = countedOf(given, shape, `${name} train`);
  const held = test && countedOf(test, shape, `${name} test`);
  const classes = classesOf(given, name);
  const labelled = (set: Counted) => ({ ...set, labels: labelsOf(set.labels, classes, set.name) });
  const data = { name, shape, classes, train: labelled(train), ...(held && { test: labelled(held) }) };
  checkDataSet(data);
  return data;
}

type Counted = Omit<Samples, "labels"> & Pick<GivenSamples, "labels">;

/** Samples with as many numbers and labels as they take. */
function countedOf({ inputs: given, labels }: GivenSamples, shape: Shape, name: string): Counted {
  const inputs = inputsOf(given, shape, name);
  if (!Array.isArray(labels) && (!ArrayBuffer.isView(labels) || labels instanceof DataView)) {
    const message = `${name}: labels are an array of class numbers or class names, not ${typeName(labels)}`;
    throw new OnebitError("argument", message);
  }
  const count = countOf(inputs.length, shape, labels.length);
  checkCounts({ numbers: inputs.length, labels: labels.length, count }, shape, name);
  return { name, count, inputs, labels };
}

/** How many samples so many numbers are; where they are not a whole number of samples, what the labels say. */
function countOf(numbers: number, shape: Shape, labels: number): number {
  const count = numbers / sizeOf(shape);
  return Number.isInteger(count) ? count : labels;
}

/** The names of the classes. */
function classesOf({ classes, labels }: GivenData, name: string): readonly string[] {
  const named = typeof labels[0] === "string";
  if (typeof classes === "number") {
    if (!Number.isInteger(classes)) {
      const hint = 'Give how many there are, or their names: ["cat", "dog"].';
      throw new OnebitError("argument", `${name}: the number of classes is ${classes}, not a whole number`, hint);
    }
    checkClassCount(classes, name);
    return numberedClasses(classes);
  }
  if (classes !== undefined) {
    checkClasses(classes, name);
    return classes;
  }
  const found = named ? namesIn(labels) : numberedClasses(largest(labels) + 1);
  checkClassCount(found.length, `${name} train`);
  if (named) checkClasses(found, `${name} train`);
  return found;
}

/** The texts among labels, each once: those that are not texts are told when labels are checked one by one. */
function namesIn(labels: ArrayLike<unknown>): string[] {
  return [...new Set(Array.from(labels).filter((label) => typeof label === "string"))].sort();
}

/** The largest label there is, of those that are whole numbers and not out of all measure: the others are told when
 *  labels are checked one by one. */
function largest(labels: ArrayLike<unknown>): number {
  let most = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (typeof label === "number" && Number.isInteger(label) && label < 2 ** 16) most = Math.max(most, label);
  }
  return most;
}

/** The numbers of the classes that labels name. */
function labelsOf(
  labels: ArrayLike<number> | readonly string[],
  classes: readonly string[],
  where: string,
): Uint8Array {
  if (labels instanceof Uint8Array) return labels;
  const numbers = new Map(classes.map((name, label) => [name, label]));
  const named = typeof labels[0] === "string";
  const found = Array.from(labels as ArrayLike<unknown>, (label, i) => {
    if (typeof label !== (named ? "string" : "number")) {
      const message = `${where}: the label of sample ${i} is ${typeName(label)}, not a class ${named ? "name" : "number"}`;
      throw new OnebitError("argument", message, "Give all labels as names, or all as numbers.");
    }
    const number = named ? numbers.get(label as string) : (label as number);
    if (number !== undefined) return number;
    throw new OnebitError(
      "data",
      `${where}: sample ${i} has the label ${JSON.stringify(label)}, which is not a class`,
      `The classes are ${classes.slice(0, 20).join(", ")}${classes.length > 20 ? ", …" : ""}.`,
    );
  });
  checkLabels(found, classes, where); // before a byte wraps
  return Uint8Array.from(found);
}

/** The numbers of all samples in one array. */
function inputsOf(inputs: GivenInputs, shape: Shape, where: string): Uint8Array | Float32Array {
  if (inputs instanceof Uint8Array || inputs instanceof Float32Array) return inputs;
  if (inputs instanceof Uint8ClampedArray) return new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.length);
  if (!Array.isArray(inputs)) {
    throw new OnebitError(
      "argument",
      `${where}: inputs are a Uint8Array, a Float32Array or an array of numbers, not ${typeName(inputs)}`,
      "Convert them: Float32Array.from(inputs).",
    );
  }
  const list: readonly unknown[] = inputs;
  if (typeof list[0] !== "object" || list[0] === null) return byteArray(list, sizeOf(shape), where);
  return flattened(list, sizeOf(shape), where);
}

/** Samples that come one by one. */
function flattened(samples: readonly unknown[], size: number, where: string): Uint8Array | Float32Array {
  const floats = samples[0] instanceof Float32Array;
  const all = floats ? new Float32Array(samples.length * size) : new Uint8Array(samples.length * size);
  for (const [i, sample] of samples.entries()) {
    const bytes = sample instanceof Uint8Array || sample instanceof Uint8ClampedArray;
    if (!(floats ? sample instanceof Float32Array : bytes || Array.isArray(sample))) {
      throw new OnebitError(
        "argument",
        `${where}: sample ${i} is ${typeName(sample)}, but sample 0 is ${typeName(samples[0])}`,
        "Give all samples in one kind of array: numbers, Uint8Array or Float32Array.",
      );
    }
    const numbers = sample as ArrayLike<number>;
    if (numbers.length !== size) {
      throw new OnebitError("data", `${where}: sample ${i} has ${numbers.length} numbers, its shape takes ${size}`);
    }
    all.set(floats || bytes ? numbers : byteArray(sample as readonly unknown[], size, where, i * size), i * size);
  }
  return all;
}

/** `offset` numbers came before. */
function byteArray(numbers: readonly unknown[], size: number, where: string, offset = 0): Uint8Array {
  return Uint8Array.from(numbers, (value, i) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255) return value;
    const place = placeOf(offset + i, size);
    if (typeof value !== "number") {
      throw new OnebitError("argument", `${where}: ${place} is ${typeName(value)}, not a number`);
    }
    throw new OnebitError(
      "data",
      `${where}: ${place} is ${value}, not a whole number from 0 to 255`,
      "Give a Float32Array for numbers of another kind.",
    );
  });
}
