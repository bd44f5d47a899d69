/** Grey pictures as PNG files. The encoder is loaded when the first picture is written. */

import type { Picture } from "./pictures.ts";

/** The PNG file of a picture: 8-bit grey. */
export async function encodePng({ width, height, pixels }: Picture): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data: pixels, depth: 8, channels: 1 });
}
