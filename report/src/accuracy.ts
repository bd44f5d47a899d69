/** Accuracies of runs, as curves over epochs and as tables. */

import type { RunRow } from "onebit";
import { type Axis, COLORS, type Line, type LinesOptions, linesSpec, type Stretch } from "onebit/plots";
import type { Done, Figure, Table } from "./experiment.ts";
import { bestEpoch, bySeries, finalAccuracy, mean, spread } from "./statistics.ts";

export interface CurveOptions {
  readonly name: string;
  readonly caption: string;
  /** Of the vertical axis; by default from a round number below all values to one above. */
  readonly domain?: readonly [low: number, high: number];
  /** By series, in their order; COLORS by default. */
  readonly colors?: readonly string[];
  readonly stretches?: readonly Stretch[];
  readonly dashed?: readonly string[];
  /** Over passes through the training images instead of epochs: of repetitions an epoch has many. */
  readonly passes?: boolean;
  /** What the series are: "by batch size". */
  readonly title?: string;
}

/** Test accuracy over epochs: the mean of each series' runs, and the range from the lowest to the highest. */
export function accuracyFigure(done: readonly Done[], options: CurveOptions): Figure {
  const { name, caption } = options;
  return { name, caption, spec: linesSpec(accuracyLines(done, options)) };
}

/** The plot of `accuracyFigure`, to be put beside others. */
export function accuracyLines(
  done: readonly Done[],
  { caption, domain, colors = COLORS, stretches = [], dashed = [], passes = false, title }: Omit<CurveOptions, "name">,
): LinesOptions {
  const groups = bySeries(done);
  const lines = [...groups].map(
    ([series, rows], i): Line => ({
      name: series,
      color: colors[i % colors.length]!,
      points: curve(rows, passes),
      dashed: dashed.includes(series),
    }),
  );
  return {
    description: caption,
    ...(title !== undefined && { title }),
    x: epochAxis(lines, passes ? "Passes through the training images" : "Epoch"),
    y: { title: "Test accuracy (%)", domain: domain ?? roundDomain(lines) },
    lines,
    stretches,
  };
}

/** By epoch, or by pass. */
function curve(rows: readonly RunRow[], passes: boolean): Line["points"] {
  const { binarize } = rows[0]!.config;
  const repetitions = passes && binarize?.kind === "probability" ? binarize.repetitions : 1;
  return rows[0]!.testAccuracy.map((_, i) => {
    const values = rows.map(({ testAccuracy }) => 100 * testAccuracy[i]!);
    return { x: (i + 1) * repetitions, y: mean(values), low: Math.min(...values), high: Math.max(...values) };
  });
}

function epochAxis(lines: readonly Line[], title: string): Axis {
  const last = Math.max(2, ...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((step) => last / step <= 10) ?? 500;
  const values = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return { title, domain: [1, last], values: values[0] === 1 ? values : [1, ...values], format: "d" };
}

/** From the multiple of 1 (of 2, of 5, of 10) below all values to the one above. */
export function roundDomain(lines: readonly Line[]): [number, number] {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]));
  if (values.length === 0) return [0, 100];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const unit = high - low > 40 ? 10 : high - low > 20 ? 5 : high - low > 3 ? 2 : 1;
  return [Math.max(0, unit * Math.floor(low / unit)), Math.min(100, unit * Math.ceil(high / unit))];
}

/** A row for each series: test accuracy after the last epoch, and at the epoch that was best on validation. */
export function accuracyTable(done: readonly Done[], title: string): Table {
  const rows = [...bySeries(done)].map(([series, runs]) => {
    const best = runs.map(bestEpoch);
    return [
      series,
      spread(runs.map(finalAccuracy)),
      spread(best.map(({ accuracy }) => accuracy)),
      best.map(({ epoch }) => epoch).join(", "),
      String(runs.length),
    ];
  });
  for (const { series, row } of done) {
    if (row.failed !== undefined) rows.push([series, "diverged", "–", `in ${row.testAccuracy.length + 1}`, "1"]);
  }
  return { head: [title, "last epoch, %", "best on validation, %", "which epoch", "runs"], rows };
}

/** Mean of the last test accuracies of each series, in percent. */
export function finals(done: readonly Done[]): Map<string, number> {
  return new Map([...bySeries(done)].map(([series, rows]) => [series, mean(rows.map(finalAccuracy))]));
}
