/** Grey pictures as PNG files. The codec is loaded with the first picture. */

import type { DecodedPng } from "fast-png";
import { OnebitError } from "../core/errors.ts";
import { luma, onWhite } from "./alpha.ts";
import type { GreyPicture } from "./grey.ts";

/** The PNG file of a picture: 8-bit grey. */
export async function encodePng({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data: pixels, depth: 8, channels: 1 });
}

/** The picture of a PNG file, in grey, on white where it is transparent; where only transparency varies, it is black on
 *  white, whatever its colour. `name` is the file's name, for messages. Throws `data`. */
export async function decodePng(bytes: Uint8Array, name: string): Promise<GreyPicture> {
  const { decode } = await import("fast-png");
  // The header's depth, colour type (3 is a palette's indices) and interlacing; the codec does not unpack what is interlaced.
  const [depth = 0, type, , , interlaced] = bytes.subarray(24, 29);
  if (depth < 8 && interlaced === 1) {
    throw new OnebitError(
      "data",
      `${name} is interlaced with ${depth} bits a pixel, which is not supported`,
      "Save it without interlacing.",
    );
  }
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (cause) {
    // What the codec says of a compressed stream is "Error while decompressing the data:", with the reason as cause.
    const { message, cause: reason } = cause as Error;
    const why = reason instanceof Error ? `${message} ${reason.message}` : message;
    throw new OnebitError("data", `${name} is not an intact PNG file: ${why}`, undefined, { cause });
  }
  const { width, height, channels } = png;
  if (type === 3 && png.palette === undefined) throw new OnebitError("data", `${name} has no palette`);
  if (depth < 8 && channels > 1) {
    throw new OnebitError("data", `${name} has ${channels} channels of ${depth} bits, which PNG has not`);
  }
  const palette = type === 3 ? png.palette : undefined; // beside colours it is a suggestion
  const samples = unpack(png);
  const most = palette === undefined ? 2 ** depth - 1 : 255;
  const colours = channels > 2 || palette !== undefined;
  const clear = png.transparency; // the one grey or colour that is transparent
  const greys = new Float64Array(width * height);
  const alphas = new Float64Array(width * height);
  for (let i = 0; i < greys.length; i++) {
    const pixel = palette === undefined ? samples.subarray(i * channels, (i + 1) * channels) : palette[samples[i]!];
    if (pixel === undefined) throw new OnebitError("data", `${name} has no colour ${samples[i]} in its palette`);
    const [r, g, b] = colours ? pixel : [pixel[0]!, pixel[0]!, pixel[0]!];
    greys[i] = luma(r!, g!, b!) / most;
    const cleared = clear?.every((sample, channel) => sample === pixel[channel]) ?? false;
    alphas[i] = cleared ? 0 : ((colours ? pixel[3] : pixel[1]) ?? most) / most;
  }
  return { width, height, pixels: onWhite(greys, alphas) };
}

/** One sample an element. Depths below 8, which have one channel, come packed: the first sample is the highest bits, and
 *  each row starts on a byte. */
function unpack({ width, height, data, depth }: DecodedPng): DecodedPng["data"] {
  if (depth >= 8) return data;
  const pitch = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * pitch + (bit >> 3)]!;
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  });
}
