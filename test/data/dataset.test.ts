import { describe, expect, it } from "vitest";
import {
  bytesOf,
  checkDataSet,
  checkSamples,
  type DataSet,
  firstOf,
  isDataSet,
  type Samples,
} from "../../src/data/dataset.ts";

const train: Samples = {
  name: "pets train",
  count: 2,
  inputs: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Uint8Array.of(1, 0),
};
const data: DataSet = { name: "pets", shape: [3], classes: ["cat", "dog"], train };

describe("checkDataSet", () => {
  it("accepts what is in order, with a test part or without", () => {
    expect(() => checkDataSet(data)).not.toThrow();
    expect(() => checkDataSet({ ...data, test: train })).not.toThrow();
    const inputs = new Float32Array(6);
    expect(() => checkDataSet({ ...data, train: { ...train, inputs } })).not.toThrow();
  });

  it.each<[string, unknown, string, string]>([
    ["something else", 7, "argument", "a data set is an object with name, shape, classes and train, not a number"],
    ["null", null, "argument", "a data set is an object with name, shape, classes and train, not null"],
    ["a shape of two sizes", { ...data, shape: [1, 3] }, "argument", "pets: the shape [1, 3] has 2 sizes, not 1 or 3"],
    ["a number of classes", { ...data, classes: 2 }, "argument", "pets: classes are a list of names, not a number"],
    [
      "samples that are none",
      { ...data, train: undefined },
      "argument",
      "pets train: samples are an object with inputs and labels, not undefined",
    ],
    [
      "inputs as numbers",
      { ...data, train: { ...train, inputs: [1, 2, 3, 4, 5, 6] } },
      "argument",
      "pets train: inputs are a Uint8Array or a Float32Array, not an Array",
    ],
    [
      "labels as numbers",
      { ...data, train: { ...train, labels: [1, 0] } },
      "argument",
      "pets train: labels are a Uint8Array, not an Array",
    ],
    [
      "a count that is none",
      { ...data, train: { ...train, count: "2" } },
      "argument",
      'pets train: count is "2", not a number of samples',
    ],
    [
      "a count of 5 with 2 samples",
      { ...data, train: { ...train, count: 5 } },
      "data",
      "pets train: 5 samples of 3 should be 15 numbers, but inputs holds 6",
    ],
    [
      "a label 9 of 2 classes",
      { ...data, train: { ...train, labels: Uint8Array.of(0, 9) } },
      "data",
      "pets train: sample 1 has label 9, but the 2 classes are 0 … 1",
    ],
    [
      "a label too few",
      { ...data, train: { ...train, labels: Uint8Array.of(0) } },
      "data",
      "pets train has 2 samples, but 1 label",
    ],
    [
      "a faulty test part without a name",
      { ...data, test: { ...train, name: undefined, labels: Uint8Array.of(0, 2) } },
      "data",
      "pets test: sample 1 has label 2, but the 2 classes are 0 … 1",
    ],
    [
      "another kind of numbers in the test part",
      { ...data, test: { ...train, inputs: new Float32Array(6) } },
      "data",
      "pets has 8-bit numbers to train on, but float32 numbers to test with",
    ],
  ])("refuses %s", (_, faulty, code, message) => {
    expect(() => checkDataSet(faulty as DataSet)).toThrow(
      expect.objectContaining({ name: "OnebitError", code, message }),
    );
  });
});

it("checkSamples names the place of a number that is NaN", () => {
  const inputs = Float32Array.of(0, 0, 0, 0, 0, Number.NaN);
  const message = "pets train: number 2 of sample 1 is NaN";
  expect(() => checkSamples({ ...train, inputs }, [3], data.classes)).toThrow(expect.objectContaining({ message }));
});

it("isDataSet tells a data set from arrays", () => {
  expect(isDataSet(data)).toBe(true);
  for (const other of [{ inputs: [], labels: [] }, undefined, null, "mnist"]) expect(isDataSet(other)).toBe(false);
});

it("firstOf takes the first samples, or all", () => {
  expect(firstOf(train, 1)).toEqual({ ...train, count: 1, inputs: Uint8Array.of(1, 2, 3), labels: Uint8Array.of(1) });
  expect(firstOf(train, 5)).toEqual(train);
});

it("bytesOf refuses float32 numbers", () => {
  expect(bytesOf(train)).toBe(train.inputs);
  expect(() => bytesOf({ ...train, inputs: new Float32Array(6) })).toThrow(
    expect.objectContaining({
      code: "data",
      message: "the samples of pets train are float32 numbers, but 8-bit numbers are needed here",
    }),
  );
});
