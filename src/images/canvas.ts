/** From a drawing on a page to what a network of digits takes. */

import { OnebitError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { luma, onWhite } from "./alpha.ts";
import { digitSide, mnistDigit } from "./digit.ts";
import type { GreyPicture } from "./grey.ts";

/** What `getImageData` gives: 4 bytes a pixel, red, green, blue, alpha. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** The 2D context of a canvas, of which only this is used. */
export interface CanvasPixels {
  /** The pixels of a rectangle. */
  getImageData(x: number, y: number, width: number, height: number): Rgba;
}

/** A `<canvas>` or an OffscreenCanvas. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** The 2D context, of which only the pixels are read. */
  getContext(kind: "2d"): CanvasPixels | null;
}

/** The digit that was drawn, fitted as MNIST fits its digits: u8 [side, side], 28 × 28 unless the model takes another
 *  square. Dark on light or light on dark, of any size, anywhere on the canvas; where the canvas is transparent, it is taken
 *  for white paper, unless all strokes are of one colour: then for paper of another.
 *
 *  ```ts
 *  const [digit] = model.predict(fromCanvas(document.querySelector("canvas"), model));
 *  ```
 *  Throws `data` when nothing was drawn, `shape` when the model does not take square grey pictures, `argument` for a canvas without
 *  2D context. */
export function fromCanvas(source: Canvas | Rgba | GreyPicture, model?: { readonly shape: Shape }): Uint8Array {
  return mnistDigit(pictureOf(source), model === undefined ? 28 : digitSide(model.shape, "the model"), "the drawing");
}

function pictureOf(source: Canvas | Rgba | GreyPicture): GreyPicture {
  if ("pixels" in source) return source;
  if ("data" in source) return greyPicture(source);
  const { width, height } = source;
  const context = source.getContext("2d");
  if (context === null) {
    throw new OnebitError(
      "argument",
      "the canvas has no 2D context",
      "A canvas has one kind of context only: draw in 2D.",
    );
  }
  if (width < 1 || height < 1) throw new OnebitError("data", `the canvas has ${width} × ${height} pixels`);
  return greyPicture(context.getImageData(0, 0, width, height));
}

function greyPicture({ width, height, data }: Rgba): GreyPicture {
  const count = width * height;
  const grey = (i: number) => luma(data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!) / 255;
  return { width, height, pixels: onWhite(count, grey, (i) => data[4 * i + 3]! / 255) };
}
