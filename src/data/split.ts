/** Which samples are trained on, and in which order. Both are functions of the seed alone, so that a resumed run sees
 *  the same samples in the same order. */

import { OnebitError } from "../core/errors.ts";
import { permutation } from "../core/random.ts";

/** Indices into a training set, each ascending: only the membership is random. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** Holds `validation` of `count` samples out. Random stream "split".
 *  Throws `config` when `validation` is not an integer in 0 … count − 1. */
export function splitTrainValidation(count: number, validation: number, seed: number): Split {
  if (!Number.isInteger(validation) || validation < 0 || validation >= count) {
    throw new OnebitError(
      "config",
      `validation is ${validation}, of a training set of ${count} samples`,
      `Give an integer from 0 to ${count - 1}: at least one sample is left to train on.`,
    );
  }
  const order = permutation(count, seed, "split");
  return { train: order.subarray(validation).toSorted(), validation: order.subarray(0, validation).toSorted() };
}

/** The indices of `train` in the random order of an epoch (1, 2, 3 …). Random stream "shuffle". */
export function epochOrder(train: Int32Array, seed: number, epoch: number): Int32Array {
  return permutation(train.length, seed, "shuffle", epoch).map((position) => train[position]!);
}
