/** What there is to say about a data set, as plain data: for `onebit data` and for reports. */

import { sha256Hex } from "../core/hash.ts";
import type { Shape } from "../core/shape.ts";
import type { DataSet, Samples } from "./dataset.ts";
import { idxHeader } from "./idx.ts";

export interface SamplesDescription {
  readonly count: number;
  /** [classes], samples of each class */
  readonly perClass: readonly number[];
  /** Over all numbers of all samples. */
  readonly mean: number;
  /** Share of the numbers above 127, 0 … 1: what a threshold in the middle sets; null of float32 numbers. */
  readonly shareAbove127: number | null;
  readonly sha256: IdxDigests;
}

export interface DataSetDescription {
  readonly name: string;
  readonly shape: Shape;
  readonly classes: readonly string[];
  readonly train: SamplesDescription;
  /** null without test samples. */
  readonly test: SamplesDescription | null;
}

export function describeDataSet({ name, shape, classes, train, test }: DataSet): DataSetDescription {
  const describe = (set: Samples) => describeSamples(set, shape, classes.length);
  return { name, shape, classes, train: describe(train), test: test ? describe(test) : null };
}

function describeSamples(set: Samples, shape: Shape, classes: number): SamplesDescription {
  const { count, inputs, labels } = set;
  const perClass = new Array<number>(classes).fill(0);
  for (const label of labels) perClass[label]!++;
  let sum = 0;
  let above = 0;
  for (const value of inputs) {
    sum += value;
    if (value > 127) above++;
  }
  return {
    count,
    perClass,
    mean: sum / inputs.length,
    shareAbove127: inputs instanceof Uint8Array ? above / inputs.length : null,
    sha256: idxDigests(set, shape),
  };
}

/** SHA-256 of the two uncompressed IDX files of samples, as hexadecimal digits; null of float32 inputs, of which
 *  there is no IDX file. */
export interface IdxDigests {
  readonly inputs: string | null;
  readonly labels: string;
}

/** The digests of the IDX files that hold samples: those of the very files they were read from, since an IDX file is
 *  determined by its dimensions and values. `hash` is SHA-256, for hosts that have a faster one. */
export function idxDigests(
  { count, inputs, labels }: Samples,
  shape: Shape,
  hash: (...parts: readonly Uint8Array[]) => string = sha256Hex,
): IdxDigests {
  const dimensions = shape.length === 3 && shape[2] === 1 ? shape.slice(0, 2) : shape;
  return {
    inputs: inputs instanceof Uint8Array ? hash(idxHeader([count, ...dimensions]), inputs) : null,
    labels: hash(idxHeader([count]), labels),
  };
}
