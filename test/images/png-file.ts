/** PNG files of every colour type, depth and filter, written sample by sample, independently of the reader. */

import { crc32, deflateSync } from "node:zlib";

export interface PngLayout {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha */
  readonly type: number;
  /** Row by row, pixel by pixel, channel by channel. */
  readonly samples: readonly number[];
  /** In the seven passes of Adam7. */
  readonly interlaced?: boolean;
  /** How rows are filtered, in turn; 0, not at all, unless given. */
  readonly filters?: readonly number[];
  /** The bytes of the chunks PLTE and tRNS. */
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Of each IDAT chunk; one chunk unless given. */
  readonly chunkLength?: number;
}

/** Of Adam7: which of each 8 × 8 pixels a pass has, by its number. */
const PASSES = [
  [1, 6, 4, 6, 2, 6, 4, 6],
  [7, 7, 7, 7, 7, 7, 7, 7],
  [5, 6, 5, 6, 5, 6, 5, 6],
  [7, 7, 7, 7, 7, 7, 7, 7],
  [3, 6, 4, 6, 3, 6, 4, 6],
  [7, 7, 7, 7, 7, 7, 7, 7],
  [5, 6, 5, 6, 5, 6, 5, 6],
  [7, 7, 7, 7, 7, 7, 7, 7],
];

export function pngFile(layout: PngLayout): Uint8Array {
  const { palette, transparency, chunkLength = Number.POSITIVE_INFINITY } = layout;
  const compressed = deflateSync(rowsOf(layout));
  const data = [];
  for (let at = 0; at < compressed.length; at += chunkLength) {
    data.push(chunk("IDAT", compressed.subarray(at, Math.min(compressed.length, at + chunkLength))));
  }
  return png(
    headerChunk(layout),
    ...(palette ? [chunk("PLTE", palette)] : []),
    ...(transparency ? [chunk("tRNS", transparency)] : []),
    ...data,
    chunk("IEND", []),
  );
}

/** The file of these chunks. */
export function png(...chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...chunks]));
}

export function headerChunk({
  width,
  height,
  depth,
  type,
  interlaced,
}: Pick<PngLayout, "width" | "height" | "depth" | "type" | "interlaced">): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  return chunk("IHDR", header);
}

export function chunk(name: string, content: Iterable<number>): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, "latin1"), Uint8Array.from(content)]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** What is compressed: each row behind the number of its filter. */
function rowsOf({ width, height, depth, samples, interlaced, filters = [0] }: PngLayout): Uint8Array {
  const channels = samples.length / (width * height);
  const distance = Math.max(1, (depth * channels) / 8);
  const rows: number[] = [];
  for (let pass = interlaced ? 1 : 0; pass <= (interlaced ? 7 : 0); pass++) {
    let above: number[] | undefined;
    for (let r = 0; r < height; r++) {
      const columns = Array.from({ length: width }, (_, c) => c).filter(
        (c) => !interlaced || PASSES[r % 8]![c % 8] === pass,
      );
      if (columns.length === 0) continue;
      const row = packed(
        columns.flatMap((c) => samples.slice((r * width + c) * channels, (r * width + c + 1) * channels)),
        depth,
      );
      const filter = filters[r % filters.length]!;
      rows.push(filter, ...filtered(row, above ?? row.map(() => 0), filter, distance));
      above = row;
    }
  }
  return Uint8Array.from(rows);
}

function packed(samples: readonly number[], depth: number): number[] {
  const bits = samples.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
}

function filtered(row: readonly number[], above: readonly number[], filter: number, distance: number): number[] {
  return row.map((byte, i) => {
    const [a, b, c] = [row[i - distance] ?? 0, above[i]!, above[i - distance] ?? 0];
    const nearest = [a, b, c].toSorted((x, y) => Math.abs(a + b - c - x) - Math.abs(a + b - c - y))[0]!;
    return (byte - [0, a, b, Math.floor((a + b) / 2), nearest][filter]!) & 255;
  });
}
