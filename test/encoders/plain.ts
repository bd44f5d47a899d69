/** Binarization of 8-bit images: the plain definitions (report, chapter 5). Kernels do the same to packed batches and are
 *  tested against these. Bits come one a byte, 0 or 1, in the order of the pixels. */

import { OnebitError } from "../../src/core/errors.ts";
import { below, randomWords } from "../../src/core/random.ts";

/** Bit 1 iff the pixel is greater than `threshold`. pixels: [n] → bits [n]. Report, section 5.1.1.
 *  Throws `argument` when the threshold is not an integer in 0 … 255. */
export function thresholdImage(pixels: Uint8Array, threshold: number): Uint8Array {
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > 255) {
    throw new OnebitError("argument", `the threshold is ${threshold}`, "Give an integer from 0 to 255.");
  }
  return pixels.map((pixel) => Number(pixel > threshold));
}

/** Bit 1 with probability pixel / 255, independently. pixels: [n] → bits [n]. Report, section 5.1.2.
 *
 *  The bit is 1 iff pixel > r, r uniform on {0 … 254}: pixel of the 255 values of r are below it. So 0 is never set and
 *  255 always. r comes from randomWord(seed, "binarize", repetition, sample, element), with `sample` the image's number
 *  in its set and `element` the pixel's. */
export function probabilityImage(pixels: Uint8Array, seed: number, repetition: number, sample: number): Uint8Array {
  const next = randomWords(seed, "binarize", repetition, sample);
  return pixels.map((pixel) => Number(pixel > below(next(), 255)));
}

/** The mean of the bits of repetitions 0 … `repetitions` − 1, times 255: an estimate of each pixel, 0 … 255, whose
 *  variance falls with 1 / repetitions. pixels: [n] → [n]. Report, figure 5.5.
 *  Throws `argument` when `repetitions` is not a positive integer. */
export function meanOfRepetitions(pixels: Uint8Array, repetitions: number, seed: number, sample: number): Float64Array {
  if (!Number.isInteger(repetitions) || repetitions < 1) {
    throw new OnebitError("argument", `the number of repetitions is ${repetitions}`, "Give a positive integer.");
  }
  const counts = new Float64Array(pixels.length);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const bits = probabilityImage(pixels, seed, repetition, sample);
    for (let i = 0; i < bits.length; i++) counts[i]! += bits[i]!;
  }
  return counts.map((count) => (count * 255) / repetitions);
}
