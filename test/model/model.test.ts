import { describe, expect, test } from "vitest";
import { layerSizes, MAX_WIDTH, operandOf, operandRange, thresholdBits } from "../../src/model/model.ts";
import { randomModel } from "./random-model.ts";

describe("thresholdBits", () => {
  test.each([
    ["agreements", 784, 10],
    ["agreements", 500, 9],
    ["agreements", 1024, 11],
    ["agreements", 1, 2],
    ["agreements", 2, 2],
    ["agreements", 3, 3],
    ["sum", 784, 19],
    ["sum", 1, 10],
  ] as const)("%s of %i inputs: %i bits", (operand, n, bits) => {
    expect(thresholdBits(operand, n)).toBe(bits);
  });

  test("holds always … never, and one bit less does not", () => {
    for (let n = 1; n <= 3000; n++) {
      const unsigned = thresholdBits("agreements", n);
      expect(n + 1 < 2 ** unsigned && n + 1 >= 2 ** (unsigned - 1)).toBe(true);
      const signed = thresholdBits("sum", n);
      expect(255 * n + 1 < 2 ** (signed - 1) && 255 * n + 1 >= 2 ** (signed - 2)).toBe(true);
    }
  });
});

test("the widest sum is the largest that float32 holds with all smaller ones", () => {
  expect(operandRange("sum", MAX_WIDTH)).toEqual({ lowest: -(2 ** 24 - 1), highest: 2 ** 24 - 1 });
});

test("only the first layer on pixels sums", () => {
  expect([operandOf("pixels", 0), operandOf("pixels", 1), operandOf("threshold", 0)]).toEqual([
    "sum",
    "agreements",
    "agreements",
  ]);
});

test("layerSizes runs from the input to the classes", () => {
  expect(layerSizes(randomModel([7, 5, 3], "threshold", 1))).toEqual([7, 5, 3]);
  expect(layerSizes(randomModel([7, 3], "pixels", 1))).toEqual([7, 3]);
});
