import { expect, it } from "vitest";
import { confusionTable } from "../../src/cli/confusion.ts";
import { namedDataSet } from "../../src/node/data-sets.ts";
import { evaluate } from "../../src/train/evaluate.ts";

/** `each` samples a class, of which every eighth is taken for the next class and every 31st for the one after that. */
function sample(classes: readonly string[], each: number) {
  const labels = Uint8Array.from({ length: each * classes.length }, (_, i) => i % classes.length);
  const wrong = (i: number) => (i % 31 === 0 ? 2 : i % 8 === 0 ? 1 : 0);
  const predicted = labels.map((label, i) => (label + wrong(Math.floor(i / classes.length))) % classes.length);
  return evaluate(labels, predicted, classes);
}

const digits = Array.from({ length: 10 }, (_, i) => String(i));
const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

it("shows a dash where there is no precision or recall", () => {
  const evaluation = evaluate(Uint8Array.of(0, 0, 0, 1, 1), [0, 0, 1, 1, 2], ["cat", "dog", "bird", "fish"]);
  expect(confusionTable(evaluation, 80)).toBe(
    [
      "       predicted",
      "label  cat dog bird fish   recall  precision",
      "cat      2   1    0    0  66.67 %   100.00 %",
      "dog      0   1    1    0  50.00 %    50.00 %",
      "bird     0   0    0    0        –     0.00 %",
      "fish     0   0    0    0        –          –",
      "",
    ].join("\n"),
  );
});

it("shows ten classes of MNIST's size in 80 columns", () => {
  const lines = confusionTable(sample(digits, 1000), 80).split("\n");
  expect(lines[1]).toBe("label    0   1   2   3   4   5   6   7   8   9   recall  precision");
  expect(lines[2]).toBe("0      847 120  33   0   0   0   0   0   0   0  84.70 %    84.70 %");
  expect(lines).toHaveLength(13);
  expect(widest(confusionTable(sample(digits, 6000), 80))).toBeLessThanOrEqual(80);
});

it("numbers classes with long names, and shortens the names to the room there is", () => {
  const { classes } = namedDataSet("fashion-mnist")!;
  const text = confusionTable(sample(classes, 1000), 80);
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^label +0 +1 +2 +3 +4 +5 +6 +7 +8 +9 +recall +precision$/m);
  expect(text).toMatch(/^0 T-shirt\/top +847 +120 /m);
  const large = confusionTable(sample(classes, 6000), 80);
  expect(widest(large)).toBeLessThanOrEqual(80);
  expect(large).toMatch(/^9 Ankle … +725 +194 /m);
  expect(confusionTable(sample(classes, 6000), 100)).toMatch(/^9 Ankle boot +725 /m);
});

it("shows what classes were taken for where the matrix is too wide", () => {
  const text = confusionTable(sample(letters, 800), 80);
  expect(widest(text)).toBeLessThanOrEqual(80);
  const lines = text.split("\n");
  expect(lines[0]).toBe("label  count   recall  precision  taken for");
  expect(lines[1]).toBe("a        800  84.75 %    84.75 %  b 96, c 26");
  expect(lines.slice(-3)).toEqual(["", "The 26 × 26 matrix is in the JSON that --json writes.", ""]);
  // In a matrix that fits nothing is left out.
  expect(confusionTable(sample(letters, 800), 160)).toMatch(/^a +678 +96 +26 /m);
});

it("leaves out what a class is taken for when there is no room, and says so", () => {
  const classes = letters.map((letter) => `the letter ${letter}`);
  const labels = new Uint8Array(26);
  const predicted = Uint8Array.from({ length: 26 }, (_, i) => i);
  const text = confusionTable(evaluate(labels, predicted, classes), 80);
  expect(widest(text)).toBeLessThanOrEqual(80);
  expect(text).toMatch(/^the letter a +26 +3\.85 % +100\.00 % +the letter b 1, the letter c 1, …$/m);
  expect(text).toMatch(/^the letter z +0 +– +0\.00 %$/m);
});
