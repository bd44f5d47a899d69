/** Labelled samples: what networks are trained on and judged by. `dataSet` makes a set from arrays and checks it
 *  (given.ts); `checkDataSet` checks one that was put together by hand. */

import { OnebitError } from "../core/errors.ts";
import { brief } from "../core/json.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import { typeName } from "../core/words.ts";

/** Samples with their labels. */
export interface Samples {
  /** Where they came from, for messages: "mnist train", "idx:my-data test". */
  readonly name: string;
  readonly count: number;
  /** [count, ...shape], row-major. Bytes are 0 … 255; of grey pictures 255 is ink. */
  readonly inputs: Uint8Array | Float32Array;
  /** [count], each the number of a class, 0 … classes − 1 */
  readonly labels: Uint8Array;
}

/** What a network is trained on, and what it is tested with if there is something. `dataSet` makes one from arrays,
 *  `loadDataSet` of onebit/node from files. */
export interface DataSet {
  readonly name: string;
  /** Of one sample. */
  readonly shape: Shape;
  /** Names of the classes: class 0 is the first. */
  readonly classes: readonly string[];
  readonly train: Samples;
  readonly test?: Samples;
}

/** A data set that has test samples. */
export type DataSetWithTest = DataSet & { readonly test: Samples };

/** Classes that a label, which is a byte, can tell apart. */
const MAX_CLASSES = 256;

/** Whether a value is meant as a DataSet: it has training samples. `checkDataSet` tells whether it is in order. */
export function isDataSet(value: unknown): value is DataSet {
  return typeof value === "object" && value !== null && "train" in value;
}

/** Checks a data set that was put together by hand. Throws `argument` for something of another type, a shape or a
 *  list of classes that cannot be, and `data` for faulty samples (`checkSamples`). */
export function checkDataSet(data: DataSet): void {
  if (!isDataSet(data)) {
    throw new OnebitError(
      "argument",
      `a data set is an object with name, shape, classes and train, not ${typeName(data)}`,
      "Make one with dataSet({ inputs, labels, shape }).",
    );
  }
  const name = nameOf(data.name, "the data set");
  checkShape(data.shape, name);
  checkClasses(data.classes, name);
  checkSamples(data.train, data.shape, data.classes, `${name} train`);
  if (data.test === undefined) return;
  checkSamples(data.test, data.shape, data.classes, `${name} test`);
  const [train, test] = [numbersOf(data.train), numbersOf(data.test)];
  if (train !== test) {
    throw new OnebitError(
      "data",
      `${name} has ${train} to train on, but ${test} to test with`,
      "Use one kind of array.",
    );
  }
}

/** Checks samples of a shape and labels of classes against each other. `name` stands in for a name that is missing.
 *  Throws `argument` for arrays of other types; `data` when there are no samples, when there are more or fewer
 *  numbers or labels than samples, for a label outside the classes, and for a number that is NaN or infinite. */
export function checkSamples(set: Samples, shape: Shape, classes: readonly string[], name = "the samples"): void {
  if (typeof set !== "object" || set === null) {
    throw new OnebitError("argument", `${name}: samples are an object with inputs and labels, not ${typeName(set)}`);
  }
  const { count, inputs, labels } = set;
  const where = nameOf(set.name, name);
  if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
    const hint = "dataSet({ inputs, labels, shape }) takes other arrays, too.";
    throw new OnebitError(
      "argument",
      `${where}: inputs are a Uint8Array or a Float32Array, not ${typeName(inputs)}`,
      hint,
    );
  }
  if (!(labels instanceof Uint8Array)) {
    const hint = "dataSet({ inputs, labels, shape }) takes other arrays and class names, too.";
    throw new OnebitError("argument", `${where}: labels are a Uint8Array, not ${typeName(labels)}`, hint);
  }
  if (!Number.isInteger(count) || count < 0) {
    throw new OnebitError("argument", `${where}: count is ${brief(count)}, not a number of samples`);
  }
  checkCounts({ numbers: inputs.length, labels: labels.length, count }, shape, where);
  checkLabels(labels, classes, where);
  if (inputs instanceof Float32Array) checkFinite(inputs, shape, where);
}

/** Throws `data` unless there are samples, with as many numbers and labels as they take. */
export function checkCounts(
  { numbers, labels, count }: { readonly numbers: number; readonly labels: number; readonly count: number },
  shape: Shape,
  where: string,
): void {
  if (count === 0) throw new OnebitError("data", `${where} has no samples`);
  const size = sizeOf(shape);
  if (numbers !== count * size) {
    throw new OnebitError(
      "data",
      `${where}: ${plural(count, "sample")} of ${shapeText(shape)} should be ${plural(count * size, "number")}, but inputs holds ${numbers}`,
      "Inputs hold sample after sample, each row by row.",
    );
  }
  if (labels !== count) {
    throw new OnebitError(
      "data",
      `${where} has ${plural(count, "sample")}, but ${plural(labels, "label")}`,
      "Give one label for each sample.",
    );
  }
}

/** Throws `argument` unless `shape` is [features], or [height, width, channels], all positive integers. */
export function checkShape(shape: unknown, where: string): asserts shape is Shape {
  const hint = "Give [features], or [height, width, channels]: [28, 28, 1] of grey pictures.";
  if (!Array.isArray(shape)) {
    throw new OnebitError("argument", `${where}: a shape is an array of sizes, not ${typeName(shape)}`, hint);
  }
  if (shape.length !== 1 && shape.length !== 3) {
    const what =
      shape.length === 0 ? "is empty" : `[${shape.map(brief).join(", ")}] has ${shape.length} sizes, not 1 or 3`;
    throw new OnebitError("argument", `${where}: the shape ${what}`, hint);
  }
  const odd = shape.findIndex((size) => !Number.isInteger(size) || size < 1);
  if (odd >= 0) {
    const text = `the shape [${shape.map(brief).join(", ")}] has the size ${brief(shape[odd])}, not a positive integer`;
    throw new OnebitError("argument", `${where}: ${text}`, hint);
  }
}

/** Throws `argument` unless `classes` are 2 … 256 different names. */
export function checkClasses(classes: unknown, where: string): asserts classes is readonly string[] {
  const hint = 'Give their names: ["cat", "dog"].';
  if (!Array.isArray(classes)) {
    throw new OnebitError("argument", `${where}: classes are a list of names, not ${typeName(classes)}`, hint);
  }
  const odd = classes.findIndex((name) => typeof name !== "string" || name === "");
  if (odd >= 0) {
    const found = classes[odd] === "" ? "an empty text" : typeName(classes[odd]);
    throw new OnebitError("argument", `${where}: class ${odd} is ${found}, not a name`, hint);
  }
  const again = classes.findIndex((name, i) => classes.indexOf(name) < i);
  if (again >= 0) {
    const name = JSON.stringify(classes[again]);
    throw new OnebitError(
      "argument",
      `${where}: the classes ${classes.indexOf(classes[again])} and ${again} are both called ${name}`,
      "Give each class a name of its own.",
    );
  }
  checkClassCount(classes.length, where);
}

/** Throws `argument` unless there are 2 … 256 classes. */
export function checkClassCount(count: number, where: string): void {
  if (count < 2) {
    const found = count === 1 ? "only one class" : "no classes";
    throw new OnebitError("argument", `${where} has ${found}`, "A network tells two classes or more apart.");
  }
  if (count > MAX_CLASSES) {
    throw new OnebitError("argument", `${where} has ${count} classes`, `There may be ${MAX_CLASSES} at most.`);
  }
}

/** Throws `data` for the first label that is not the number of a class. */
export function checkLabels(labels: ArrayLike<number>, classes: readonly string[], where: string): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes.length) continue;
    throw new OnebitError(
      "data",
      `${where}: sample ${i} has label ${String(label)}, but the ${classes.length} classes are 0 … ${classes.length - 1}`,
    );
  }
}

/** Throws `data` for the first number that is NaN or infinite. */
export function checkFinite(inputs: Float32Array, shape: Shape, where: string): void {
  const wrong = inputs.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new OnebitError(
    "data",
    `${where}: ${placeOf(wrong, sizeOf(shape))} is ${inputs[wrong]}`,
    "Replace what is missing, or leave such samples out.",
  );
}

/** "number 3 of sample 12", both counted from 0. */
export function placeOf(index: number, size: number): string {
  return `number ${index % size} of sample ${Math.floor(index / size)}`;
}

/** The inputs of samples as bytes. Throws `data` when they are float32 numbers. */
export function bytesOf({ name, inputs }: Samples): Uint8Array {
  if (inputs instanceof Uint8Array) return inputs;
  throw new OnebitError(
    "data",
    `the samples of ${name} are float32 numbers, but 8-bit numbers are needed here`,
    "Scale them to 0 … 255 in a Uint8Array.",
  );
}

/** The first samples of a set, all of them where it has no more than `limit`. */
export function firstOf(set: Samples, limit: number): Samples {
  const count = Math.min(set.count, limit);
  const size = set.inputs.length / set.count;
  return { ...set, count, inputs: set.inputs.subarray(0, count * size), labels: set.labels.subarray(0, count) };
}

const numbersOf = ({ inputs }: Samples) => (inputs instanceof Uint8Array ? "8-bit numbers" : "float32 numbers");

function nameOf(name: unknown, otherwise: string): string {
  return typeof name === "string" && name !== "" ? name : otherwise;
}

/** "1 label", "3 labels" */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
