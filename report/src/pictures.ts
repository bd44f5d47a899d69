/** The pictures of the report's chapter 5 and appendix, as grey images: what binarization does to a digit. */

import { OnebitError } from "../core/errors.ts";
import type { DataSet, ImageSet } from "../data/dataset.ts";
import { meanOfRepetitions, probabilityImage, thresholdImage } from "../encoders/plain.ts";

/** An 8-bit grey picture. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width], row-major, 0 black … 255 white */
  readonly pixels: Uint8Array;
}

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
 *  Throws `data` when the set has no image of class 3 or 4, `argument` for thresholds outside 0 … 255 or no repetition. */
export function reportPictures(data: DataSet, options: ReportPictureOptions): Picture[] {
  const { seed, thresholds = [100, 200], repetitions = 50 } = options;
  const [thresholdOf3, thresholdOf4] = thresholds;
  const three = firstOfClass(data.train, 3);
  const four = firstOfClass(data.train, 4);
  const size = { height: data.train.height, width: data.train.width };

  const mean = Uint8Array.from(meanOfRepetitions(four.pixels, repetitions, seed, four.sample), Math.round);
  const each = Array.from({ length: repetitions }, (_, repetition) =>
    blackAndWhite(probabilityImage(four.pixels, seed, repetition, four.sample)),
  );
  const pair = (name: string, left: Uint8Array, right: Uint8Array) => sheet(name, [left, right], size, 2, 12);
  return [
    pair(
      `figure-5.1-5.2-three-threshold-${thresholdOf3}`,
      blackAndWhite(thresholdImage(three.pixels, thresholdOf3)),
      three.pixels,
    ),
    pair(
      `figure-5.3-5.4-four-threshold-${thresholdOf4}`,
      blackAndWhite(thresholdImage(four.pixels, thresholdOf4)),
      four.pixels,
    ),
    pair(`figure-5.5-5.6-four-mean-of-${repetitions}`, mean, four.pixels),
    sheet(`appendix-8.1-four-${repetitions}-binarizations`, each, size, 10, 4),
  ];
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

/** Bits as pixels: 1 is white. */
function blackAndWhite(bits: Uint8Array): Uint8Array {
  return bits.map((bit) => bit * 255);
}

function firstOfClass(set: ImageSet, label: number): { sample: number; pixels: Uint8Array } {
  const sample = set.labels.indexOf(label);
  if (sample === -1) {
    throw new OnebitError(
      "data",
      `${set.name} has no image of class ${label}`,
      "The report's pictures show a 3 and a 4.",
    );
  }
  const length = set.height * set.width;
  return { sample, pixels: set.images.subarray(sample * length, (sample + 1) * length) };
}
