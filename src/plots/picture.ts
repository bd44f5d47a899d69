/** A figure that is a grey picture, with texts above its columns. */

import type { TopLevelSpec } from "vega-lite";
import type { GreyPicture } from "../images/grey.ts";
import { encodePng } from "../images/png/encode.ts";
import { figure } from "./lines.ts";

/** A figure of a grey picture. */
export interface PictureOptions {
  readonly description: string;
  /** Each of its pixels is one of the figure's. */
  readonly picture: GreyPicture;
  /** Above columns of equal width. */
  readonly labels?: readonly string[];
}

/** The picture as a Vega-Lite specification that embeds it as PNG. */
export async function pictureSpec({ description, picture, labels = [] }: PictureOptions): Promise<TopLevelSpec> {
  const { width, height } = picture;
  const url = dataUrl(await encodePng(picture));
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
        mark: { type: "image", url, width, height, aspect: false },
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
