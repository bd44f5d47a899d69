/** A picture of a digit, of any size, as MNIST has its digits: light on dark, fitted into a box of 20 × 20 pixels
 *  with the aspect ratio kept, in an image of 28 × 28 whose middle is the centre of mass of the ink (LeCun, Cortes
 *  and Burges, "The MNIST database"). For another size of image the box is as large a part of it. */

import { OnebitError } from "../core/errors.ts";
import { type Shape, shapeText } from "../core/shape.ts";
import type { GreyPicture } from "./grey.ts";

/** The digit of a picture, u8 [side, side]. `name` is the picture's, for messages. Throws `data` when the picture is of one grey, or
 *  when its ink is nothing but specks.
 *
 *  ```ts
 *  const [digit] = model.classify(mnistDigit({ width, height, pixels }));
 *  ``` */
export function mnistDigit(picture: GreyPicture, side = 28, name = "the picture"): Uint8Array {
  const ink = inkOf(picture);
  const box = boundingBox(ink, picture, name);
  const scale = Math.max(1, Math.round((20 / 28) * side)) / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const scaled = stretch(shrink(ink, picture.width, box, width, height), name);
  const [x, y] = centreOfMass(scaled, width);
  const left = Math.round(side / 2 - x);
  const top = Math.round(side / 2 - y);
  const image = new Uint8Array(side * side);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const [row, column] = [r + top, c + left];
      if (row >= 0 && row < side && column >= 0 && column < side) image[row * side + column] = scaled[r * width + c]!;
    }
  }
  return image;
}

/** The side of the square grey pictures that a model takes, by the shape of its samples: 28 of [28, 28, 1] and [28, 28], and of
 *  [784], where only their size is known. Throws `shape` when it takes something else. `name` is the model's, for
 *  messages, `hint` says what to give it instead. */
export function digitSide(shape: Shape, name: string, hint?: string): number {
  const fault = (what: string) => new OnebitError("shape", `${name} takes ${what}`, hint);
  const [height = 0, width, channels = 1] = shape;
  if (width === undefined) {
    const side = Math.round(Math.sqrt(height));
    if (side * side === height) return side;
    throw fault(`${height} numbers, which are not the pixels of a square picture`);
  }
  if (channels !== 1) {
    throw fault(`pictures of ${channels} channels (${shapeText(shape)}), and only grey ones can be fitted`);
  }
  if (height !== width) throw fault(`pictures of ${height} × ${width} pixels, and only square ones can be fitted`);
  return height;
}

/** How much ink each pixel is: light is ink where the picture's border is dark, dark is ink where it is light; stretched to
 *  0 … 255. */
function inkOf({ width, height, pixels }: GreyPicture): (i: number) => number {
  let [border, count] = [0, 0];
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (r > 0 && r < height - 1 && c > 0 && c < width - 1) continue;
      border += pixels[r * width + c]!;
      count++;
    }
  }
  const inverted = border > 127.5 * count;
  const lowest = pixels.reduce((a, b) => Math.min(a, b), 255);
  const highest = pixels.reduce((a, b) => Math.max(a, b), 0);
  const range = Math.max(1, highest - lowest);
  const inks = Float64Array.from(
    { length: 256 },
    (_, grey) => (255 * (inverted ? highest - grey : grey - lowest)) / range,
  );
  return (i) => inks[pixels[i]!]!;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Of the pixels with a quarter of the greatest ink or more: paper is not evenly white. */
function boundingBox(ink: (i: number) => number, { width, height }: GreyPicture, name: string): Box {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      if (ink(r * width + c) < 64) continue;
      [left, right, top, bottom] = [Math.min(left, c), Math.max(right, c), Math.min(top, r), Math.max(bottom, r)];
    }
  }
  if (right < 0) throw new OnebitError("data", `${name} is blank: all of it has one grey`);
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The box in another size: each pixel is the mean of the area that falls on it, 0 … 255 [height, width]. */
function shrink(ink: (i: number) => number, stride: number, box: Box, width: number, height: number): Float64Array {
  const [stepX, stepY] = [box.width / width, box.height / height];
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) * stepX, Math.floor(i / width) * stepY];
    let sum = 0;
    for (let r = Math.floor(y); r < Math.min(box.height, y + stepY); r++) {
      const tall = Math.min(r + 1, y + stepY) - Math.max(r, y);
      for (let c = Math.floor(x); c < Math.min(box.width, x + stepX); c++) {
        const wide = Math.min(c + 1, x + stepX) - Math.max(c, x);
        sum += tall * wide * ink((box.top + r) * stride + box.left + c);
      }
    }
    return sum / (stepX * stepY);
  });
}

/** The greatest ink becomes 255 again: where a pen is thinner than a pixel of the small image, all means are low. A
 *  mean that rounds to 0 is less than a 500th of a pixel, and no pen. */
function stretch(means: Float64Array, name: string): Uint8Array {
  const greatest = means.reduce((a, b) => Math.max(a, b), 0);
  if (greatest < 0.5)
    throw new OnebitError("data", `${name} has only specks of ink, far apart`, "Crop it to the digit.");
  return Uint8Array.from(means, (mean) => Math.round((255 * mean) / greatest));
}

/** In pixels from the upper left corner. */
function centreOfMass(image: Uint8Array, width: number): [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of image.entries()) {
    mass += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  }
  return [x / mass, y / mass];
}
