/** What the results that are kept amount to. */

import { type Entry, type Experiment, experiments, type Scale } from "onebit-report";
import type { DataSet } from "../../data/dataset.ts";
import { resultsOf, type Store } from "./store.ts";

/** Experiments with their figures, tables and findings, in the order of the page: all that have results, need none, or
 *  are among `chosen`. data: MNIST. */
export async function drawAll(
  store: Store,
  scale: Scale,
  data: DataSet,
  chosen: readonly Experiment[] = [],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const experiment of experiments) {
    const { done, total, measured, machine } = resultsOf(store, experiment, scale);
    const nothing = (total > 0 && done.length === 0) || (experiment.measure !== undefined && measured.length === 0);
    if (nothing && !chosen.includes(experiment)) continue;
    const drawing = await experiment.draw({ scale, done, measured, data });
    entries.push({ experiment, drawing, done: done.length, total, machine });
  }
  return entries;
}
