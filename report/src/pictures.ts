/** The pictures of the report's chapter 5 and appendix, as grey images: what binarization does to a digit. */

import { type DataSet, type GreyPicture, OnebitError, probability, type Samples, threshold } from "onebit";
import { pictureSpec } from "onebit/plots";
import { encodings } from "./encodings.ts";
import type { Figure } from "./experiment.ts";

export interface Picture extends GreyPicture {
  /** A file name without extension. */
  readonly name: string;
}

export interface ReportPictureOptions {
  readonly seed: number;
  /** Thresholds of the "3" (figure 5.1) and of the "4" (figure 5.3); 100 and 200 by default. */
  readonly thresholds?: readonly [three: number, four: number];
  /** Probability binarizations of the "4"; 50 by default. */
  readonly repetitions?: number;
}

/** Four pictures, of the first "3" and the first "4" of the training set:
 *
 *    figures 5.1, 5.2   the "3" thresholded, beside its original
 *    figures 5.3, 5.4   the "4" thresholded, beside its original
 *    figures 5.5, 5.6   the mean of the probability binarizations of the "4", beside its original
 *    appendix 8.1       these binarizations one by one, row by row
 *
 *  Throws `data` when the set is not of grey pictures or has no image of class 3 or 4, `argument` for thresholds that are not
 *  integers of 0 … 255 and for a number of repetitions that is not positive. */
export async function reportPictures(data: DataSet, options: ReportPictureOptions): Promise<Picture[]> {
  const { seed, thresholds = [100, 200], repetitions = 50 } = options;
  const [thresholdOf3, thresholdOf4] = thresholds;
  if (!Number.isInteger(repetitions) || repetitions < 1) {
    throw new OnebitError("argument", `the number of repetitions is ${repetitions}`, "Give a positive integer.");
  }
  const [height = 0, width = 0, channels] = data.shape;
  if (channels !== 1) throw new OnebitError("data", `the samples of ${data.name} are not grey pictures`);
  const sheetOf = (name: string, images: readonly Uint8Array[], columns: number, scale: number) =>
    sheet(name, images, { height, width }, columns, scale);
  const three = firstOfClass(data.train, 3);
  const four = firstOfClass(data.train, 4);
  const each = await binarizationsOf(four, repetitions, seed);
  return [
    sheetOf(
      `figure-5.1-5.2-three-threshold-${thresholdOf3}`,
      [await thresholded(three.pixels, thresholdOf3), three.pixels],
      2,
      12,
    ),
    sheetOf(
      `figure-5.3-5.4-four-threshold-${thresholdOf4}`,
      [await thresholded(four.pixels, thresholdOf4), four.pixels],
      2,
      12,
    ),
    sheetOf(`figure-5.5-5.6-four-mean-of-${repetitions}`, [meanOf(each), four.pixels], 2, 12),
    sheetOf(`appendix-8.1-four-${repetitions}-binarizations`, each, 10, 4),
  ];
}

/** One of the report's pictures as a figure, with names above its columns. */
export async function pictureFigure(
  name: string,
  caption: string,
  picture: Picture,
  labels: readonly string[] = [],
): Promise<Figure> {
  return { name, caption, spec: await pictureSpec({ description: caption, picture, labels }) };
}

/** An image by a threshold, in black and white. */
async function thresholded(pixels: Uint8Array, value: number): Promise<Uint8Array> {
  return blackAndWhite((await encodings(threshold(value), pixels, 1, 1))(0));
}

/** Random binarizations of an image, in black and white. */
async function binarizationsOf({ upTo, pixels }: Found, repetitions: number, seed: number): Promise<Uint8Array[]> {
  const bits = await encodings(probability(), upTo, upTo.length / pixels.length, seed);
  return Array.from({ length: repetitions }, (_, repetition) => blackAndWhite(bits(repetition).slice(-pixels.length)));
}

function meanOf(images: readonly Uint8Array[]): Uint8Array {
  const sums = new Float64Array(images[0]!.length);
  for (const image of images) for (const [i, pixel] of image.entries()) sums[i]! += pixel;
  return Uint8Array.from(sums, (sum) => Math.round(sum / images.length));
}

/** Bits as pixels: 1 is white. */
function blackAndWhite(bits: Uint8Array): Uint8Array {
  return bits.map((bit) => bit * 255);
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Images of one size in a grid of `columns`, each pixel a square of `scale` pixels, with a white line of `scale`
 *  pixels around and between the images. */
function sheet(name: string, images: readonly Uint8Array[], size: Size, columns: number, scale: number): Picture {
  const pitchX = (size.width + 1) * scale;
  const pitchY = (size.height + 1) * scale;
  const width = Math.min(columns, images.length) * pitchX + scale;
  const height = Math.ceil(images.length / columns) * pitchY + scale;
  const pixels = new Uint8Array(width * height).fill(255);
  for (const [n, image] of images.entries()) {
    const left = (n % columns) * pitchX + scale;
    const top = Math.floor(n / columns) * pitchY + scale;
    for (let y = 0; y < size.height * scale; y++) {
      const source = Math.floor(y / scale) * size.width;
      const target = (top + y) * width + left;
      for (let x = 0; x < size.width * scale; x++) pixels[target + x] = image[source + Math.floor(x / scale)]!;
    }
  }
  return { name, width, height, pixels };
}

interface Found {
  readonly pixels: Uint8Array;
  /** The images of the set up to this one, itself included. */
  readonly upTo: Uint8Array;
}

function firstOfClass({ name, inputs, labels, count }: Samples, label: number): Found {
  const sample = labels.indexOf(label);
  if (sample === -1) {
    throw new OnebitError("data", `${name} has no image of class ${label}`, "The report's pictures show a 3 and a 4.");
  }
  if (!(inputs instanceof Uint8Array)) throw new OnebitError("data", `the images of ${name} are not 8-bit`);
  const size = inputs.length / count;
  return { pixels: inputs.subarray(sample * size, (sample + 1) * size), upTo: inputs.subarray(0, (sample + 1) * size) };
}
