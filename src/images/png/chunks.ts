/** The chunks of a PNG file (ISO/IEC 15948): those that make up the picture, as far as nothing is decompressed. */

import { OnebitError } from "../../core/errors.ts";
import { bytesText, checkPixels, type Extent, FIRST_BYTES } from "../../core/limits.ts";
import { crc32 } from "../../inflate/crc32.ts";
import { MAX_RATIO } from "../../inflate/pieces.ts";

/** Of IHDR. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha */
  readonly type: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  /** Of PLTE: red, green, blue of each colour. */
  readonly palette: Uint8Array | undefined;
  /** Of tRNS. */
  readonly transparency: Uint8Array | undefined;
  /** Of all IDAT: one zlib stream. */
  readonly data: readonly Uint8Array[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length and type before a chunk's data, CRC behind it. */
const FRAME = 12;
const IHDR = 13;
/** For colour profiles, texts and the like, which are skipped. */
export const ROOM_FOR_MORE = 2 ** 24;

/** By type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Bytes of a row of so many pixels, without the byte that says how it is filtered. */
export function rowLength({ depth, channels }: PngHeader, width: number): number {
  return Math.ceil((width * depth * channels) / 8);
}

/** Reads a PNG file only when its header is right and its size can be that of such a picture. Throws `data`. */
export function pngExtent(name: string): Extent {
  return (start, size) => {
    if (start.length === 0) return FIRST_BYTES;
    const header = readHeader(start, name);
    const raw = header.height * (1 + rowLength(header, header.width)); // a little more where it is interlaced
    const picture = `a picture of ${header.width} × ${header.height}`;
    if (size > 2 * raw + ROOM_FOR_MORE) {
      throw new OnebitError("data", `${name} has ${bytesText(size)}, more than ${picture} can take`);
    }
    if (size * MAX_RATIO < raw) {
      throw new OnebitError("data", `${name} is truncated: ${picture} does not fit into ${bytesText(size)}`);
    }
    return size;
  };
}

/** The chunks of a whole file. Throws `data`. */
export function readChunks(bytes: Uint8Array, name: string): PngChunks {
  const header = readHeader(bytes, name);
  const broken = faultOf(name);
  const data: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; ; ) {
    if (at + FRAME > bytes.length) throw broken("it ends before its end chunk");
    const length = view.getUint32(at);
    const end = at + FRAME + length;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[a-zA-Z]{4}$/.test(type)) throw broken(`there is no chunk at byte ${at}`);
    if (end > bytes.length) throw broken(`its chunk ${type} is cut off`);
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) {
      throw broken(`the checksum of its chunk ${type} does not match`);
    }
    const content = bytes.subarray(at + 8, end - 4);
    if (type === "IEND") return { header, palette, transparency, data };
    if (type === "PLTE") palette = content;
    else if (type === "tRNS") transparency = content;
    else if (type === "IDAT") data.push(content);
    else if (type === "IHDR" ? at > SIGNATURE.length : /^[A-Z]/.test(type)) {
      throw broken(type === "IHDR" ? "it has a second header" : `its chunk ${type} is needed, but not known`);
    }
    at = end;
  }
}

function readHeader(bytes: Uint8Array, name: string): PngHeader {
  const broken = faultOf(name);
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw broken("its signature is not that of PNG");
  if (bytes.length < SIGNATURE.length + FRAME + IHDR) throw broken("it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, type] = [view.getUint32(8), view.getUint32(12)];
  if (length !== IHDR || type !== 0x49484452) throw broken("it does not begin with its header");
  if (view.getUint32(29) !== crc32(bytes.subarray(12, 29))) throw broken("the checksum of its header does not match");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  checkPixels(width, height, name);
  const [depth, kind, compression, filter, interlace] = bytes.subarray(24, 29) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const channels = CHANNELS[kind];
  if (channels === undefined) throw broken(`its colour type is ${kind}, which PNG has not`);
  if (!DEPTHS[kind]!.includes(depth)) {
    throw new OnebitError("data", `${name} has ${channels} channels of ${depth} bits, which PNG has not`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) throw broken("its way of compression is not known");
  return { width, height, depth, type: kind, channels, interlaced: interlace === 1 };
}

/** Makes the error that says what is wrong with a file. */
export function faultOf(name: string): (why: string, cause?: unknown) => OnebitError {
  return (why, cause) => new OnebitError("data", `${name} is not an intact PNG file: ${why}`, undefined, { cause });
}
