import { expect, test } from "vitest";
import { learningRate } from "../../src/optim/schedules.ts";

test("constant", () => {
  expect(learningRate({ kind: "constant" }, 1.5, 7.5, 10)).toBe(1.5);
});

test("step: × gamma every stepSize epochs, within an epoch unchanged", () => {
  const rate = (progress: number) => learningRate({ kind: "step", stepSize: 2, gamma: 0.5 }, 1, progress, 10);
  expect([0, 1.99, 2, 3.5, 4, 9].map(rate)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.0625]);
});

test("cosine: as Math.cos has it, to 1e-15", () => {
  for (let i = 0; i <= 1000; i++) {
    const rate = learningRate({ kind: "cosine" }, 1, i / 100, 10);
    expect(Math.abs(rate - (0.5 + 0.5 * Math.cos((Math.PI * i) / 1000)))).toBeLessThanOrEqual(1e-15);
  }
});
