/** What an experiment is: a figure, a table or a statement of the report, or a question that it left open, as plain data and pure
 *  functions. It says which networks are to be trained, and makes figures, tables and findings of their results. Who trains
 *  them, keeps the results and writes the files is no concern of it (`onebit reproduce`). */

import type { DataSet, Run, RunRow } from "onebit";
import type { TopLevelSpec } from "vega-lite";
import type { Scale } from "./runs.ts";

/** A run of an experiment that is done. */
export interface Done extends Run {
  readonly row: RunRow;
}

/** A measurement: how something that was timed came out, as JSON. */
export type Measured = Readonly<Record<string, number | string>>;

export interface MeasureContext {
  readonly scale: Scale;
  readonly data: DataSet;
}

/** What figures and tables are made of. */
export interface Material {
  readonly scale: Scale;
  /** The runs that are done, in the order of `runs`. */
  readonly done: readonly Done[];
  /** What `measure` returned, once it did. */
  readonly measured: readonly Measured[];
  /** MNIST. */
  readonly data: DataSet;
}

export interface Figure {
  /** A file name without extension. */
  readonly name: string;
  /** What is to be seen, for those who do not see it and for the caption. */
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What became of something that the report says (or that we expected). */
export interface Finding {
  readonly claim: string;
  readonly verdict: "confirmed" | "contradicted" | "open";
  /** The numbers that decide it. */
  readonly evidence: string;
}

/** What an experiment shows. */
export interface Drawing {
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly findings: readonly Finding[];
}

export interface Experiment {
  /** As the command line names it: "fig-4.1". */
  readonly id: string;
  /** What it is in the report: a figure or a table that has a number, something else that a section says or shows, or a question
   *  that goes beyond the report. */
  readonly kind: "figure" | "table" | "section" | "beyond";
  /** Further figures of the report that are part of it: "fig-5.2". */
  readonly covers?: readonly string[];
  readonly title: string;
  /** Of the report: "4.1". */
  readonly section: string;
  /** What the report says. */
  readonly report: string;
  /** What was done here, and what had to be assumed. */
  readonly setup: string;
  /** What the findings mean, and why they may differ from the report's. Holds for the committed results. */
  readonly discussion?: string;
  /** Pure: the same runs in the same order each time. */
  runs?(scale: Scale): readonly Run[];
  /** Something to be timed, after all runs and with nothing else running. */
  measure?(context: MeasureContext): Promise<readonly Measured[]>;
  /** Some runs or the measurement may be missing yet. */
  draw(material: Material): Drawing | Promise<Drawing>;
}
