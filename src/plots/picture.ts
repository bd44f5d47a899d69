/** A figure that is a picture: pixels in a PNG, with texts above its columns. */

import type { TopLevelSpec } from "vega-lite";
import { figure } from "./lines.ts";

export interface PictureOptions {
  readonly description: string;
  /** The PNG file. */
  readonly png: Uint8Array;
  /** Of the picture in pixels; the figure shows it in this size. */
  readonly width: number;
  readonly height: number;
  /** Above columns of equal width. */
  readonly labels?: readonly string[];
}

export function pictureSpec({ description, png, width, height, labels = [] }: PictureOptions): TopLevelSpec {
  const hidden = (field: string, domain: [number, number]) => ({
    field,
    type: "quantitative" as const,
    axis: null,
    scale: { domain, nice: false, zero: false },
  });
  return figure(description, {
    width,
    height,
    encoding: { x: hidden("x", [0, width]), y: hidden("y", [0, height]) },
    layer: [
      {
        data: { values: [{ x: width / 2, y: height / 2 }] },
        mark: { type: "image", url: dataUrl(png), width, height, aspect: false },
      },
      ...labels.map((text, i) => ({
        data: { values: [{ x: ((i + 0.5) * width) / labels.length, y: height }] },
        mark: { type: "text", text, color: "#333333", fontSize: 13, fontWeight: 600, dy: -12 },
      })),
    ],
  });
}

function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""))}`;
}
