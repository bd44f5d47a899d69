/** PNG files of every colour type and depth, written sample by sample, independently of the codec. */

import { crc32, deflateSync } from "node:zlib";

export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha */
  readonly type: number;
  /** Row by row, pixel by pixel, channel by channel. */
  readonly samples: readonly number[];
  readonly interlaced?: boolean;
  /** The bytes of the chunks PLTE and tRNS. */
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

export function pngFile(layout: PngLayout): Uint8Array {
  const { width, height, depth, type, samples, interlaced, palette, transparency } = layout;
  const perRow = samples.length / height;
  const rows: number[] = [];
  for (let r = 0; r < height; r++) {
    const bits = samples.slice(r * perRow, (r + 1) * perRow).map((sample) => sample.toString(2).padStart(depth, "0"));
    rows.push(0, ...(bits.join("").match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...(palette ? chunk("PLTE", palette) : []),
    ...(transparency ? chunk("tRNS", transparency) : []),
    ...chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    ...chunk("IEND", []),
  ]);
}

function chunk(name: string, content: Iterable<number>): Uint8Array {
  const body = Buffer.from([...Buffer.from(name, "latin1"), ...content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
