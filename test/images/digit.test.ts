import { describe, expect, test } from "vitest";
import { digitSide, mnistDigit } from "../../src/images/digit.ts";
import type { GreyPicture } from "../../src/images/grey.ts";
import { decodePgm } from "../../src/images/pgm.ts";
import { decodePng, encodePng } from "../../src/images/png.ts";
import { type PngLayout, pngFile } from "./png-file.ts";

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

  test("keeps a pen that is thinner than its pixels", () => {
    const picture = bar(280, 80, 40, 120, 4); // a 7 of 120 × 200 pixels, ten of which are one
    for (let r = 40; r < 240; r++) {
      const left = r * 280 + 196 - Math.round(0.4 * (r - 40));
      picture.pixels.fill(255, left, left + 4);
    }
    const image = mnistDigit(picture, 28, "x");
    expect(Math.max(...image)).toBe(255);
    const { rows, columns } = extent(image, 28);
    expect(columns).toEqual(range(columns[0]!, columns[0]! + 12));
    // Where the pen lies on two pixels at once, both may stay below the half.
    expect(rows.length).toBeGreaterThanOrEqual(14);
    expect(rows.at(-1)! - rows[0]!).toBeGreaterThanOrEqual(18);
  });

  test("is not made of specks", () => {
    const picture = bar(1000, 0, 0, 1, 1);
    picture.pixels[999 * 1000 + 999] = 255;
    expect(() => mnistDigit(picture, 28, "x.png")).toThrow(
      expect.objectContaining({ code: "data", message: "x.png has only specks of ink, far apart" }),
    );
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
    ["text with comments", text("P2 2 2 255 # 1\n0 255 # 7 8\n#\n128#9\n51 # the end")],
    ["another greatest value", text("P2\n2 2\n5\n0 5\n2 1\n")],
  ])("%s", (_, bytes) => {
    const read = decodePgm(bytes, "x.pgm");
    expect({ ...read, pixels: [...read.pixels].map((v) => (v === 102 ? 128 : v)) }).toEqual({
      ...picture,
      pixels: [...picture.pixels],
    });
  });

  test("a side of six digits", () => {
    const bytes = text("P5 100000 1 255\n", ...new Uint8Array(99999), 7);
    const { width, height, pixels } = decodePgm(bytes, "x.pgm");
    expect([width, height, pixels.at(-1)]).toEqual([100000, 1, 7]);
  });

  test.each([
    ["is not a PGM file", text("P6 2 2 255\n")],
    ["is not a PGM file", text("P5 2 2\n")],
    ["claims 0 × 2 values", text("P5 0 2 255\n")],
    ["claims 2 × 2 values 0 … 0", text("P5 2 2 0\n")],
    ["is truncated", text("P5 2 2 255\n", 1, 2, 3)],
    ["is truncated", text("P5 2 2 256\n", 1, 2, 3, 4)],
    ["is truncated", text("P2 2 2 255\n1 2 3")],
    ["is truncated", text("P5 99999 99999 255\n", 1)],
    ["has the value 9 at pixel 1, not 0 … 5", text("P2 2 2 5\n1 9 3 4")],
    ["has the value x at pixel 1, which is not a whole number", text("P2 2 2 5\n1 x 3 4")],
    ["has the value -1 at pixel 0, which", text("P2 2 2 5\n-1 2 3 4")],
    ["has the value 1.5 at pixel 3, which", text("P2 2 2 5\n1 2 3 1.5")],
    ["has the value 1e2 at pixel 2, which", text("P2 2 2 255\n1 2 1e2 3")],
    ["is truncated", text("P2 2 2 255\n1 2 3 # 4 5 6")],
    ["is truncated: 100000 × 3 values", text("P5 100000 3 255\n", 1)],
    ["is truncated: 100000 × 3 values", text("P2 100000 3 255\n1 2 3")],
    ["claims 2 × 2 values 0 … 100000", text("P5 2 2 100000\n", 1, 2, 3, 4)],
  ])("%s", (message, bytes) => {
    expect(() => decodePgm(bytes, "x.pgm")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringContaining(`x.pgm ${message}`) }),
    );
  });
});

describe("PNG", () => {
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

  // Rows of 11 pixels, which end within a byte at each depth below 8; black, white and two greys that 2 bits have.
  const greys = Array.from({ length: 33 }, (_, i) => [0, 255, 85, 170, 255][(i * i) % 5]!);
  const twoGreys = greys.map((grey) => (grey > 127 ? 255 : 0));
  const size = { width: 11, height: 3 };
  const each = (channels: (grey: number) => number[]) => greys.flatMap(channels);

  test.each<[string, Omit<PngLayout, "width" | "height">, number[]]>([
    ["grey, 1", { type: 0, depth: 1, samples: twoGreys.map((grey) => grey / 255) }, twoGreys],
    ["grey, 2", { type: 0, depth: 2, samples: each((grey) => [grey / 85]) }, greys],
    ["grey, 4", { type: 0, depth: 4, samples: each((grey) => [grey / 17]) }, greys],
    ["grey, 8", { type: 0, depth: 8, samples: greys }, greys],
    ["grey, 16", { type: 0, depth: 16, samples: each((grey) => [257 * grey]) }, greys],
    ["colour, 8", { type: 2, depth: 8, samples: each((grey) => [grey, grey, grey]) }, greys],
    ["colour, 16", { type: 2, depth: 16, samples: each((grey) => [257 * grey, 257 * grey, 257 * grey]) }, greys],
    [
      "colour and a suggested palette, 8",
      { type: 2, depth: 8, samples: each((grey) => [grey, grey, grey]), palette: [9, 9, 9] },
      greys,
    ],
    [
      "palette, 1",
      { type: 3, depth: 1, samples: twoGreys.map((grey) => 1 - grey / 255), palette: [255, 255, 255, 0, 0, 0] },
      twoGreys,
    ],
    ...[2, 4, 8].map((depth): [string, Omit<PngLayout, "width" | "height">, number[]] => [
      `palette, ${depth}`,
      {
        type: 3,
        depth,
        samples: each((grey) => [3 - grey / 85]),
        palette: [255, 255, 255, 170, 170, 170, 85, 85, 85, 0, 0, 0],
      },
      greys,
    ]),
    ["grey with alpha, 8", { type: 4, depth: 8, samples: each((grey) => [grey, 255]) }, greys],
    ["grey with alpha, 16", { type: 4, depth: 16, samples: each((grey) => [257 * grey, 65535]) }, greys],
    ["colour with alpha, 8", { type: 6, depth: 8, samples: each((grey) => [grey, grey, grey, 255]) }, greys],
    [
      "colour with alpha, 16",
      { type: 6, depth: 16, samples: each((grey) => [257 * grey, 257 * grey, 257 * grey, 65535]) },
      greys,
    ],
  ])("%s bits", async (_, layout, expected) => {
    const { width, height, pixels } = await decodePng(pngFile({ ...size, ...layout }), "x.png");
    expect({ width, height, pixels: [...pixels] }).toEqual({ ...size, pixels: expected });
  });

  const ones = Array.from({ length: 33 }, () => 1);
  test.each<[string, Omit<PngLayout, "width" | "height">]>([
    ["has no palette", { type: 3, depth: 8, samples: ones }],
    ["has no colour 1 in its palette", { type: 3, depth: 4, samples: ones, palette: [1, 2, 3] }],
    ["has 3 channels of 4 bits", { type: 2, depth: 4, samples: [...ones, ...ones, ...ones] }],
  ])("that %s is an error", async (message, layout) => {
    await expect(decodePng(pngFile({ ...size, ...layout }), "x.png")).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining(`x.png ${message}`),
    });
  });

  test("interlaced and packed is an error, for the codec does not unpack it", async () => {
    const bytes = pngFile({ ...size, type: 0, depth: 2, samples: ones, interlaced: true });
    await expect(decodePng(bytes, "x.png")).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining("x.png is interlaced with 2 bits"),
    });
  });

  test.each([
    ["white", [255, 255, 255]],
    ["black", [0, 0, 0]],
    ["red", [200, 30, 30]],
  ])("%s ink on a transparent canvas is black on white", async (_, ink) => {
    const alphas = [0, 255, 128, 0, 64, 2];
    const samples = alphas.flatMap((alpha) => [...(alpha > 0 ? ink : [0, 0, 0]), alpha]);
    samples[4 * 5] = 128; // what a canvas makes of a colour at an alpha of 2
    const bytes = pngFile({ width: 3, height: 2, type: 6, depth: 8, samples });
    expect([...(await decodePng(bytes, "x.png")).pixels]).toEqual(alphas.map((alpha) => 255 - alpha));
  });

  test.each<[string, Omit<PngLayout, "width" | "height">, number[]]>([
    [
      "palette",
      { type: 3, depth: 2, samples: [0, 1, 2], palette: [0, 0, 0, 0, 0, 0, 51, 51, 51], transparency: [0] },
      [255, 0, 51],
    ],
    ["grey", { type: 0, depth: 2, samples: [1, 0, 2], transparency: [0, 1] }, [255, 0, 170]],
    ["grey, 16", { type: 0, depth: 16, samples: [300, 0, 65535], transparency: [1, 44] }, [255, 0, 255]],
    [
      "colour",
      { type: 2, depth: 8, samples: [9, 8, 7, 9, 8, 6, 70, 70, 70], transparency: [0, 9, 0, 8, 0, 7] },
      [255, 8, 70],
    ],
  ])("the transparent colour of a picture is white: %s", async (_, layout, expected) => {
    const { pixels } = await decodePng(pngFile({ width: 3, height: 1, ...layout }), "x.png");
    expect([...pixels]).toEqual(expected);
  });

  test("a broken file is an error", async () => {
    const bytes = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(6) });
    for (const broken of [bytes.subarray(0, 30), Uint8Array.of(0x89), bytes.map((byte, i) => (i === 20 ? 77 : byte))]) {
      await expect(decodePng(broken, "x.png")).rejects.toMatchObject({
        code: "data",
        message: expect.stringContaining("x.png is not an intact PNG file"),
      });
    }
  });

  test("an altered byte is an error, wherever it is", async () => {
    const bytes = pngFile({
      ...size,
      type: 3,
      depth: 8,
      samples: ones,
      palette: [0, 0, 0, 9, 9, 9],
      transparency: [1],
    });
    for (let at = 8; at < bytes.length - 12; at++) {
      const altered = bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte));
      await expect(decodePng(altered, "x.png"), `byte ${at}`).rejects.toMatchObject({ code: "data" });
    }
  });

  test("an error in the compressed pixels says which", async () => {
    const bytes = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(6) });
    bytes[Buffer.from(bytes).indexOf("IDAT") + 6] = 0xff; // a deflate block of the type that is reserved
    await expect(decodePng(bytes, "x.png")).rejects.toThrow("decompressing the data: invalid block type");
  });
});

describe("digitSide", () => {
  test.each([
    [[28, 28, 1], 28],
    [[28, 28], 28],
    [[784], 28],
    [[1], 1],
  ])("%j takes pictures of side %i", (shape, side) => {
    expect(digitSide(shape, "the model")).toBe(side);
  });

  test.each([
    [[20], "the model takes 20 numbers, which are not the pixels of a square picture"],
    [[32, 32, 3], "the model takes pictures of 3 channels (32 × 32 × 3), and only grey ones can be fitted"],
    [[8, 12, 1], "the model takes pictures of 8 × 12 pixels, and only square ones can be fitted"],
  ])("%j takes none that could be fitted", (shape, message) => {
    const refused = expect.objectContaining({ code: "shape", message, hint: "Give it something else." });
    expect(() => digitSide(shape, "the model", "Give it something else.")).toThrow(refused);
  });
});

test("a digit is fitted into 28 × 28 unless a side is given", () => {
  const picture = bar(100, 20, 20, 10, 60);
  expect(mnistDigit(picture)).toEqual(mnistDigit(picture, 28, "x"));
});
