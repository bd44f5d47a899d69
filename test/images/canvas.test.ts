import { describe, expect, test } from "vitest";
import { fromCanvas, type Rgba } from "../../src/images/canvas.ts";
import { mnistDigit } from "../../src/images/digit.ts";

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** A vertical bar at the left of a page of 60 × 40. */
function drawing(ink: Colour, paper: Colour): Rgba {
  const [width, height] = [60, 40];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [row, column] = [Math.floor(i / width), i % width];
    data.set(row >= 5 && row < 35 && column >= 4 && column < 10 ? ink : paper, 4 * i);
  }
  return { width, height, data };
}

const bar = mnistDigit({
  width: 60,
  height: 40,
  pixels: drawing([255, 255, 255, 255], [0, 0, 0, 255]).data.filter((_, i) => i % 4 === 0) as unknown as Uint8Array,
});

describe("fromCanvas", () => {
  test("fits what was drawn into the middle of 28 × 28", () => {
    expect(bar.length).toBe(784);
    expect(bar[14 * 28 + 14]).toBe(255);
    expect(bar[14 * 28 + 4]).toBe(0);
  });

  test.each<[string, Colour, Colour]>([
    ["white on black", [255, 255, 255, 255], [0, 0, 0, 255]],
    ["black on white", [0, 0, 0, 255], [255, 255, 255, 255]],
    ["red on yellow", [200, 0, 0, 255], [255, 255, 100, 255]],
    ["black on a transparent canvas", [0, 0, 0, 255], [0, 0, 0, 0]],
    ["white on a transparent canvas", [255, 255, 255, 255], [0, 0, 0, 0]],
  ])("%s: the same", (_, ink, paper) => {
    const image = drawing(ink, paper);
    expect(fromCanvas(image)).toEqual(bar);
    const canvas = {
      width: 60,
      height: 40,
      getContext: () => ({
        getImageData: (x: number, y: number, w: number, h: number) =>
          [x, y, w, h].join() === "0,0,60,40" ? image : drawing(paper, paper),
      }),
    };
    expect(fromCanvas(canvas)).toEqual(bar);
  });

  test("takes grey pictures, and the size that the model takes", () => {
    const picture = {
      width: 60,
      height: 40,
      pixels: drawing([9, 9, 9, 9], [0, 0, 0, 0]).data.filter((_, i) => i % 4 === 0),
    };
    const grey = { ...picture, pixels: Uint8Array.from(picture.pixels) };
    expect(fromCanvas(grey, { shape: [28, 28, 1] })).toEqual(bar);
    for (const shape of [[16, 16, 1], [16, 16], [256]])
      expect(fromCanvas(grey, { shape })).toEqual(mnistDigit(grey, 16));
  });

  test.each([
    ["data", "the drawing is blank", () => fromCanvas(drawing([0, 0, 0, 0], [0, 0, 0, 0]))],
    [
      "shape",
      "the model takes pictures of 20 × 30 pixels",
      () => fromCanvas(drawing([0, 0, 0, 255], [0, 0, 0, 0]), { shape: [20, 30, 1] }),
    ],
    ["shape", "the model takes 30", () => fromCanvas(drawing([0, 0, 0, 255], [0, 0, 0, 0]), { shape: [30] })],
    [
      "shape",
      "the model takes pictures of 2 × 8 pixels",
      () => fromCanvas(drawing([0, 0, 0, 255], [0, 0, 0, 0]), { shape: [2, 8] }),
    ],
    ["argument", "has no 2D context", () => fromCanvas({ width: 1, height: 1, getContext: () => null })],
    [
      "data",
      "has 0 × 40 pixels",
      () =>
        fromCanvas({
          width: 0,
          height: 40,
          getContext: () => ({ getImageData: () => drawing([0, 0, 0, 0], [0, 0, 0, 0]) }),
        }),
    ],
  ])("refuses (%s): %s", (code, message, call) => {
    expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});
