/** Arrays that become data sets, and every fault that they may have: what it is, where, and what to do. */

import { describe, expect, it } from "vitest";
import type { OnebitError } from "../../src/core/errors.ts";
import { dataSet, type GivenData } from "../../src/data/given.ts";

const inputs = Uint8Array.of(0, 255, 10, 20, 128, 127);
const labels = Uint8Array.of(0, 2, 1);
const given: GivenData = { inputs, labels, shape: [2] };

describe("dataSet", () => {
  it("takes bytes as they are, and counts the classes", () => {
    const data = dataSet(given);
    expect(data).toEqual({
      name: "data",
      shape: [2],
      classes: ["0", "1", "2"],
      train: { name: "data train", count: 3, inputs, labels },
    });
    expect(data.train.inputs).toBe(inputs);
    expect(data.train.labels).toBe(labels);
  });

  it("takes other arrays of bytes, of one number after the other or of one array a sample", () => {
    const lists = [
      [...inputs],
      Uint8ClampedArray.from(inputs),
      [
        [0, 255],
        [10, 20],
        [128, 127],
      ],
    ];
    const typed = [inputs.subarray(0, 2), inputs.subarray(2, 4), inputs.subarray(4)];
    for (const other of [...lists, typed, [Uint8ClampedArray.of(0, 255), [10, 20], inputs.subarray(4)]]) {
      const { train } = dataSet({ ...given, inputs: other as GivenData["inputs"] });
      expect(train.inputs).toEqual(inputs);
      expect(train.inputs).toBeInstanceOf(Uint8Array);
    }
  });

  it("takes float32 numbers", () => {
    const floats = Float32Array.of(0.5, -1, 3, 1e9, 0, 2);
    expect(dataSet({ ...given, inputs: floats }).train.inputs).toBe(floats);
    const samples = [floats.subarray(0, 2), floats.subarray(2, 4), floats.subarray(4)];
    expect(dataSet({ ...given, inputs: samples }).train.inputs).toEqual(floats);
  });

  it("takes labels as numbers of any array, or as names", () => {
    for (const other of [[0, 2, 1], Int32Array.of(0, 2, 1), Float64Array.of(0, 2, 1)]) {
      expect(dataSet({ ...given, labels: other }).train.labels).toEqual(labels);
    }
    const named = dataSet({ ...given, labels: ["dog", "cat", "dog"] });
    expect(named.classes).toEqual(["cat", "dog"]);
    expect([...named.train.labels]).toEqual([1, 0, 1]);
    const ordered = dataSet({ ...given, labels: ["dog", "cat", "dog"], classes: ["emu", "dog", "cat"] });
    expect(ordered.classes).toEqual(["emu", "dog", "cat"]);
    expect([...ordered.train.labels]).toEqual([1, 2, 1]);
  });

  it("takes classes by number, up to 256", () => {
    expect(dataSet({ ...given, classes: 4 }).classes).toEqual(["0", "1", "2", "3"]);
    expect(dataSet({ ...given, labels: [255, 0, 1] }).classes).toHaveLength(256);
  });

  it("takes a test part, whose names are the same", () => {
    const { test } = dataSet({ ...given, name: "pets", test: { inputs: [1, 2], labels: [2] } });
    expect(test).toEqual({ name: "pets test", count: 1, inputs: Uint8Array.of(1, 2), labels: Uint8Array.of(2) });
  });
});

const message = (faulty: unknown) => {
  try {
    dataSet(faulty as GivenData);
  } catch (error) {
    const { code, message, hint = "–" } = error as OnebitError;
    return `${code}: ${message} | ${hint}`;
  }
  return "nothing";
};

describe("dataSet refuses", () => {
  const shapeHint = "Give [features], or [height, width, channels]: [28, 28, 1] of grey pictures.";
  const floatHint = "Give a Float32Array for numbers of another kind.";
  const labelHint = "Give all labels as names, or all as numbers.";
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "argument: dataSet takes an object with inputs, labels and shape, not undefined | –"],
    ["a number", 3, "argument: dataSet takes an object with inputs, labels and shape, not a number | –"],
    ["a name that is none", { ...given, name: "" }, "argument: the name of a data set is a text, not empty | –"],
    ["no shape", { inputs, labels }, `argument: data: a shape is an array of sizes, not undefined | ${shapeHint}`],
    [
      "a number as shape",
      { ...given, shape: 2 },
      `argument: data: a shape is an array of sizes, not a number | ${shapeHint}`,
    ],
    ["an empty shape", { ...given, shape: [] }, `argument: data: the shape is empty | ${shapeHint}`],
    ["2 sizes", { ...given, shape: [1, 2] }, `argument: data: the shape [1, 2] has 2 sizes, not 1 or 3 | ${shapeHint}`],
    [
      "a size of 0",
      { ...given, shape: [1, 0, 1] },
      `argument: data: the shape [1, 0, 1] has the size 0, not a positive integer | ${shapeHint}`,
    ],
    [
      "half a pixel",
      { ...given, shape: [0.5] },
      `argument: data: the shape [0.5] has the size 0.5, not a positive integer | ${shapeHint}`,
    ],
    [
      "inputs of another type",
      { ...given, inputs: Int16Array.of(1, 2) },
      "argument: data train: inputs are a Uint8Array, a Float32Array or an array of numbers, not an Int16Array | Convert them: Float32Array.from(inputs).",
    ],
    [
      "no inputs",
      { labels, shape: [2] },
      "argument: data train: inputs are a Uint8Array, a Float32Array or an array of numbers, not undefined | Convert them: Float32Array.from(inputs).",
    ],
    [
      "labels of another type",
      { ...given, labels: "012" },
      "argument: data train: labels are an array of class numbers or class names, not a string | –",
    ],
    [
      "no labels",
      { inputs, shape: [2] },
      "argument: data train: labels are an array of class numbers or class names, not undefined | –",
    ],
    ["no samples", { inputs: [], labels: [], shape: [2] }, "data: data train has no samples | –"],
    [
      "no test samples",
      { ...given, test: { inputs: new Uint8Array(0), labels: [] } },
      "data: data test has no samples | –",
    ],
    [
      "another test",
      { ...given, test: 1 },
      "argument: data: test is an object with inputs and labels, not a number | –",
    ],
    [
      "a number too few",
      { ...given, inputs: inputs.subarray(1) },
      "data: data train: 3 samples of 2 should be 6 numbers, but inputs holds 5 | Inputs hold sample after sample, each row by row.",
    ],
    [
      "fewer labels",
      { ...given, labels: [0, 1] },
      "data: data train has 3 samples, but 2 labels | Give one label for each sample.",
    ],
    [
      "more labels",
      { ...given, labels: [0, 1, 0, 1] },
      "data: data train has 3 samples, but 4 labels | Give one label for each sample.",
    ],
    [
      "a sample of another length",
      {
        ...given,
        inputs: [
          [1, 2],
          [1, 2, 3],
          [1, 2],
        ],
      },
      "data: data train: sample 1 has 3 numbers, its shape takes 2 | –",
    ],
    [
      "samples of several types",
      { ...given, inputs: [[1, 2], Float32Array.of(1, 2), [1, 2]] },
      "argument: data train: sample 1 is a Float32Array, but sample 0 is an Array | Give all samples in one kind of array: numbers, Uint8Array or Float32Array.",
    ],
    [
      "a number above 255",
      { ...given, inputs: [1, 2, 3, 256, 5, 6] },
      `data: data train: number 1 of sample 1 is 256, not a whole number from 0 to 255 | ${floatHint}`,
    ],
    [
      "half a number, in a sample",
      {
        ...given,
        inputs: [
          [1, 2],
          [3, 4],
          [0.5, 6],
        ],
      },
      `data: data train: number 0 of sample 2 is 0.5, not a whole number from 0 to 255 | ${floatHint}`,
    ],
    [
      "NaN among bytes",
      { ...given, inputs: [1, 2, 3, 4, 5, Number.NaN] },
      `data: data train: number 1 of sample 2 is NaN, not a whole number from 0 to 255 | ${floatHint}`,
    ],
    [
      "a text among bytes",
      { ...given, inputs: [1, 2, "3", 4, 5, 6] },
      "argument: data train: number 0 of sample 1 is a string, not a number | –",
    ],
    [
      "NaN",
      { ...given, inputs: Float32Array.of(0, 1, 2, Number.NaN, 4, 5) },
      "data: data train: number 1 of sample 1 is NaN | Replace what is missing, or leave such samples out.",
    ],
    [
      "infinity",
      { ...given, inputs: Float32Array.of(0, 1, 2, 3, Number.NEGATIVE_INFINITY, 5) },
      "data: data train: number 0 of sample 2 is -Infinity | Replace what is missing, or leave such samples out.",
    ],
    [
      "a label outside the classes",
      { ...given, labels: [0, 9, 1], classes: ["a", "b", "c", "d"] },
      "data: data train: sample 1 has label 9, but the 4 classes are 0 … 3 | –",
    ],
    [
      "a test label outside the classes",
      { ...given, test: { inputs: [1, 2], labels: [3] } },
      "data: data test: sample 0 has label 3, but the 3 classes are 0 … 2 | –",
    ],
    [
      "a label that a byte would wrap",
      { ...given, labels: [0, 1, 257], classes: 3 },
      "data: data train: sample 2 has label 257, but the 3 classes are 0 … 2 | –",
    ],
    [
      "a negative label",
      { ...given, labels: [0, 1, -1] },
      "data: data train: sample 2 has label -1, but the 2 classes are 0 … 1 | –",
    ],
    [
      "half a label",
      { ...given, labels: [0, 1, 0.5] },
      "data: data train: sample 2 has label 0.5, but the 2 classes are 0 … 1 | –",
    ],
    [
      "a name that is not a class",
      { ...given, labels: ["cat", "cow", "dog"], classes: ["cat", "dog"] },
      'data: data train: sample 1 has the label "cow", which is not a class | The classes are cat, dog.',
    ],
    [
      "names in the test part that the training part has not",
      { ...given, labels: ["cat", "dog", "cat"], test: { inputs: [1, 2], labels: ["cow"] } },
      'data: data test: sample 0 has the label "cow", which is not a class | The classes are cat, dog.',
    ],
    [
      "names among numbers",
      { ...given, labels: [0, "dog", 1] },
      `argument: data train: the label of sample 1 is a string, not a class number | ${labelHint}`,
    ],
    [
      "numbers among names",
      { ...given, labels: ["cat", "dog", undefined] },
      `argument: data train: the label of sample 2 is undefined, not a class name | ${labelHint}`,
    ],
    [
      "labels of neither kind",
      { ...given, labels: BigInt64Array.of(0n, 1n, 2n), classes: 3 },
      `argument: data train: the label of sample 0 is a bigint, not a class number | ${labelHint}`,
    ],
    [
      "one class",
      { ...given, labels: [0, 0, 0] },
      "argument: data train has only one class | A network tells two classes or more apart.",
    ],
    [
      "one class by name",
      { ...given, classes: ["cat"] },
      "argument: data has only one class | A network tells two classes or more apart.",
    ],
    ["257 classes", { ...given, classes: 257 }, "argument: data has 257 classes | There may be 256 at most."],
    [
      "300 classes by the labels",
      { ...given, labels: [299, 0, 1] },
      "argument: data train has 300 classes | There may be 256 at most.",
    ],
    [
      "half a class",
      { ...given, classes: 2.5 },
      'argument: data: the number of classes is 2.5, not a whole number | Give how many there are, or their names: ["cat", "dog"].',
    ],
    [
      "classes of the same name",
      { ...given, classes: ["cat", "dog", "cat"] },
      'argument: data: the classes 0 and 2 are both called "cat" | Give each class a name of its own.',
    ],
    [
      "a class without a name",
      { ...given, classes: ["cat", "", "dog"] },
      'argument: data: class 1 is an empty text, not a name | Give their names: ["cat", "dog"].',
    ],
    [
      "a class that is a number",
      { ...given, classes: ["cat", 1, "dog"] },
      'argument: data: class 1 is a number, not a name | Give their names: ["cat", "dog"].',
    ],
    [
      "a text as classes",
      { ...given, classes: "cat,dog" },
      'argument: data: classes are a list of names, not a string | Give their names: ["cat", "dog"].',
    ],
    [
      "float32 numbers to train on and bytes to test with",
      { ...given, inputs: new Float32Array(6), test: { inputs: [1, 2], labels: [0] } },
      "data: data has float32 numbers to train on, but 8-bit numbers to test with | Use one kind of array.",
    ],
  ])("%s", (_, faulty, expected) => {
    expect(message(faulty)).toBe(expected);
  });
});
