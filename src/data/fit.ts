/** Whether a data set fits a network or a model: the one place where this is decided. */

import { areNumbered } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import type { DataSet } from "./dataset.ts";

/** What a network or a model takes: samples of a shape, or of so many numbers in any shape. */
export type Takes = { readonly shape: Shape } | { readonly inputs: number };

/** What samples must fit. `name` is for messages: "the model", "runs/first". */
export type Fitting = Takes & { readonly name: string };

/** Throws `shape` unless a data set fits: its samples (`checkSampleFit`), and its classes, of which it may have
 *  fewer than the model tells apart. Where the model knows its classes by names, those of the data must be the same;
 *  names that are just numbers fit any. `hint` says what to do about it. */
export function checkFit(
  model: Fitting & { readonly classes: number | readonly string[] },
  data: DataSet,
  hint = "Use the data set that it was trained on.",
): void {
  const { name, classes } = model;
  checkSampleFit(model, data, hint);
  const most = typeof classes === "number" ? classes : classes.length;
  if (data.classes.length > most) {
    const message = `${name} knows ${most} ${most === 1 ? "class" : "classes"}, but ${data.name} has ${data.classes.length}`;
    throw new OnebitError("shape", message, hint);
  }
  if (typeof classes === "number" || areNumbered(classes) || areNumbered(data.classes)) return;
  const other = data.classes.findIndex((known, label) => known !== classes[label]);
  if (other < 0) return;
  throw new OnebitError(
    "shape",
    `class ${other} of ${name} is ${JSON.stringify(classes[other])}, that of ${data.name} ${JSON.stringify(data.classes[other])}`,
    hint,
  );
}

/** Throws `shape` unless samples fit: of the same shape, or as many numbers where either is a flat list of them. */
export function checkSampleFit(
  model: Fitting,
  samples: { readonly name: string; readonly shape: Shape },
  hint = "Use the data set that it was trained on.",
): void {
  const [wanted, given] = ["shape" in model ? model.shape : [model.inputs], samples.shape];
  const alike = sizeOf(wanted) === sizeOf(given);
  const flat = wanted.length === 1 || given.length === 1;
  if (alike && (flat || wanted.every((size, i) => size === given[i]))) return;
  throw new OnebitError(
    "shape",
    `${model.name} takes ${sampleText(wanted)}, but ${samples.name} has ${sampleText(given)}`,
    hint,
  );
}

/** "samples of 28 × 28 × 1", "samples of 30 numbers" */
function sampleText(shape: Shape): string {
  return `samples of ${shapeText(shape)}${shape.length === 1 ? " numbers" : ""}`;
}
