import { expect, it } from "vitest";
import { confusionTable, differences, evaluate } from "../../src/cli/confusion.ts";

// Labels 0 0 0 1 1; class 2 never occurs and is predicted once.
const evaluation = evaluate(Uint8Array.of(0, 0, 0, 1, 1), [0, 0, 1, 1, 2], 4);

it("counts labels against predictions", () => {
  expect(evaluation).toEqual({
    accuracy: 3 / 5,
    count: 5,
    confusion: [
      [2, 1, 0, 0],
      [0, 1, 1, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
    precision: [1, 1 / 2, 0, null],
    recall: [2 / 3, 1 / 2, null, null],
  });
});

it("shows a dash where there is no precision or recall", () => {
  const lines = confusionTable(evaluation).split("\n");
  expect(lines[1]).toMatch(/^0 +2 +1 +0 +0 +66\.67 %$/);
  expect(lines[4]).toMatch(/^3 +0 +0 +0 +0 +–$/);
  expect(lines[5]).toMatch(/^precision +100\.00 % +50\.00 % +0\.00 % +–$/);
});

it("counts differences", () => {
  expect(differences([1, 2, 3], Uint8Array.of(1, 0, 0))).toBe(2);
});
