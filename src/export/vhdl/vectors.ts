/** What goes into the accelerator and what must come out, a beat a line in hexadecimal. */

import { OnebitError } from "../../core/errors.ts";
import { LANES } from "./folding.ts";

/** The file of what goes in. */
export const STIMULUS = "vectors/stimulus.hex";

/** Images and the frozen model's scores of them. */
export interface Vectors {
  /** u8 [count, inputs] */
  readonly images: Uint8Array;
  /** int32 [count, classes] */
  readonly scores: Int32Array;
  readonly count: number;
}

/** Beats of LANES pixels, the first pixel lowest: 8 bits each, or one, pixel > threshold. Pixels beyond the last are 0.
 *  Throws `shape` when there are not count × inputs pixels. */
export function stimulus({ images, count }: Vectors, inputs: number, threshold: number, bits: 1 | 8): string {
  checkLength("pixels", images.length, count, inputs);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    for (let first = 0; first < inputs; first += LANES) {
      let beat = 0n;
      for (let l = Math.min(LANES, inputs - first) - 1; l >= 0; l--) {
        const pixel = images[i * inputs + first + l]!;
        beat = (beat << BigInt(bits)) | BigInt(bits === 8 ? pixel : Number(pixel > threshold));
      }
      lines.push(`${beat.toString(16).padStart((LANES * bits) / 4, "0")}\n`);
    }
  }
  return lines.join("");
}

/** The images of a stimulus of `inputs` pixels each; of bits, 255 for 1 and 0 for 0. Throws `model` for another text. */
export function parseStimulus(text: string, inputs: number): Uint8Array {
  const beats = text.trim().split("\n");
  const bits = beats[0]!.length * 4 === LANES ? 1 : 8;
  const digits = (bits * LANES) / 4;
  if (!beats.every((beat) => beat.length === digits && /^[0-9a-f]+$/.test(beat))) {
    throw new OnebitError("model", `${STIMULUS} is not beats of ${LANES} pixels in hexadecimal, one a line`);
  }
  const perImage = Math.ceil(inputs / LANES);
  const images = new Uint8Array(Math.floor(beats.length / perImage) * inputs);
  for (let i = 0; i < images.length; i++) {
    const pixel = i % inputs;
    const beat = BigInt(`0x${beats[Math.floor(i / inputs) * perImage + Math.floor(pixel / LANES)]}`);
    const value = Number((beat >> BigInt(bits * (pixel % LANES))) & (bits === 1 ? 1n : 255n));
    images[i] = bits === 1 ? 255 * value : value;
  }
  return images;
}

/** Beats of the result: each score as two's complement of 32 bits, then the class. Throws `shape` as `stimulus` does. */
export function expected({ scores, count }: Vectors, classes: number): string {
  checkLength("scores", scores.length, count, classes);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    for (const beat of [...row, row.indexOf(Math.max(...row))]) {
      lines.push(`${(beat >>> 0).toString(16).padStart(8, "0")}\n`);
    }
  }
  return lines.join("");
}

function checkLength(what: string, length: number, count: number, width: number): void {
  if (length !== count * width || count < 1) {
    throw new OnebitError("shape", `${length} ${what} are not ${count} vectors of ${width}`);
  }
}
