import { expect, it } from "vitest";
import { differences, evaluate } from "../../src/train/evaluate.ts";

it("counts labels against predictions", () => {
  // Class 2 never occurs and is predicted once; class 3 neither.
  const classes = ["a", "b", "c", "d"];
  expect(evaluate(Uint8Array.of(0, 0, 0, 1, 1), [0, 0, 1, 1, 2], classes)).toEqual({
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
    classes,
  });
});

it("counts differences", () => {
  expect(differences([1, 2, 3], Uint8Array.of(1, 0, 0))).toBe(2);
});
