import { describe, expect, test } from "vitest";
import { blockRams, chooseFolding, fold, presets } from "../../../src/export/vhdl/folding.ts";

const report = [784, 500, 1024, 1024, 10];

describe("chooseFolding", () => {
  test.each([
    ["full", "14x56 16x63 32x64 1x21", 513],
    ["mid", "4x49 4x63 8x64 1x6", 2049],
    ["small", "2x36 1x63 2x64 1x2", 8193],
  ] as const)("the report's network at %s", (preset, units, interval) => {
    const folding = chooseFolding(report, presets[preset]);
    expect(folding.layers.map(({ pe, simd }) => `${pe}x${simd}`).join(" ")).toBe(units);
    expect(folding.interval).toBe(interval);
  });

  test.each([
    [[1, 1], 3],
    [[784, 10], 99],
    [report, 99],
    [[2000, 3, 5], 251],
    [[9, 1, 5, 2], 4],
    [[8, 100, 10], 12],
  ])("%j takes an image every %i clocks at best", (sizes, fewest) => {
    expect(chooseFolding(sizes, fewest).interval).toBe(fewest);
    expect(() => chooseFolding(sizes, fewest - 1)).toThrow(
      expect.objectContaining({
        code: "argument",
        message: `${sizes.join("-")} cannot take an image every ${fewest - 1} clocks`,
        hint: `The fewest are ${fewest}.`,
      }),
    );
  });

  test("keeps to every bound", () => {
    for (const sizes of [report, [13, 7, 10, 9, 3], [785, 65, 1]]) {
      for (let cycles = 100; cycles < 3000; cycles = Math.ceil(1.3 * cycles)) {
        const { interval, layers } = chooseFolding(sizes, cycles);
        expect(interval).toBeLessThanOrEqual(cycles);
        for (const { pe, simd, inputs, neurons, rows } of layers) {
          expect(pe * simd * rows).toBeGreaterThanOrEqual(inputs * neurons);
        }
      }
    }
  });
});

describe("fold", () => {
  const one = { pe: 1, simd: 1 };

  test("counts rows, clocks and latency of 13-7-3", () => {
    const { layers, ...rest } = fold(
      [13, 7, 3],
      [
        { pe: 2, simd: 5 },
        { pe: 2, simd: 7 },
      ],
    );
    expect(layers).toEqual([
      { inputs: 13, neurons: 7, pe: 2, simd: 5, folds: 3, groups: 4, rows: 12, cycles: 13 },
      { inputs: 7, neurons: 3, pe: 2, simd: 7, folds: 1, groups: 2, rows: 2, cycles: 3 + 3 },
    ]);
    // 2 beats; 12 rows + 6; first group, the second three clocks later, + 6; one class, the answer and its beat.
    expect(rest).toEqual({ beats: 2, interval: 13, latency: 2 + 18 + (1 + 3 + 6) + 1 + 2 });
  });

  test.each([
    [[one], "2 layers take as many units, not 1"],
    [[{ pe: 6, simd: 1 }, one], "layer 0 of 9 inputs and 5 neurons does not fold to PE 6, SIMD 1"],
    [[{ pe: 0, simd: 1 }, one], "layer 0"],
    [[one, { pe: 1, simd: 6 }], "layer 1"],
    [[one, { pe: 1.5, simd: 1 }], "layer 1"],
  ])("refuses %j", (units, message) => {
    expect(() => fold([9, 5, 2], units)).toThrow(
      expect.objectContaining({ code: "argument", message: expect.stringContaining(message) }),
    );
  });
});

test.each([
  [512, 36, 1],
  [513, 36, 2],
  [2048, 9, 1],
  [16384, 1, 1],
  [2048, 512, 57],
  [1, 1, 1],
])("%i rows of %i bits take %i block RAMs", (rows, width, count) => {
  expect(blockRams(rows, width)).toBe(count);
});
