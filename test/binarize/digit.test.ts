import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { mnistDigit } from "../../src/binarize/digit.ts";
import { decodePgm } from "../../src/binarize/pgm.ts";
import type { GreyPicture } from "../../src/binarize/pictures.ts";
import { decodePng, encodePng } from "../../src/binarize/png.ts";

/** A bar of ink on paper. */
function bar(
  size: number,
  left: number,
  top: number,
  width: number,
  height: number,
  ink = 255,
  paper = 0,
): GreyPicture {
  const pixels = new Uint8Array(size * size).fill(paper);
  for (let r = top; r < top + height; r++) pixels.fill(ink, r * size + left, r * size + left + width);
  return { width: size, height: size, pixels };
}

/** The rows and columns that hold ink. */
function extent(image: Uint8Array, side: number): { rows: number[]; columns: number[] } {
  const lit = [...image.keys()].filter((i) => image[i]! > 127);
  const unique = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);
  return { rows: unique(lit.map((i) => Math.floor(i / side))), columns: unique(lit.map((i) => i % side)) };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("a digit as MNIST has it", () => {
  test("is fitted into 20 × 20 with its aspect ratio and centred in 28 × 28", () => {
    const { rows, columns } = extent(mnistDigit(bar(200, 7, 90, 40, 100), 28, "x"), 28);
    expect(rows).toEqual(range(4, 24));
    expect(columns).toEqual(range(10, 18));
  });

  test("does not depend on place, size, or which of paper and ink is dark", () => {
    const expected = mnistDigit(bar(200, 7, 90, 40, 100), 28, "x");
    for (const other of [bar(200, 150, 3, 40, 100), bar(400, 100, 100, 80, 200), bar(200, 50, 50, 40, 100, 30, 220)]) {
      expect(mnistDigit(other, 28, "x")).toEqual(expected);
    }
  });

  test("is enlarged, too", () => {
    const { rows, columns } = extent(mnistDigit(bar(10, 3, 3, 2, 2), 28, "x"), 28);
    expect(rows).toEqual(range(4, 24));
    expect(columns).toEqual(range(4, 24));
  });

  test("lies with its centre of mass in the middle", () => {
    const picture = bar(100, 20, 20, 60, 10); // an L upside down: more ink above
    for (let r = 20; r < 80; r++) picture.pixels.fill(255, r * 100 + 20, r * 100 + 26);
    const image = mnistDigit(picture, 28, "x");
    let [mass, x, y] = [0, 0, 0];
    for (const [i, value] of image.entries()) {
      mass += value;
      x += value * ((i % 28) + 0.5);
      y += value * (Math.floor(i / 28) + 0.5);
    }
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
  });

  test("of a picture of one grey is none", () => {
    expect(() => mnistDigit(bar(10, 0, 0, 0, 0), 28, "x.png")).toThrow("x.png is blank");
    expect(() => mnistDigit(bar(10, 0, 0, 0, 0, 0, 99), 28, "x.png")).toThrow("x.png is blank");
  });
});

describe("PGM", () => {
  const text = (content: string, ...bytes: number[]) =>
    Uint8Array.from([...new TextEncoder().encode(content), ...bytes]);
  const picture = { width: 2, height: 2, pixels: Uint8Array.of(0, 255, 128, 51) };

  test.each([
    ["bytes", text("P5\n2 2\n255\n", 0, 255, 128, 51)],
    ["bytes behind comments", text("P5 # made by hand\n2\t2 # 3 3\n255 ", 0, 255, 128, 51)],
    ["words", text("P5 2 2 65535\n", 0, 0, 255, 255, 128, 128, 51, 51)],
    ["text", text("P2\n2 2\n255\n0 255\n128 51\n")],
    ["another greatest value", text("P2\n2 2\n5\n0 5\n2 1\n")],
  ])("%s", (_, bytes) => {
    const read = decodePgm(bytes, "x.pgm");
    expect({ ...read, pixels: [...read.pixels].map((v) => (v === 102 ? 128 : v)) }).toEqual({
      ...picture,
      pixels: [...picture.pixels],
    });
  });

  test.each([
    ["is no PGM file", text("P6 2 2 255\n")],
    ["is no PGM file", text("P5 2 2\n")],
    ["claims 0 × 2 values", text("P5 0 2 255\n")],
    ["claims 2 × 2 values 0 … 0", text("P5 2 2 0\n")],
    ["is truncated", text("P5 2 2 255\n", 1, 2, 3)],
    ["is truncated", text("P5 2 2 256\n", 1, 2, 3, 4)],
    ["is truncated", text("P2 2 2 255\n1 2 3")],
    ["is truncated", text("P5 99999 99999 255\n", 1)],
    ["has the value 9 at pixel 1, not 0 … 5", text("P2 2 2 5\n1 9 3 4")],
    ["has the value NaN at pixel 1, not 0 … 5", text("P2 2 2 5\n1 x 3 4")],
  ])("%s", (message, bytes) => {
    expect(() => decodePgm(bytes, "x.pgm")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringContaining(`x.pgm ${message}`) }),
    );
  });
});

describe("PNG of any depth and colour", () => {
  test("what was written in grey is read again", async () => {
    const picture = { width: 3, height: 2, pixels: Uint8Array.of(0, 1, 2, 253, 254, 255) };
    expect(await decodePng(await encodePng(picture), "x.png")).toEqual(picture);
  });

  test("colours become grey, and what is transparent white", async () => {
    const { encode } = await import("fast-png");
    const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0);
    const bytes = encode({ width: 4, height: 1, data, depth: 8, channels: 4 });
    expect((await decodePng(bytes, "x.png")).pixels).toEqual(Uint8Array.of(76, 150, 29, 255));
  });

  test("a broken file is an error", async () => {
    const bytes = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(6) });
    for (const broken of [bytes.subarray(0, 30), Uint8Array.of(0x89), bytes.map((byte, i) => (i === 20 ? 77 : byte))]) {
      await expect(decodePng(broken, "x.png")).rejects.toMatchObject({
        code: "data",
        message: expect.stringContaining("x.png is no intact PNG file"),
      });
    }
  });
});

test("a thin pen on a large sheet leaves its line", () => {
  const pen = bar(1000, 480, 100, 10, 800);
  const { rows, columns } = extent(mnistDigit(pen, 28, "x"), 28);
  expect(rows).toEqual(range(4, 24));
  expect(columns.length).toBe(1);
});

test("two specks far apart are what they are", () => {
  const pixels = new Uint8Array(1_000_000);
  pixels[100_100] = 255;
  pixels[900_900] = 255;
  const image = mnistDigit({ width: 1000, height: 1000, pixels }, 28, "x");
  expect(image.filter((value) => value > 127).length).toBe(2);
});

/** A PNG file of any depth and colour type, its rows packed already. */
function pngFile(width: number, depth: number, colour: number, rows: number[][], palette?: number[]): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, colour, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    chunk("IDAT", deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** The checksum of PNG (ISO 3309), bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("PNG", () => {
  // Three rows of five pixels, 0 or as light as can be: rows of 5 do not end with a byte at depths below 8.
  const picture = [
    [1, 0, 0, 1, 1],
    [0, 1, 0, 1, 0],
    [1, 1, 1, 0, 1],
  ];
  const expected = picture.flat().map((bit) => 255 * bit);

  /** Rows of samples, `repeat` of each pixel's followed by `extra`, packed. */
  const packed = (depth: number, one: number, repeat = 1, extra: number[] = []) =>
    picture.map((row) => {
      const samples = row.flatMap((bit) => [...new Array<number>(repeat).fill(bit ? one : 0), ...extra]);
      const bits = samples.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
      return (bits.padEnd(8 * Math.ceil(bits.length / 8), "0").match(/.{8}/g) ?? []).map((byte) =>
        Number.parseInt(byte, 2),
      );
    });

  const files: [string, Uint8Array][] = [
    ...[1, 2, 4, 8, 16].map((depth): [string, Uint8Array] => [
      `grey of ${depth} bits`,
      pngFile(5, depth, 0, packed(depth, 2 ** depth - 1)),
    ]),
    ...[1, 2, 4, 8].map((depth): [string, Uint8Array] => [
      `palette of ${depth} bits`,
      pngFile(5, depth, 3, packed(depth, 1), [0, 0, 0, 255, 255, 255]),
    ]),
    ["RGB", pngFile(5, 8, 2, packed(8, 255, 3))],
    ["grey and alpha", pngFile(5, 8, 4, packed(8, 255, 1, [255]))],
    ["RGBA of 16 bits", pngFile(5, 16, 6, packed(16, 65535, 3, [65535]))],
    [
      "white ink on nothing",
      pngFile(
        5,
        8,
        4,
        picture.map((row) => row.flatMap((bit) => [255, 255 * bit])),
      ),
    ],
  ];
  test.each(files)("%s", async (_, bytes) => {
    expect(await decodePng(bytes, "x")).toEqual({ width: 5, height: 3, pixels: Uint8Array.from(expected) });
  });

  test("one altered byte is found", async () => {
    const bytes = await encodePng(bar(20, 5, 5, 5, 9));
    for (let k = 8; k < bytes.length; k++) {
      const altered = Uint8Array.from(bytes);
      altered[k]! ^= 0x55;
      await expect(decodePng(altered, "seven.png")).rejects.toThrow("seven.png is no intact PNG file");
    }
  });
});

test("PGM in text takes comments among its values, and digits alone", () => {
  const pgm = (text: string) => decodePgm(new TextEncoder().encode(text), "x");
  expect([...pgm("P2 2 2 255 # header\n0 255 # half\n255 0\n").pixels]).toEqual([0, 255, 255, 0]);
  for (const word of ["-5", "1.5", "1e2", "0x10"]) expect(() => pgm(`P2 2 2 255\n0 255 ${word} 0`)).toThrow("pixel 2");
});
