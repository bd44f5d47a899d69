/** Grey pictures as PNG files. The codec is loaded with the first picture. */

import { OnebitError } from "../core/errors.ts";
import type { GreyPicture } from "./pictures.ts";

/** The PNG file of a picture: 8-bit grey. */
export async function encodePng({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data: pixels, depth: 8, channels: 1 });
}

/** The picture of a PNG file, in grey, on white where it is transparent. `name` is the file's name, for messages.
 *  Throws `data`. */
export async function decodePng(bytes: Uint8Array, name: string): Promise<GreyPicture> {
  const { decode } = await import("fast-png");
  try {
    const { width, height, data, depth, channels, palette } = decode(bytes);
    const colours = channels > 2 || palette !== undefined;
    const most = palette === undefined ? 2 ** depth - 1 : 255;
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
      const pixel = palette?.[data[i]!] ?? data.subarray(i * channels, (i + 1) * channels);
      const [r, g, b] = colours ? pixel : [pixel[0]!, pixel[0]!, pixel[0]!];
      const alpha = (colours ? pixel[3] : pixel[1]) ?? most;
      // Luma of ITU-R BT.601.
      const grey = (0.299 * r! + 0.587 * g! + 0.114 * b!) / most;
      return Math.round(255 * (1 - (alpha / most) * (1 - grey)));
    });
    return { width, height, pixels };
  } catch (cause) {
    throw new OnebitError("data", `${name} is no intact PNG file: ${(cause as Error).message}`, undefined, { cause });
  }
}
