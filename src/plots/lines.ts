/** Lines in one plot, with the name of each at its end: how an accuracy goes over epochs, or depends on a setting. */

import type { TopLevelSpec } from "vega-lite";
import { apart } from "./labels.ts";
import { CONFIG, SCHEMA } from "./theme.ts";

/** A point of a line, with its range if it is a mean. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** The range that y is a mean of. */
  readonly low?: number;
  readonly high?: number;
}

/** A line of a plot. */
export interface Line {
  /** Written at the line's end; "" for nothing. */
  readonly name: string;
  readonly color: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
  /** A mark at each point. */
  readonly marked?: boolean;
}

/** A stretch of the vertical axis with a name: where the report's values lie. */
export interface Stretch {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** An axis of a plot. */
export interface Axis {
  /** What is shown, with its unit. */
  readonly title: string;
  readonly domain: readonly [low: number, high: number];
  readonly logarithmic?: boolean;
  /** Where the ticks are; by default some round numbers. */
  readonly values?: readonly number[];
  readonly format?: string;
}

/** A plot of lines. */
export interface LinesOptions {
  readonly description: string;
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly stretches?: readonly Stretch[];
  /** Of the plot in pixels, without axes and labels. */
  readonly width?: number;
  readonly height?: number;
}

const LINE = 14;
const FONT = 11;

/** A plot by itself. */
export function linesSpec(options: LinesOptions): TopLevelSpec {
  return figure(options.description, panel(options));
}

/** Plots side by side. */
export function linesRow(description: string, plots: readonly LinesOptions[], spacing = 130): TopLevelSpec {
  return figure(description, { hconcat: plots.map(panel), spacing, bounds: "flush" as const });
}

/** What every figure stands in. */
export function figure(description: string, content: object): TopLevelSpec {
  return { $schema: SCHEMA, description, background: "white", padding: 12, ...content, config: CONFIG } as TopLevelSpec;
}

/** The plot as a part of a figure. */
export function panel({ title, x, y, lines, stretches = [], width = 440, height = 280 }: LinesOptions) {
  const shown = lines.filter(({ points }) => points.length > 0);
  const scaleOf = ({ domain, logarithmic }: Axis) => ({
    domain: [...domain],
    nice: false,
    ...(logarithmic ? { type: "log" as const } : { zero: false }),
  });
  const axisOf = ({ values, format }: Axis) => ({
    ...(values ? { values: [...values] } : { tickCount: 6 }),
    ...(format !== undefined && { format }),
    labelFlush: false,
    labelOverlap: false,
  });
  const encoding = {
    x: { field: "x", type: "quantitative" as const, title: x.title, scale: scaleOf(x), axis: axisOf(x) },
    y: { field: "y", type: "quantitative" as const, title: y.title, scale: scaleOf(y), axis: axisOf(y) },
  };
  return {
    width,
    height,
    ...(title !== undefined && {
      title: {
        text: title,
        anchor: "start" as const,
        fontSize: 12,
        fontWeight: 600 as const,
        offset: 10,
        frame: "group" as const,
      },
    }),
    encoding,
    layer: [
      { data: { values: [] }, mark: "point" as const }, // axes stand also where there is no line yet
      ...stretches.flatMap((stretch) => stretchLayers(stretch, x)),
      ...shown.flatMap((line) => lineLayers(line, y)),
      ...endLabels(shown, y, height),
    ],
  };
}

function stretchLayers({ name, low, high }: Stretch, { domain: [left, right] }: Axis) {
  return [
    {
      data: { values: [{ x: left, y: low, right, high }] },
      mark: { type: "rect" as const, color: "#000000", opacity: 0.07 },
      encoding: { x2: { field: "right" }, y2: { field: "high" } },
    },
    {
      data: { values: [{ x: left, y: high }] },
      mark: {
        type: "text" as const,
        text: name,
        color: "#555555",
        align: "left" as const,
        dx: 6,
        dy: -6,
        fontSize: 10,
      },
    },
  ];
}

function lineLayers({ color, points, dashed = false, marked = false }: Line, { domain: [bottom, top] }: Axis) {
  const clip = points.some(({ y }) => y < bottom || y > top);
  const ranges = points.filter(({ low, high }) => low !== undefined && high !== undefined && high > low);
  const values = points.map(({ x, y }) => ({ x, y }));
  const bars = marked
    ? {
        data: { values: ranges.map(({ x, low, high }) => ({ x, y: low, high })) },
        mark: { type: "rule" as const, color, strokeWidth: 1.5 },
        encoding: { y2: { field: "high" } },
      }
    : {
        data: { values: ranges.map(({ x, low, high }) => ({ x, y: low, high })) },
        mark: { type: "area" as const, color, opacity: 0.16, line: false },
        encoding: { y2: { field: "high" } },
      };
  return [
    ...(ranges.length > 0 ? [bars] : []),
    {
      data: { values },
      mark: {
        type: "line" as const,
        color,
        clip,
        ...(dashed && { strokeDash: [5, 4] }),
        ...(marked && { point: { color, size: 30 } }),
      },
    },
  ];
}

function endLabels(lines: readonly Line[], { domain: [low, high], logarithmic }: Axis, height: number) {
  const named = lines.filter(({ name }) => name !== "");
  const up = logarithmic ? Math.log : (value: number) => value;
  const down = logarithmic ? Math.exp : (value: number) => value;
  const ends = named.map(({ points }) => points.at(-1)!);
  const inside = (value: number) => Math.min(up(high), Math.max(up(low), up(value)));
  const heights = apart(
    ends.map(({ y }) => inside(y)),
    (LINE / height) * (up(high) - up(low)),
  );
  return named.map(({ name, color }, i) => ({
    data: { values: [{ x: ends[i]!.x, y: down(heights[i]!) }] },
    mark: {
      type: "text" as const,
      text: name,
      color,
      align: "left" as const,
      dx: 9,
      fontSize: FONT,
      fontWeight: 600 as const,
    },
  }));
}
