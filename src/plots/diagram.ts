/** Diagrams: boxes, nodes, edges and words at given places. Coordinates are pixels from the upper left corner.
 *
 *  The layers of a picture are few: shapes of the same depth and look share a mark, whose data are their places. */

import type { TopLevelSpec } from "vega-lite";
import { figure } from "./lines.ts";
import { GREY } from "./theme.ts";

/** In pixels, from the upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What a picture is made of; edges lie under boxes and nodes, words on top. */
export interface Shape {
  readonly depth: 0 | 1 | 2;
  /** Vega-Lite's mark; equal marks are drawn together. */
  readonly mark: { readonly type: "rule" | "rect" | "point" | "text" } & Readonly<Record<string, unknown>>;
  readonly at: Readonly<Record<string, number | string>> & Place;
}

/** How an edge is drawn. */
export interface Stroke {
  readonly color?: string;
  readonly width?: number;
  readonly dashed?: boolean;
  readonly opacity?: number;
}

/** A straight line. */
export function edge(from: Place, to: Place, stroke: Stroke = {}): Shape {
  const { color = GREY, width = 1.2, dashed = false, opacity = 1 } = stroke;
  return {
    depth: 0,
    mark: { type: "rule", color, strokeWidth: width, opacity, ...(dashed && { strokeDash: [4, 3] }) },
    at: { x: from.x, y: from.y, x2: to.x, y2: to.y },
  };
}

const HEAD = 8;

/** An edge whose head touches `to`. */
export function arrow(from: Place, to: Place, stroke: Stroke = {}): Shape[] {
  const { color = GREY } = stroke;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const back = (by: number) => ({ x: to.x - (dx * by) / Math.hypot(dx, dy), y: to.y - (dy * by) / Math.hypot(dx, dy) });
  const angle = Math.round((Math.atan2(dy, dx) * 180) / Math.PI);
  // A symbol of size s is about √s across; "triangle" points up, and lies with its middle where it is put.
  const head: Shape = {
    depth: 1,
    mark: { type: "point", shape: "triangle", size: HEAD * HEAD, filled: true, opacity: 1, color, angle: angle + 90 },
    at: back(HEAD / 2),
  };
  return [edge(from, back(HEAD / 2), stroke), head];
}

/** How a node or a box is drawn. */
export interface Look {
  readonly fill?: string;
  readonly color?: string;
  readonly width?: number;
}

/** A circle. */
export function node({ x, y }: Place, radius: number, { fill = "white", color = GREY, width = 1.5 }: Look = {}): Shape {
  const mark = { type: "point", shape: "circle", size: 4 * radius * radius, opacity: 1 } as const;
  return { depth: 1, mark: { ...mark, fill, stroke: color, strokeWidth: width }, at: { x, y } };
}

/** A box around its middle. */
export function box({ x, y }: Place, width: number, height: number, look: Look & { corner?: number } = {}): Shape {
  const { fill = "white", color = GREY, width: strokeWidth = 1.2, corner = 0 } = look;
  return {
    depth: 1,
    mark: { type: "rect", fill, stroke: color, strokeWidth, cornerRadius: corner },
    at: { x: x - width / 2, y: y - height / 2, x2: x + width / 2, y2: y + height / 2 },
  };
}

/** How words are written; sizes in pixels. */
export interface Words {
  readonly size?: number;
  readonly color?: string;
  readonly bold?: boolean;
  readonly align?: "left" | "center" | "right";
}

/** Words around (align "center"), after ("left") or before ("right") a place. */
export function words({ x, y }: Place, text: string, look: Words = {}): Shape {
  const { size = 12, color = "#222222", bold = false, align = "center" } = look;
  return {
    depth: 2,
    mark: {
      type: "text",
      baseline: "middle",
      fontSize: size,
      color,
      align,
      ...(bold && { fontWeight: 600 }),
    },
    at: { x, y, text },
  };
}

/** Words that end with an index for which there may be no character, "w" and "b", and what follows. The index is at the
 *  place; how wide words are is not known here, but an index is about half its size. */
export function indexed({ x, y }: Place, text: string, index: string, look: Words = {}, rest = ""): Shape[] {
  const { size = 12 } = look;
  const after = words({ x: x + size, y }, rest, { ...look, align: "left" });
  return [
    words({ x, y }, text, { ...look, align: "right" }),
    words({ x: x + 1, y: y + size / 3 }, index, { ...look, size: size - 2, align: "left" }),
    ...(rest === "" ? [] : [after]),
  ];
}

/** A diagram; sizes in pixels. */
export interface DiagramOptions {
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** The diagram as a Vega-Lite specification. Equal marks are drawn together. */
export function diagramSpec({ description, width, height, shapes }: DiagramOptions): TopLevelSpec {
  const alike = new Map<string, Shape[]>();
  for (const shape of [...shapes].sort((a, b) => a.depth - b.depth)) {
    const key = JSON.stringify([shape.depth, shape.mark]);
    alike.set(key, [...(alike.get(key) ?? []), shape]);
  }
  return figure(description, { width, height, layer: [...alike.values()].map(layerOf) });
}

function layerOf(shapes: readonly Shape[]) {
  const { mark, at } = shapes[0]!;
  const pixels = (field: string) => ({ field, type: "quantitative" as const, scale: null, axis: null });
  return {
    data: { values: shapes.map((shape) => shape.at) },
    mark,
    encoding: {
      x: pixels("x"),
      y: pixels("y"),
      ...("x2" in at && { x2: { field: "x2" }, y2: { field: "y2" } }),
      ...("text" in at && { text: { field: "text", type: "nominal" as const } }),
    },
  };
}
