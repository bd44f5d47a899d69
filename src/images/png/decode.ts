/** PNG files as grey pictures. No library decodes them within a bound: a file of 68 bytes may claim 2³¹ pixels, and one of
 *  28 × 28 pixels decompress to gigabytes. */

import { OnebitError } from "../../core/errors.ts";
import { luma, onWhite } from "../alpha.ts";
import type { GreyPicture } from "../grey.ts";
import { type PngChunks, readChunks } from "./chunks.ts";
import { samplesOf } from "./samples.ts";

/** The picture of a PNG file, in grey, on white where it is transparent; where only transparency varies, it is black on
 *  white, whatever its colour. `name` is the file's name, for messages. Throws `data` when it is not intact or has more pixels
 *  than are read. Takes the memory of its samples and of the grey picture, whatever it decompresses to. */
export function decodePng(bytes: Uint8Array, name: string): GreyPicture {
  const chunks = readChunks(bytes, name);
  const { width, height, type } = chunks.header;
  checkColours(chunks, name);
  const samples = samplesOf(chunks, name);
  const { grey, alpha } = type === 3 ? paletteColours(chunks, samples, name) : directColours(chunks, samples);
  return { width, height, pixels: onWhite(width * height, grey, alpha) };
}

/** What pixel i is, each 0 … 1. */
interface Colours {
  grey(i: number): number;
  alpha(i: number): number;
}

/** Throws `data` for a palette or a transparent colour that cannot be. */
function checkColours({ header: { type }, palette, transparency }: PngChunks, name: string): void {
  const fault = (what: string) => new OnebitError("data", `${name} ${what}`);
  if (type === 3 && palette === undefined) throw fault("has no palette");
  if (palette !== undefined && (palette.length % 3 !== 0 || palette.length < 3 || palette.length > 3 * 256)) {
    throw fault(`has a palette of ${palette.length} bytes, not 3 for each of 1 … 256 colours`);
  }
  if (transparency === undefined) return;
  const { length } = transparency;
  if (type === 4 || type === 6) throw fault("has a transparent colour beside its alpha channel");
  const fits = type === 3 ? length <= palette!.length / 3 : length === (type === 0 ? 2 : 6);
  if (!fits) throw fault(`has ${length} bytes of transparency, which do not fit its colours`);
}

function paletteColours({ palette, transparency }: PngChunks, samples: ArrayLike<number>, name: string): Colours {
  const colours = palette!.length / 3;
  for (let i = 0; i < samples.length; i++) {
    if (samples[i]! >= colours) throw new OnebitError("data", `${name} has no colour ${samples[i]} in its palette`);
  }
  const greys = Float64Array.from({ length: colours }, (_, c) => {
    const [r, g, b] = palette!.subarray(3 * c, 3 * c + 3);
    return luma(r!, g!, b!) / 255;
  });
  const alphas = Float64Array.from({ length: colours }, (_, c) => (transparency?.[c] ?? 255) / 255);
  return { grey: (i) => greys[samples[i]!]!, alpha: (i) => alphas[samples[i]!]! };
}

/** A palette beside colours is a suggestion, and not looked at. */
function directColours({ header, transparency }: PngChunks, samples: ArrayLike<number>): Colours {
  const { channels, depth } = header;
  const most = 2 ** depth - 1;
  const coloured = channels > 2;
  // The one grey or colour that is transparent.
  const clear =
    transparency && Array.from({ length: channels }, (_, c) => 256 * transparency[2 * c]! + transparency[2 * c + 1]!);
  const grey = (i: number) => {
    const at = i * channels;
    const first = samples[at]!;
    return luma(first, coloured ? samples[at + 1]! : first, coloured ? samples[at + 2]! : first) / most;
  };
  const alpha = (i: number) => {
    const at = i * channels;
    if (channels === 2 || channels === 4) return samples[at + channels - 1]! / most;
    return clear?.every((sample, c) => sample === samples[at + c]) ? 0 : 1;
  };
  return { grey, alpha };
}
