import { describe, expect, it } from "vitest";
import type { DataSet } from "../../src/data/dataset.ts";
import { checkFit, checkSampleFit } from "../../src/data/fit.ts";

const train = { name: "pets train", count: 1, inputs: new Uint8Array(12), labels: Uint8Array.of(0) };
const pets: DataSet = { name: "pets", shape: [2, 6, 1], classes: ["cat", "dog"], train };
const numbered: DataSet = { ...pets, name: "numbers", classes: ["0", "1"] };

describe("checkFit", () => {
  it.each<[string, Parameters<typeof checkFit>[0], DataSet]>([
    ["the same shape and classes", { name: "m", shape: [2, 6, 1], classes: ["cat", "dog"] }, pets],
    ["as many numbers", { name: "m", inputs: 12, classes: 2 }, pets],
    ["a flat list of as many numbers", { name: "m", shape: [12], classes: 2 }, pets],
    ["pictures, for a flat list", { name: "m", shape: [2, 6, 1], classes: 2 }, { ...pets, shape: [12] }],
    ["more classes than the data has", { name: "m", inputs: 12, classes: ["cat", "dog", "emu"] }, pets],
    ["classes that are only numbered", { name: "m", inputs: 12, classes: ["0", "1", "2"] }, pets],
    ["data whose classes are only numbered", { name: "m", inputs: 12, classes: ["cat", "dog"] }, numbered],
  ])("accepts %s", (_, model, data) => {
    expect(() => checkFit(model, data)).not.toThrow();
  });

  it.each<[string, Parameters<typeof checkFit>[0], string]>([
    [
      "another number of numbers",
      { name: "runs/first", inputs: 784, classes: 2 },
      "runs/first takes samples of 784 numbers, but pets has samples of 2 × 6 × 1",
    ],
    [
      "as many numbers in another shape",
      { name: "the model", shape: [2, 2, 3], classes: 2 },
      "the model takes samples of 2 × 2 × 3, but pets has samples of 2 × 6 × 1",
    ],
    ["fewer classes", { name: "the model", inputs: 12, classes: 1 }, "the model knows 1 class, but pets has 2"],
    [
      "the same classes in another order",
      { name: "the model", inputs: 12, classes: ["dog", "cat"] },
      'class 0 of the model is "dog", that of pets "cat"',
    ],
  ])("refuses %s", (_, model, message) => {
    expect(() => checkFit(model, pets)).toThrow(
      expect.objectContaining({ code: "shape", message, hint: "Use the data set that it was trained on." }),
    );
  });

  it("hints at what its caller knows", () => {
    const refused = expect.objectContaining({ hint: "Give --data." });
    expect(() => checkFit({ name: "m", inputs: 3, classes: 2 }, pets, "Give --data.")).toThrow(refused);
    expect(() => checkSampleFit({ name: "m", inputs: 3 }, pets, "Give --data.")).toThrow(refused);
  });
});
