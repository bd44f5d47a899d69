/** The samples of a PNG file: decompressed, unfiltered and put in their place row by row, so that nothing beside them takes
 *  memory. */

import { OnebitError } from "../../core/errors.ts";
import { MAX_RATIO } from "../../inflate/pieces.ts";
import { unzlib } from "../../inflate/unzlib.ts";
import { faultOf, type PngChunks, type PngHeader, rowLength } from "./chunks.ts";

/** Which pixels a pass has: from (x, y), every dx-th of every dy-th row. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** [height, width, channels], a sample an element. Throws `data` when the file is damaged, or holds fewer or more rows than its
 *  header says. */
export function samplesOf({ header, data }: PngChunks, name: string): Uint8Array | Uint16Array {
  const { width, height, channels, depth } = header;
  const broken = faultOf(name);
  const compressed = data.reduce((sum, part) => sum + part.length, 0);
  if (compressed * MAX_RATIO < height * rowLength(header, width))
    throw broken("it has fewer rows than its header says");
  const samples = new (depth > 8 ? Uint16Array : Uint8Array)(width * height * channels);
  const rows = rowsOf(header);
  let current = rows.next().value;
  let line = new Uint8Array(0); // with the byte that says how it is filtered
  let above = line;
  let filled = 0;
  const begin = () => {
    if (current === undefined) return;
    const length = 1 + rowLength(header, current.width);
    if (current.first) [line, above] = [new Uint8Array(length), new Uint8Array(length)];
    else [line, above] = [above, line];
  };
  begin();
  const take = (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length; ) {
      if (current === undefined) throw broken("it holds more rows than its header says");
      const count = Math.min(line.length - filled, chunk.length - at);
      line.set(chunk.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < line.length) return;
      if (!unfilter(line, above, Math.max(1, (depth * channels) >> 3))) {
        throw broken(`a row is filtered in the way ${line[0]}, which PNG has not`);
      }
      place(line, current, header, samples);
      current = rows.next().value;
      filled = 0;
      begin();
    }
  };
  try {
    unzlib(data, take);
  } catch (cause) {
    if (cause instanceof OnebitError) throw cause;
    throw broken(`its pixels cannot be decompressed: ${(cause as Error).message}`, cause);
  }
  if (current !== undefined) throw broken("it has fewer rows than its header says");
  return samples;
}

/** A row of a pass: its pixels are `width` in number, the first at `start`, each `step` behind the one before. */
interface Row {
  readonly width: number;
  readonly start: number;
  readonly step: number;
  /** Of its pass: the row above it counts as 0. */
  readonly first: boolean;
}

/** In the order of the file. A pass without pixels has no rows. */
function* rowsOf({ width, height, interlaced }: PngHeader): Generator<Row, undefined> {
  for (const { x, y, dx, dy } of interlaced ? ADAM7 : WHOLE) {
    const count = Math.ceil((width - x) / dx);
    if (count <= 0) continue;
    for (let r = y; r < height; r += dy) yield { width: count, start: r * width + x, step: dx, first: r === y };
  }
}

/** Undoes a row's filter: adds to each byte what was predicted from those of the pixel to its left and of the row above (ISO/IEC
 *  15948, clause 9). `distance` is that of a pixel's bytes from the next one's. False when the filter is not known. */
function unfilter(line: Uint8Array, above: Uint8Array, distance: number): boolean {
  const filter = line[0]!;
  if (filter > 4) return false;
  for (let i = 1; filter > 0 && i < line.length; i++) {
    const left = i > distance ? line[i - distance]! : 0;
    const up = above[i]!;
    const corner = i > distance ? above[i - distance]! : 0;
    if (filter === 1) line[i]! += left;
    else if (filter === 2) line[i]! += up;
    else if (filter === 3) line[i]! += (left + up) >> 1;
    else line[i]! += paeth(left, up, corner);
  }
  return true;
}

/** The neighbour that is nearest to left + up − corner; of equals the first. */
function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Samples of less than a byte lie in it from the highest bits on; those of 16 bits are big-endian. */
function place(line: Uint8Array, row: Row, { depth, channels }: PngHeader, samples: Uint8Array | Uint16Array): void {
  const { width, start, step } = row;
  const mask = 2 ** depth - 1;
  for (let i = 0; i < width; i++) {
    const to = (start + i * step) * channels;
    for (let c = 0; c < channels; c++) {
      const k = i * channels + c;
      if (depth === 8) samples[to + c] = line[1 + k]!;
      else if (depth === 16) samples[to + c] = line[1 + 2 * k]! * 256 + line[2 + 2 * k]!;
      else samples[to + c] = (line[1 + ((k * depth) >> 3)]! >> (8 - depth - ((k * depth) & 7))) & mask;
    }
  }
}
