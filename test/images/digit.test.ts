import { describe, expect, test } from "vitest";
import { digitSide, mnistDigit } from "../../src/images/digit.ts";
import type { GreyPicture } from "../../src/images/grey.ts";

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
