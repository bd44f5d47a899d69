/** How a data set is named in one word: on the command line, in configurations and with kept results.
 *
 *    NAME          a set that onebit knows: "mnist"
 *    NAME:LIMIT    the first LIMIT samples of its training set and of its test set: "mnist:3000"
 *    idx:DIR       the IDX files of a folder: "idx:my-data"
 *
 *  Which names there are is known where the files are (src/node/data-sets.ts). */

import { OnebitError } from "../core/errors.ts";

/** What the name of a data set stands for: "mnist", "mnist:3000", "idx:DIR". */
export type DataSpec =
  | { readonly kind: "named"; readonly name: string; readonly limit?: number }
  | { readonly kind: "idx"; readonly folder: string };

/** Throws `argument` when the text has neither form. */
export function parseDataSpec(text: string): DataSpec {
  if (text.startsWith("idx:") && text.length > 4) return { kind: "idx", folder: text.slice(4) };
  const [, name, limit] = /^([a-z0-9][a-z0-9-]*)(?::([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (name === undefined || name === "idx") {
    throw new OnebitError(
      "argument",
      `there is no data set "${text}"`,
      "Give the name of one (mnist), its name and a number of samples (mnist:3000), or idx:DIR.",
    );
  }
  return { kind: "named", name, ...(limit !== undefined && { limit: Number(limit) }) };
}

/** The inverse of `parseDataSpec`. */
export function dataSpecText(spec: DataSpec): string {
  if (spec.kind === "idx") return `idx:${spec.folder}`;
  return spec.limit === undefined ? spec.name : `${spec.name}:${spec.limit}`;
}
