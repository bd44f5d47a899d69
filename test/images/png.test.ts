import { deflateSync } from "node:zlib";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { decodePng } from "../../src/images/png/decode.ts";
import { encodePng } from "../../src/images/png/encode.ts";
import { chunk, headerChunk, type PngLayout, png, pngFile } from "./png-file.ts";

describe("PNG", () => {
  test("what was written in grey is read again", async () => {
    const picture = { width: 3, height: 2, pixels: Uint8Array.of(0, 1, 2, 253, 254, 255) };
    expect(decodePng(await encodePng(picture), "x.png")).toEqual(picture);
  });

  test("colours become grey, and what is transparent white", async () => {
    const { encode } = await import("fast-png");
    const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0);
    const bytes = encode({ width: 4, height: 1, data, depth: 8, channels: 4 });
    expect(decodePng(bytes, "x.png").pixels).toEqual(Uint8Array.of(76, 150, 29, 255));
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
    const { width, height, pixels } = decodePng(pngFile({ ...size, ...layout }), "x.png");
    expect({ width, height, pixels: [...pixels] }).toEqual({ ...size, pixels: expected });
  });

  const ones = Array.from({ length: 33 }, () => 1);
  test.each<[string, Omit<PngLayout, "width" | "height">]>([
    ["has no palette", { type: 3, depth: 8, samples: ones }],
    ["has no colour 1 in its palette", { type: 3, depth: 4, samples: ones, palette: [1, 2, 3] }],
    ["has 3 channels of 4 bits", { type: 2, depth: 4, samples: [...ones, ...ones, ...ones] }],
  ])("that %s is an error", async (message, layout) => {
    expect(() => decodePng(pngFile({ ...size, ...layout }), "x.png")).toThrowError(
      expect.objectContaining({
        code: "data",
        message: expect.stringContaining(`x.png ${message}`),
      }),
    );
  });

  const random = (count: number, most: number) =>
    Array.from({ length: count }, (_, i) => (i * i * 31 + i * 7) % (most + 1));
  const layouts = [
    { type: 0, depth: 1 },
    { type: 0, depth: 2 },
    { type: 0, depth: 4 },
    { type: 0, depth: 8 },
    { type: 0, depth: 16 },
    { type: 2, depth: 8 },
    { type: 2, depth: 16 },
    { type: 4, depth: 8 },
    { type: 6, depth: 16 },
  ].flatMap((layout) => [1, 2, 3, 5, 8, 11].map((width) => ({ ...layout, width, height: 13 - width })));

  test.each(layouts)("interlaced or not, filtered or not, type $type, depth $depth, $width wide", (layout) => {
    const { type, depth, width, height } = layout;
    const channels = [1, 0, 3, 0, 2, 0, 4][type]!;
    const samples = random(width * height * channels, 2 ** depth - 1);
    const plain = decodePng(pngFile({ ...layout, samples }), "x.png");
    for (const filters of [[1], [2], [3], [4], [0, 1, 2, 3, 4]]) {
      for (const interlaced of [false, true]) {
        const bytes = pngFile({ ...layout, samples, filters, interlaced, chunkLength: 7 });
        expect(decodePng(bytes, "x.png"), `filters ${filters}`).toEqual(plain);
        // What another reader makes of the same file; it does not unpack what is interlaced.
        if (depth >= 8) expect([...decode(bytes, { checkCrc: true }).data]).toEqual(samples);
      }
    }
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
    expect([...decodePng(bytes, "x.png").pixels]).toEqual(alphas.map((alpha) => 255 - alpha));
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
    const { pixels } = decodePng(pngFile({ width: 3, height: 1, ...layout }), "x.png");
    expect([...pixels]).toEqual(expected);
  });

  test("a broken file is an error", async () => {
    const bytes = await encodePng({ width: 3, height: 2, pixels: new Uint8Array(6) });
    for (const broken of [bytes.subarray(0, 30), Uint8Array.of(0x89), bytes.map((byte, i) => (i === 20 ? 77 : byte))]) {
      expect(() => decodePng(broken, "x.png")).toThrowError(
        expect.objectContaining({
          code: "data",
          message: expect.stringContaining("x.png is not an intact PNG file"),
        }),
      );
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
      expect(() => decodePng(altered, "x.png"), `byte ${at}`).toThrowError(expect.objectContaining({ code: "data" }));
    }
  });

  const grey = { width: 28, height: 28, depth: 8, type: 0 };
  const idat = (content: Uint8Array) => chunk("IDAT", deflateSync(content));
  const end = chunk("IEND", []);

  test.each([
    [
      "an error in the compressed pixels",
      png(headerChunk(grey), chunk("IDAT", deflateSync(Uint8Array.of(1, 2, 3)).fill(7, 2, 3)), end),
      "invalid block type",
    ],
    ["a row too few", png(headerChunk(grey), idat(new Uint8Array(27 * 29)), end), "fewer rows than its header says"],
    [
      "a byte too few",
      png(headerChunk(grey), idat(new Uint8Array(28 * 29 - 1)), end),
      "fewer rows than its header says",
    ],
    [
      "a byte too many",
      png(headerChunk(grey), idat(new Uint8Array(28 * 29 + 1)), end),
      "more rows than its header says",
    ],
    [
      "a filter that is none",
      png(headerChunk(grey), idat(new Uint8Array(28 * 29).fill(5)), end),
      "filtered in the way 5",
    ],
    ["no pixels", png(headerChunk(grey), end), "fewer rows than its header says"],
    ["no end", png(headerChunk(grey), idat(new Uint8Array(28 * 29))), "ends before its end chunk"],
    ["an unknown chunk that is needed", png(headerChunk(grey), chunk("CgBI", [1]), end), "its chunk CgBI is needed"],
    ["two headers", png(headerChunk(grey), headerChunk(grey), end), "a second header"],
    ["no header", png(end), "ends within its header"],
    ["a depth that is none", png(headerChunk({ ...grey, depth: 3 }), end), "1 channels of 3 bits"],
    ["a colour type that is none", png(headerChunk({ ...grey, type: 5 }), end), "its colour type is 5"],
    ["no width", png(headerChunk({ ...grey, width: 0 }), end), "claims 0 × 28 pixels"],
    ["100 million pixels", png(headerChunk({ ...grey, width: 10_000, height: 10_000 }), end), "67,108,864 are read"],
    [
      "a transparent colour of 4 bytes",
      png(headerChunk(grey), chunk("tRNS", [1, 2, 3, 4]), end),
      "4 bytes of transparency",
    ],
  ])("%s is an error", (_, bytes, message) => {
    expect(() => decodePng(bytes, "x.png")).toThrowError(
      expect.objectContaining({ code: "data", message: expect.stringContaining(message) }),
    );
  });

  test("profiles and texts are skipped, however long they say they are", () => {
    const samples = random(28 * 28, 255);
    const [start, rest] = [headerChunk(grey), pngFile({ ...grey, samples }).subarray(8 + 25)];
    const profile = Buffer.concat([Buffer.from("icc\0\0"), deflateSync(new Uint8Array(5_000_000))]);
    expect(decodePng(png(start, chunk("iCCP", profile), chunk("tEXt", [1]), rest), "x.png").pixels).toEqual(
      Uint8Array.from(samples),
    );
  });
});
