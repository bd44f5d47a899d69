/** Numbers of results: by series, over seeds. Accuracies in percent. */

import type { RunRow } from "onebit";
import type { Done } from "./experiment.ts";

/** The runs of each series, in the order the series come. Runs that diverged have no last accuracy, and are left out. */
export function bySeries(done: readonly Done[]): Map<string, RunRow[]> {
  const groups = new Map<string, RunRow[]>();
  for (const { series, row } of done) {
    if (row.failed === undefined) groups.set(series, [...(groups.get(series) ?? []), row]);
  }
  return groups;
}

/** Test accuracy after the last epoch, in percent. */
export const finalAccuracy = (row: RunRow): number => 100 * row.testAccuracy.at(-1)!;

/** The epoch of the best validation accuracy (1, 2 …; the first of equals), and the test accuracy there, in percent. */
export function bestEpoch({ validationAccuracy, testAccuracy }: RunRow): { epoch: number; accuracy: number } {
  // Without validation there is no better epoch than the last.
  if (validationAccuracy.length === 0) return { epoch: testAccuracy.length, accuracy: 100 * testAccuracy.at(-1)! };
  const at = validationAccuracy.indexOf(Math.max(...validationAccuracy));
  return { epoch: at + 1, accuracy: 100 * testAccuracy[at]! };
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The middle one, the upper of two. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Sample standard deviation; 0 of one value. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** "95.12" or, of several values, "95.12 ± 0.08": mean and standard deviation. */
export function spread(values: readonly number[], digits = 2): string {
  const centre = mean(values).toFixed(digits);
  return values.length < 2 ? centre : `${centre} ± ${deviation(values).toFixed(digits)}`;
}

/** How much a curve jumps: the mean of what it falls by from one epoch to the next where it falls, over all steps after the
 *  epoch `from`. In percent points an epoch. */
export function roughness({ testAccuracy }: RunRow, from = 1): number {
  const drops = testAccuracy.slice(from).map((value, i) => Math.max(0, testAccuracy[from + i - 1]! - value));
  return drops.length === 0 ? 0 : 100 * mean(drops);
}

/** Series from the best to the worst last validation accuracy, the mean of their runs: what to choose by. */
export function byValidation(done: readonly Done[]): string[] {
  const means = [...bySeries(done)].map(([series, rows]) => ({
    series,
    accuracy: mean(rows.map(({ validationAccuracy }) => validationAccuracy.at(-1) ?? 0)),
  }));
  return means.sort((a, b) => b.accuracy - a.accuracy).map(({ series }) => series);
}
