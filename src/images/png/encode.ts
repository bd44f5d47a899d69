/** Grey pictures as PNG files. */

import type { GreyPicture } from "../grey.ts";

/** The PNG file of a picture: 8-bit grey. The encoder is loaded with the first picture. */
export async function encodePng({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data: pixels, depth: 8, channels: 1 });
}
