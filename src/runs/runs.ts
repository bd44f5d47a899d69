/** Results that are kept: a run is known by its recipe, so that no network is trained twice, and what it came to is a line of
 *  JSON. It does not matter here who trains it and where the line is kept. */

import type { Recipe } from "../config/keys.ts";
import { normalForm, recipeKey } from "../config/recipe.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { NUMERICS } from "../core/numerics.ts";
import type { EpochRow } from "../train/metrics.ts";

/** A training that is asked for. */
export interface Run {
  /** The curve or row of a table it belongs to. Runs of one series differ in their seeds alone. */
  readonly series: string;
  readonly recipe: Recipe;
  /** It is timed: it gets all threads, and nothing else runs beside it. */
  readonly alone?: boolean;
}

/** What is kept of a run. Accuracies are 0 … 1, one an epoch; none of validation without a split. */
export interface RunRow {
  /** `runKey` of the run. */
  readonly key: string;
  /** The recipe, without keys that came after the first results and have their default. */
  readonly config: Partial<Recipe>;
  readonly trainAccuracy: readonly number[];
  readonly validationAccuracy: readonly number[];
  /** To be drawn; nothing is chosen by it. */
  readonly testAccuracy: readonly number[];
  readonly trainLoss: readonly number[];
  /** Wall time, on whatever else the machine was doing; of a run alone, on nothing else. */
  readonly seconds: readonly number[];
  /** Why it ended early: the error's message. */
  readonly failed?: string;
  /** Of the frozen model; null for networks without one, and where it failed. */
  readonly modelSha256: string | null;
  /** Processor, threads and version of Node. */
  readonly machine: string;
}

/** Names a run: 16 hexadecimal digits that depend on its recipe, on whether it is timed, and on the numerics' version. Nothing
 *  else changes what it computes. */
export function runKey({ recipe, alone = false }: Pick<Run, "recipe" | "alone">): string {
  return recipeKey(recipe, { alone });
}

/** Likewise, names something that was measured, `id`, at a scale. */
export function measureKey(id: string, scale: string): string {
  const text = canonicalJson({ measure: id, scale, numerics: NUMERICS });
  return sha256Hex(new TextEncoder().encode(text)).slice(0, 16);
}

/** The row of a run with these epochs. */
export function runRow(
  run: Run,
  epochs: readonly EpochRow[],
  end: Pick<RunRow, "failed" | "modelSha256" | "machine">,
): RunRow {
  const rounded = (digits: number, value: (row: EpochRow) => number | null | undefined) =>
    epochs.flatMap((row) => {
      const given = value(row) ?? undefined;
      return given === undefined ? [] : [Number(given.toFixed(digits))];
    });
  return {
    key: runKey(run),
    config: normalForm(run.recipe),
    trainAccuracy: rounded(4, (row) => row.trainAccuracy),
    validationAccuracy: rounded(4, (row) => row.validationAccuracy),
    testAccuracy: rounded(4, (row) => row.testAccuracy),
    trainLoss: rounded(4, (row) => row.trainLoss),
    seconds: rounded(2, (row) => row.seconds),
    ...end,
  };
}
