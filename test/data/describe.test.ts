import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/core/hash.ts";
import { describeDataSet, idxDigests } from "../../src/data/describe.ts";
import { dataSet } from "../../src/data/given.ts";
import { encodeIdx } from "../../src/data/idx.ts";

describe("describeDataSet", () => {
  it("describes colour pictures, with the digests of their IDX files", () => {
    const inputs = Uint8Array.of(0, 127, 128, 255, 10, 20);
    const data = dataSet({ inputs, labels: ["red", "blue"], shape: [1, 1, 3] });
    expect(describeDataSet(data)).toEqual({
      name: "data",
      shape: [1, 1, 3],
      classes: ["blue", "red"],
      train: {
        count: 2,
        perClass: [1, 1],
        mean: 90,
        shareAbove127: 2 / 6,
        sha256: {
          inputs: sha256Hex(encodeIdx([2, 1, 1, 3], inputs)),
          labels: sha256Hex(encodeIdx([2], Uint8Array.of(1, 0))),
        },
      },
      test: null,
    });
  });

  it("describes float32 features, for which there is no IDX file", () => {
    const inputs = Float32Array.of(0.5, 200, -1, 0.5);
    const samples = { inputs, labels: [0, 1] };
    const { train, test } = describeDataSet(dataSet({ ...samples, shape: [2], test: samples }));
    expect(train).toMatchObject({ mean: 50, shareAbove127: null, sha256: { inputs: null } });
    expect(test).toEqual(train);
  });
});

it("digests take grey pictures as count × height × width, and features as count × features", () => {
  const set = { name: "x", count: 2, inputs: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(0, 1) };
  expect(idxDigests(set, [2, 1, 1]).inputs).toBe(sha256Hex(encodeIdx([2, 2, 1], set.inputs)));
  expect(idxDigests(set, [2]).inputs).toBe(sha256Hex(encodeIdx([2, 2], set.inputs)));
});
