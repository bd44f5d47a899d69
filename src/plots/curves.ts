/** The curves of a run: accuracy, loss, flip ratio and learning rate over its epochs, as small multiples. */

import type { TopLevelSpec } from "vega-lite";
import { OnebitError } from "../core/errors.ts";
import type { EpochRow } from "../train/metrics.ts";
import { apart } from "./labels.ts";
import { renderSvg } from "./svg.ts";
import { BLUE, CONFIG, GREEN, GREY, SCHEMA, VERMILION } from "./theme.ts";

/** Options of `curvesSvg`. */
export interface CurvesOptions {
  /** Above the figure; none by default. */
  readonly title?: string;
}

/** The figure as SVG. Throws `argument` without rows, `missing` when vega or vega-lite is not installed. */
export async function curvesSvg(rows: readonly EpochRow[], { title }: CurvesOptions = {}): Promise<string> {
  return await renderSvg(curvesSpec(rows, title));
}

/** The figure's Vega-Lite specification. Networks without binary weights have no panel of flips, and runs without
 *  validation no curve of it. Throws `argument` without rows. */
export function curvesSpec(rows: readonly EpochRow[], title?: string): TopLevelSpec {
  if (rows.length === 0) throw new OnebitError("argument", "a run without a finished epoch has no curves");
  const panels = [accuracyPanel(rows), lossPanel(rows), ...flipPanel(rows), ratePanel(rows)];
  return {
    $schema: SCHEMA,
    description: "Accuracy, loss, flip ratio and learning rate of a training run over its epochs",
    ...(title !== undefined && { title: { text: title, fontSize: 15, offset: 14 } }),
    background: "white",
    padding: 12,
    columns: 2,
    // Plots are aligned by their frames; what is around them (titles, axes, labels) has its place in the spacing.
    bounds: "flush",
    spacing: { row: 82, column: 150 },
    concat: panels.map((panel) => panelSpec(panel, rows)),
    config: CONFIG,
  };
}

const WIDTH = 240;
const HEIGHT = 150;
/** Pixels between the baselines of two labels, at least. */
const LINE = 14;
/** About so many lines across a plot, one of them along its top: titles stand equally high above it. */
const TICKS = 5;
/** Up to so many epochs each one is marked with a point. */
const MARKED = 20;

interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

interface Panel {
  /** What is shown, with its unit. */
  readonly title: string;
  readonly series: readonly Series[];
  /** What the vertical axis shows at least. */
  readonly domain: readonly [low: number, high: number];
  /** Writes the value at a curve's end. */
  readonly format: (value: number) => string;
}

function series(
  name: string,
  color: string,
  rows: readonly EpochRow[],
  value: (row: EpochRow) => number | null,
): Series {
  const points = rows.flatMap((row) => {
    const y = value(row);
    return y === null ? [] : [{ epoch: row.epoch, value: y }];
  });
  return { name, color, points };
}

function accuracyPanel(rows: readonly EpochRow[]): Panel {
  const all = [
    series("training", VERMILION, rows, (row) => 100 * row.trainAccuracy),
    series("validation", BLUE, rows, ({ validationAccuracy: a }) => (a === null ? null : 100 * a)),
  ].filter(({ points }) => points.length > 0);
  const lowest = Math.min(...all.flatMap(({ points }) => points.map(({ value }) => value)));
  return {
    title: "Accuracy (%)",
    series: all,
    // A round number below the lowest accuracy, so that a high one does not flatten the curve against the top.
    domain: [lowest >= 90 ? Math.max(90, 2 * Math.floor((lowest - 0.5) / 2)) : 10 * Math.floor(lowest / 10), 100],
    format: (value) => value.toFixed(1),
  };
}

function lossPanel(rows: readonly EpochRow[]): Panel {
  return fromZero(
    "Loss (mean over the training images)",
    series("", VERMILION, rows, (row) => row.trainLoss),
    digits(3),
  );
}

function flipPanel(rows: readonly EpochRow[]): Panel[] {
  if (rows.every((row) => row.flipRatio === 0)) return [];
  return [
    fromZero(
      "Flip ratio (binary weights per step, %)",
      series("", GREEN, rows, (row) => 100 * row.flipRatio),
      digits(2),
    ),
  ];
}

function ratePanel(rows: readonly EpochRow[]): Panel {
  return fromZero(
    "Learning rate (as an epoch begins)",
    series("", GREY, rows, (row) => row.learningRate),
    digits(2),
  );
}

function fromZero(title: string, only: Series, format: Panel["format"]): Panel {
  const highest = Math.max(...only.points.map(({ value }) => value));
  return { title, series: [only], domain: [0, highest > 0 ? highest : 1], format };
}

/** So many significant digits, without zeros at the end. */
function digits(count: number): (value: number) => string {
  return (value) => String(Number(value.toPrecision(count)));
}

function panelSpec(panel: Panel, rows: readonly EpochRow[]) {
  const marked = rows.length <= MARKED;
  const x = {
    field: "epoch",
    type: "quantitative" as const,
    title: "Epoch",
    scale: { domain: epochDomain(rows), nice: false },
    axis: { tickMinStep: 1, tickCount: 6, format: "d", labelFlush: false },
  };
  const y = {
    field: "value",
    type: "quantitative" as const,
    title: null,
    scale: { domain: [...panel.domain], nice: TICKS },
    axis: { tickCount: TICKS, format: ".4~r" },
  };
  const curves = panel.series.map(({ color, points }) => ({
    data: { values: [...points] },
    mark: { type: "line" as const, color, point: marked && { color, size: 24 } },
  }));
  const ends = labels(panel).map(({ text, color, epoch, value }) => ({
    data: { values: [{ epoch, value }] },
    mark: { type: "text" as const, text, color, align: "left" as const, dx: 8, fontSize: 11, fontWeight: 600 as const },
  }));
  return {
    width: WIDTH,
    height: HEIGHT,
    title: {
      text: panel.title,
      anchor: "start" as const,
      fontSize: 12,
      fontWeight: 600 as const,
      offset: 10,
      frame: "group" as const,
    },
    encoding: { x, y },
    layer: [...curves, ...ends],
  };
}

/** From the first to the last epoch; an only one is in the middle. */
function epochDomain(rows: readonly EpochRow[]): [number, number] {
  const first = rows[0]!.epoch;
  const last = rows.at(-1)!.epoch;
  return first === last ? [first - 0.5, last + 0.5] : [first, last];
}

interface Label {
  readonly text: string;
  readonly color: string;
  readonly epoch: number;
  /** Height it is written at: the curve's last value, or as far from it as another label makes necessary. */
  readonly value: number;
}

/** Name and last value at the end of each curve; where they would touch they move apart. */
function labels({ series, domain: [low, high], format }: Panel): Label[] {
  const ends = series.map(({ points }) => points.at(-1)!);
  const heights = apart(
    ends.map(({ value }) => value),
    (LINE / HEIGHT) * (high - low),
  );
  return series.map(({ name, color }, i) => {
    const { epoch, value } = ends[i]!;
    return { text: `${name} ${format(value)}`.trim(), color, epoch, value: heights[i]! };
  });
}
