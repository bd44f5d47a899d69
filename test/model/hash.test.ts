import { describe, expect, test } from "vitest";
import { modelHash } from "../../src/model/hash.ts";
import { type FrozenModel, hiddenOf, outputOf } from "../../src/model/model.ts";
import { randomModel } from "./random-model.ts";

const model = randomModel([9, 5, 4, 3], "threshold", 1);

/** The hash of a copy in which one number of an array has a bit flipped. */
function flipped(array: (copy: FrozenModel) => Uint8Array | Int32Array, index: number): string {
  const copy = structuredClone(model);
  array(copy)[index]! ^= 1;
  return modelHash(copy);
}

describe("modelHash", () => {
  test("is pinned: files and runs are named by it", () => {
    expect(modelHash(model)).toBe("6a47b485610e709cdb14310f8c0d1e0b145565572b58ea9ac704b6224eb4eb02");
    expect(modelHash(randomModel([9, 5, 3], "pixels", 1))).toBe(
      "74d81ef438f741cc2dd02b743477d46f60cebb068038041b142d4af31145a283",
    );
  });

  test("depends on content alone", () => {
    expect(modelHash(structuredClone(model))).toBe(modelHash(model));
    const encoder = { threshold: 0, ...model.encoder }; // other order of keys
    expect(modelHash({ layers: model.layers, shape: [3, 3, 1], encoder })).toBe(modelHash(model));
  });

  test("changes with every part", () => {
    const hashes = [
      modelHash(model),
      modelHash(randomModel([9, 5, 4, 3], "pixels", 1)),
      modelHash({ ...model, encoder: { kind: "threshold", threshold: 100 } }),
      modelHash({ ...model, encoder: { kind: "threshold", threshold: 101 } }),
      flipped((m) => hiddenOf(m)[0]!.weights.bytes, 0),
      flipped((m) => outputOf(m).weights.bytes, 2 * outputOf(model).weights.stride),
      flipped((m) => hiddenOf(m)[1]!.thresholds, 3),
      flipped((m) => outputOf(m).scale, 0),
      flipped((m) => outputOf(m).offset, 2),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
