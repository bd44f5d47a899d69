import { expect, test } from "vitest";
import { curvesSpec, curvesSvg } from "../../src/plots/curves.ts";
import type { EpochRow } from "../../src/train/metrics.ts";

/** A run of `count` epochs; each of the numbers is its own function of the epoch. */
function rowsOf(count: number, changes: Partial<EpochRow> = {}): EpochRow[] {
  return Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    learningRate: 0.001 * (1 - i / count),
    trainLoss: 0.5 / (i + 1),
    trainAccuracy: 0.99 - 0.0625 / (i + 1),
    validationAccuracy: 0.975 - 0.05 / (i + 1),
    flipRatio: 0.002 / (i + 1),
    seconds: 5,
    ...changes,
  }));
}

/** The texts of an SVG in the order they are drawn. */
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

test("ten epochs", async () => {
  const svg = await curvesSvg(rowsOf(10), { title: "784-500-1024-1024-10 on MNIST" });
  await expect(svg).toMatchFileSnapshot("fixtures/curves.svg");
});

test("the ends of the curves are labelled with the last values", async () => {
  const drawn = texts(await curvesSvg(rowsOf(4), { title: "a run" }));
  for (const text of ["a run", "training 97.4", "validation 96.3", "0.125", "0.05", "0.00025"])
    expect(drawn).toContain(text);
});

test("values of one epoch are points in the middle", async () => {
  const svg = await curvesSvg(rowsOf(1));
  expect(texts(svg)).toEqual(expect.arrayContaining(["training 92.8", "validation 92.5", "1"]));
  expect(texts(svg)).not.toContain("2");
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(5);
});

test("many epochs have no points", async () => {
  expect(await curvesSvg(rowsOf(21))).not.toContain('aria-roledescription="point"');
});

test("without validation there is no curve of it", async () => {
  const drawn = texts(await curvesSvg(rowsOf(3, { validationAccuracy: null })));
  expect(drawn).toContain("training 96.9");
  expect(drawn.join()).not.toContain("validation");
});

test("a network that flips no weights has no panel of flips", async () => {
  const panels = texts(await curvesSvg(rowsOf(3, { flipRatio: 0 }))).filter((text) => /^[A-Z].* \(/.test(text!));
  expect(panels).toEqual([
    "Accuracy (%)",
    "Loss (mean over the training images)",
    "Learning rate (as an epoch begins)",
  ]);
});

test("labels of curves that end together do not touch", async () => {
  const svg = await curvesSvg(rowsOf(3, { trainAccuracy: 0.95, validationAccuracy: 0.95 }));
  const heights = ["training 95.0", "validation 95.0"].map((text) => {
    const [, y] = svg.match(new RegExp(`translate\\([\\d.]+,([\\d.]+)\\)"[^>]*>${text}<`))!;
    return Number(y);
  });
  expect(Math.abs(heights[0]! - heights[1]!)).toBeCloseTo(14, 6);
});

test("a run without a finished epoch has no curves", () => {
  expect(() => curvesSpec([])).toThrow(expect.objectContaining({ name: "OnebitError", code: "argument" }));
});
