import { describe, expect, test } from "vitest";
import { decodePgm } from "../../src/images/pgm.ts";

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
    ["claims 0 × 2 pixels", text("P5 0 2 255\n")],
    ["claims values of 0 … 0;", text("P5 2 2 0\n")],
    ["is truncated", text("P5 2 2 255\n", 1, 2, 3)],
    ["is truncated", text("P5 2 2 256\n", 1, 2, 3, 4)],
    ["is truncated", text("P2 2 2 255\n1 2 3")],
    ["claims 99999 × 99999 pixels; 1 … 67,108,864 are read", text("P5 99999 99999 255\n", 1)],
    ["claims 2000000 × 1 pixels; a side has 1,048,576 at most", text("P5 2000000 1 255\n", 1)],
    ["has the value 9 at pixel 1, not 0 … 5", text("P2 2 2 5\n1 9 3 4")],
    ['has "x" at pixel 1, which is not a whole number', text("P2 2 2 5\n1 x 3 4")],
    ['has "-1" at pixel 0, which', text("P2 2 2 5\n-1 2 3 4")],
    ['has "1.5" at pixel 3, which', text("P2 2 2 5\n1 2 3 1.5")],
    ['has "1e2" at pixel 2, which', text("P2 2 2 255\n1 2 1e2 3")],
    ["is truncated", text("P2 2 2 255\n1 2 3 # 4 5 6")],
    ["is truncated: 100000 × 3 values", text("P5 100000 3 255\n", 1)],
    ["is truncated: 100000 × 3 values", text("P2 100000 3 255\n1 2 3")],
    ["claims values of 0 … 100000;", text("P5 2 2 100000\n", 1, 2, 3, 4)],
  ])("%s", (message, bytes) => {
    expect(() => decodePgm(bytes, "x.pgm")).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringContaining(`x.pgm ${message}`) }),
    );
  });
});
