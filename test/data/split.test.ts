import { describe, expect, it } from "vitest";
import { epochOrder, splitTrainValidation } from "../../src/data/split.ts";

const ascending = (a: Int32Array) => a.every((x, i) => i === 0 || a[i - 1]! < x);

describe("splitTrainValidation", () => {
  it("puts each image into exactly one part, in ascending order", () => {
    const { train, validation } = splitTrainValidation(60_000, 5_000, 1);
    expect([train.length, validation.length]).toEqual([55_000, 5_000]);
    expect(ascending(train) && ascending(validation)).toBe(true);
    expect(new Set([...train, ...validation]).size).toBe(60_000);
    expect(Math.min(train[0]!, validation[0]!)).toBe(0);
    expect(Math.max(train.at(-1)!, validation.at(-1)!)).toBe(59_999);
  });

  it("is a function of the seed", () => {
    expect(splitTrainValidation(1000, 100, 7)).toEqual(splitTrainValidation(1000, 100, 7));
    expect(splitTrainValidation(1000, 100, 8)).not.toEqual(splitTrainValidation(1000, 100, 7));
  });

  it("takes any size that leaves an image to train on", () => {
    expect(splitTrainValidation(3, 0, 1)).toEqual({ train: Int32Array.of(0, 1, 2), validation: new Int32Array(0) });
    expect(splitTrainValidation(3, 2, 1).train).toHaveLength(1);
  });

  it.each([3, 4, -1, 0.5, Number.NaN])("refuses %s of 3 images", (validation) => {
    expect(() => splitTrainValidation(3, validation, 1)).toThrowError(expect.objectContaining({ code: "config" }));
  });
});

describe("epochOrder", () => {
  const train = Int32Array.of(2, 3, 5, 7, 11, 13, 17, 19);

  it("holds each training image once", () => {
    expect(epochOrder(train, 1, 1).toSorted()).toEqual(train);
  });

  it("is a function of seed and epoch", () => {
    expect(epochOrder(train, 1, 2)).toEqual(epochOrder(train, 1, 2));
    expect(epochOrder(train, 1, 2)).not.toEqual(epochOrder(train, 1, 3));
    expect(epochOrder(train, 2, 2)).not.toEqual(epochOrder(train, 1, 2));
  });
});
