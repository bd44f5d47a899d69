import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { bytesOf, type DataSet, type Samples } from "../../src/data/dataset.ts";
import { encodePng } from "../../src/images/png/encode.ts";
import { meanOfRepetitions, probabilityImage } from "../../test/encoders/plain.ts";
import { type Picture, reportPictures } from "../src/pictures.ts";

// Images of 2 × 3 pixels: a 1, a 3, a 4.
const train: Samples = {
  name: "tiny train",
  count: 3,
  inputs: Uint8Array.of(9, 9, 9, 9, 9, 9, 0, 100, 101, 255, 99, 200, 0, 200, 201, 255, 100, 130),
  labels: Uint8Array.of(1, 3, 4),
};
const data: DataSet = { name: "tiny", shape: [2, 3, 1], classes: ["0", "1", "2", "3", "4"], train, test: train };

/** The `n`-th image of a sheet of `columns`, at the middle of its pixels' squares. */
function tile(picture: Picture, n: number, columns: number, scale: number): number[] {
  const left = scale + (n % columns) * 4 * scale;
  const top = scale + Math.floor(n / columns) * 3 * scale;
  return Array.from({ length: 6 }, (_, i) => {
    const x = left + (i % 3) * scale + scale / 2;
    const y = top + Math.floor(i / 3) * scale + scale / 2;
    return picture.pixels[y * picture.width + x]!;
  });
}

describe("reportPictures", async () => {
  const [three, four, mean, gallery] = (await reportPictures(data, { seed: 7, repetitions: 12 })) as [
    Picture,
    Picture,
    Picture,
    Picture,
  ];

  it("names its pictures by the report's figures", () => {
    expect([three, four, mean, gallery].map((picture) => picture.name)).toEqual([
      "figure-5.1-5.2-three-threshold-100",
      "figure-5.3-5.4-four-threshold-200",
      "figure-5.5-5.6-four-mean-of-12",
      "appendix-8.1-four-12-binarizations",
    ]);
  });

  it("shows the thresholded image beside the original", () => {
    expect(tile(three, 0, 2, 12)).toEqual([0, 0, 255, 255, 0, 255]);
    expect(tile(three, 1, 2, 12)).toEqual([0, 100, 101, 255, 99, 200]);
    expect(tile(four, 0, 2, 12)).toEqual([0, 0, 255, 255, 0, 0]);
    expect(tile(four, 1, 2, 12)).toEqual([0, 200, 201, 255, 100, 130]);
  });

  it("shows the mean of the repetitions beside the original", () => {
    const original = bytesOf(train).subarray(12);
    expect(tile(mean, 0, 2, 12)).toEqual([...meanOfRepetitions(original, 12, 7, 2)].map(Math.round));
    expect(tile(mean, 1, 2, 12)).toEqual([...original]);
  });

  it("shows each repetition once, ten a row", () => {
    for (let repetition = 0; repetition < 12; repetition++) {
      const bits = probabilityImage(bytesOf(train).subarray(12), 7, repetition, 2);
      expect(tile(gallery, repetition, 10, 4)).toEqual([...bits].map((bit) => 255 * bit));
    }
  });

  it("frames the images in white and fills its size", () => {
    expect([three.width, three.height]).toEqual([(2 * 4 + 1) * 12, (1 * 3 + 1) * 12]);
    expect([gallery.width, gallery.height]).toEqual([(10 * 4 + 1) * 4, (2 * 3 + 1) * 4]);
    for (const picture of [three, four, mean, gallery]) {
      expect(picture.pixels).toHaveLength(picture.width * picture.height);
      expect(picture.pixels.subarray(0, picture.width).every((pixel) => pixel === 255)).toBe(true);
      expect(picture.pixels.subarray(-picture.width).every((pixel) => pixel === 255)).toBe(true);
    }
  });

  it("takes other thresholds", async () => {
    const pictures = await reportPictures(data, { seed: 7, thresholds: [0, 254], repetitions: 1 });
    expect(tile(pictures[0]!, 0, 2, 12)).toEqual([0, 255, 255, 255, 255, 255]);
    expect(tile(pictures[1]!, 0, 2, 12)).toEqual([0, 0, 0, 255, 0, 0]);
  });

  it.each([
    ["thresholds that no pixel has", { thresholds: [100, 256] }],
    ["no repetition", { repetitions: 0 }],
  ] as const)("refuses %s", async (_, options) => {
    await expect(reportPictures(data, { seed: 1, ...options })).rejects.toMatchObject({ code: "argument" });
  });

  it("refuses pictures that are not grey", async () => {
    const coloured = { ...data, shape: [1, 2, 3] };
    await expect(reportPictures(coloured, { seed: 1 })).rejects.toMatchObject({ code: "data" });
  });

  it("refuses a set without a 3 or a 4", async () => {
    const without = { ...data, train: { ...train, labels: Uint8Array.of(1, 3, 1) } };
    await expect(reportPictures(without, { seed: 1 })).rejects.toThrowError(
      expect.objectContaining({ code: "data", message: "tiny train has no image of class 4" }),
    );
  });
});

describe("encodePng", () => {
  it("writes the pixels, 8-bit grey", async () => {
    const picture = { name: "x", width: 3, height: 2, pixels: Uint8Array.of(0, 1, 2, 128, 254, 255) };
    const { width, height, depth, channels, data } = decode(await encodePng(picture), { checkCrc: true });
    expect({ width, height, depth, channels, pixels: [...data] }).toEqual({
      width: 3,
      height: 2,
      depth: 8,
      channels: 1,
      pixels: [...picture.pixels],
    });
  });
});
