/** Grey pictures as PNG files. The codec is loaded with the first picture. */

import { OnebitError } from "../core/errors.ts";
import type { GreyPicture } from "./pictures.ts";

/** The PNG file of a picture: 8-bit grey. */
export async function encodePng({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data: pixels, depth: 8, channels: 1 });
}

/** The picture of a PNG file, in grey, on white where it is transparent; where that leaves one grey, as with white ink on
 *  nothing, the opacity itself. `name` is the file's name, for messages. Throws `data`, also when a checksum is wrong. */
export async function decodePng(bytes: Uint8Array, name: string): Promise<GreyPicture> {
  const { decode } = await import("fast-png");
  try {
    const { width, height, data, depth, channels, palette } = decode(bytes, { checkCrc: true });
    const values = depth < 8 ? unpacked(data, width * channels, height, depth) : data;
    const colours = channels > 2 || palette !== undefined;
    const most = palette === undefined ? 2 ** depth - 1 : 255;
    const opacity = new Uint8Array(width * height);
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
      const pixel = palette?.[values[i]!] ?? values.subarray(i * channels, (i + 1) * channels);
      const [r, g, b] = colours ? pixel : [pixel[0]!, pixel[0]!, pixel[0]!];
      const alpha = ((colours ? pixel[3] : pixel[1]) ?? most) / most;
      opacity[i] = Math.round(255 * alpha);
      // Luma of ITU-R BT.601.
      const grey = (0.299 * r! + 0.587 * g! + 0.114 * b!) / most;
      return Math.round(255 * (1 - alpha * (1 - grey)));
    });
    return { width, height, pixels: pixels.every((pixel) => pixel === pixels[0]) ? opacity : pixels };
  } catch (cause) {
    const { message, cause: reason } = cause as Error;
    const why = reason instanceof Error ? reason.message : "";
    throw new OnebitError("data", `${name} is no intact PNG file: ${message} ${why}`.trimEnd(), undefined, { cause });
  }
}

/** Values of fewer than 8 bits, the first in a byte's highest bits; each row begins with a byte. */
function unpacked(data: ArrayLike<number>, columns: number, rows: number, depth: number): Uint8Array {
  const stride = Math.ceil((columns * depth) / 8);
  return Uint8Array.from({ length: columns * rows }, (_, i) => {
    const bit = (i % columns) * depth;
    const byte = data[Math.floor(i / columns) * stride + (bit >> 3)]!;
    return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  });
}
