import { expect, it } from "vitest";
import { nearest } from "../../src/core/nearest.ts";

const words = ["batch", "batchNorm", "epochs", "learningRate"];

it.each([
  ["batch", "batch"],
  ["bacth", "batch"],
  ["batchnorm", "batchNorm"],
  ["batchNrm", "batchNorm"],
  ["EPOCHS", "epochs"],
  ["epoch", "epochs"],
  ["learning_rate", "learningRate"],
  ["lr", undefined],
  ["x", undefined],
  ["", undefined],
  ["optimizer", undefined],
])("%j is nearest to %j", (word, expected) => {
  expect(nearest(word, words)).toBe(expected);
});
