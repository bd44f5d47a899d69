import { describe, expect, it } from "vitest";
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { presetNames, presets } from "../../src/config/presets.ts";
import { normalForm, parseRecipe, recipeKey } from "../../src/config/recipe.ts";
import { OnebitError } from "../../src/core/errors.ts";

/** The error that a recipe gives. */
function faultOf(value: unknown): OnebitError {
  try {
    parseRecipe(value, "my.json");
  } catch (error) {
    if (error instanceof OnebitError) return error;
    throw error;
  }
  throw new Error("the recipe was accepted");
}

describe("parseRecipe", () => {
  it.each(presetNames)("gives the preset %s as it is, to the order of its keys", (preset) => {
    expect(JSON.stringify(parseRecipe({ preset }, "my.json"))).toBe(JSON.stringify(presets[preset]));
  });

  it("takes a whole configuration, such as a run writes", () => {
    const config = { ...presets.quick, seed: 7, init: { kind: "uniform", range: 0.5 } };
    expect(parseRecipe(JSON.parse(JSON.stringify(config)), "my.json")).toEqual(config);
  });

  it("lays keys over the preset quick by default, and overrides over both", () => {
    const value = { $schema: "config.schema.json", batch: 64, seed: 3 };
    expect(parseRecipe(value, "my.json", { seed: 4 })).toEqual({ ...presets.quick, batch: 64, seed: 4 });
    expect(parseRecipe({ preset: "report" }, "my.json", { preset: "quick" })).toEqual(presets.quick);
  });

  it.each([
    [{ name: "sgd" }, { name: "sgd", momentum: 0 }],
    [{ name: "adadelta" }, { name: "adadelta", rho: 0.9, epsilon: 1e-6 }],
    [
      { name: "adam", beta1: 0.8 },
      { name: "adam", beta1: 0.8, beta2: 0.999, epsilon: 1e-8 },
    ],
  ])("fills in the constants of the optimizer %o", (optimizer, expected) => {
    expect(parseRecipe({ optimizer }, "my.json").optimizer).toEqual(expected);
  });

  it.each([
    [{ batchSize: 1 }, 'there is no key "batchSize"', 'Did you mean "batch"?'],
    [{ lr: 0.1 }, 'there is no key "lr"', 'Did you mean "learningRate"?'],
    [{ colour: 1 }, 'there is no key "colour"', "There are data, validation, "],
    [{ batches: 1 }, 'there is no key "batches"', 'Did you mean "batch"?'],
    [{ learningrate: 1 }, 'there is no key "learningrate"', 'Did you mean "learningRate"?'],
    [{ binarize: { kind: "threshold", treshold: 3 } }, 'no key "binarize.treshold"', 'Did you mean "threshold"?'],
    [{ optimizer: { name: "sgd", rho: 0.9 } }, 'no key "optimizer.rho"', "There are name, momentum."],
    [{ schedule: { kind: "cosine", x: 1 } }, 'no key "schedule.x"', "There are kind."],
    [{ init: { kind: "uniform", range: 1, rang: 1 } }, 'no key "init.rang"', 'Did you mean "range"?'],
    [{ preset: "quik" }, 'there is no preset "quik"', 'Did you mean "quick"?'],
  ])("names the unknown key of %o", (value, message, hint) => {
    const fault = faultOf(value);
    expect(fault.code).toBe("config");
    expect(fault.message).toMatch(/^my\.json: /);
    expect(fault.message).toContain(message);
    expect(fault.hint).toContain(hint);
  });

  it.each([
    [null, "my.json does not hold a JSON object"],
    [[], "my.json does not hold a JSON object"],
    ["quick", "my.json does not hold a JSON object"],
    [{ data: "" }, "data: too small"],
    [{ validation: -1 }, "validation: too small"],
    [{ validation: 0.5 }, "validation: expected int"],
    [{ binarize: "none" }, "binarize: expected object, received string"],
    [{ binarize: { kind: "otsu" } }, "binarize.kind: expected 'threshold' | 'probability' | 'none'"],
    [{ binarize: { kind: "threshold" } }, "binarize.threshold: expected number, received undefined"],
    [{ binarize: { kind: "threshold", threshold: 256 } }, "binarize.threshold: too big"],
    [{ binarize: { kind: "threshold", threshold: -1 } }, "binarize.threshold: too small"],
    [{ binarize: { kind: "threshold", threshold: 1.5 } }, "binarize.threshold: expected int"],
    [{ binarize: { kind: "probability", repetitions: 0 } }, "binarize.repetitions: too small"],
    [{ shift: -1 }, "shift: too small"],
    [{ layers: [784] }, "layers: too small"],
    [{ layers: [784, 0, 10] }, "layers[1]: too small"],
    [{ layers: [784, -5, 10] }, "layers[1]: too small"],
    [{ layers: [784, 65537, 10] }, "layers[1]: too big"],
    [{ layers: [784, "500", 10] }, "layers[1]: expected number, received string"],
    [{ layers: "784,10" }, "layers: expected array, received string"],
    [{ linear: "ternary" }, "linear: expected one of"],
    [{ clip: "yes" }, "clip: expected boolean, received string"],
    [{ activation: "gelu" }, "activation: expected one of"],
    [{ head: null }, "head: expected one of"],
    [{ loss: "mse" }, "loss: expected one of"],
    [{ optimizer: { name: "lion" } }, "optimizer.name: expected 'sgd' | 'adadelta' | 'adam' | 'bop'"],
    [{ optimizer: { name: "sgd", momentum: 1 } }, "optimizer.momentum: too big"],
    [{ optimizer: { name: "adam", beta2: -0.1 } }, "optimizer.beta2: too small"],
    [{ optimizer: { name: "adadelta", epsilon: 0 } }, "optimizer.epsilon: too small"],
    [{ learningRate: 0 }, "learningRate: too small"],
    [{ learningRate: "1" }, "learningRate: expected number, received string"],
    [{ schedule: { kind: "step", stepSize: 0, gamma: 0.5 } }, "schedule.stepSize: too small"],
    [{ schedule: { kind: "step", stepSize: 1, gamma: 0 } }, "schedule.gamma: too small"],
    [{ clip: 1 }, "clip: expected boolean, received number"],
    [{ init: { kind: "uniform", range: 0 } }, "init.range: "],
    [{ init: { kind: "uniform", range: "wide" } }, 'init.range: expected a positive number or "fan-in"'],
    [{ init: { kind: "file", path: "" } }, "init.path: too small"],
    [{ epochs: 0 }, "epochs: too small"],
    [{ batch: 0 }, "batch: too small"],
    [{ seed: -1 }, "seed: too small"],
    [{ seed: 2 ** 53 }, "seed: "],
    [{ targetAccuracy: 97 }, "targetAccuracy: too big"],
    [{ targetAccuracy: 0 }, "targetAccuracy: too small"],
    [{ activation: "relu" }, 'activation is "relu", whose output is of the wrong kind for the binary layer after it'],
    [{ batch: 1 }, "batch is 1, and batch norm has no variance of one sample"],
    [{ preset: "report", batch: 1, hidden: "none" }, "batch is 1"],
    [{ validation: 0, patience: 2 }, "patience looks at the validation accuracy, and validation is 0"],
    [{ linear: "normal", clip: true }, "clip is true, which is for binary layers"],
    [{ linear: "normal", gradients: "int6" }, 'gradients is "int6", which is for binary layers'],
    [{ linear: "normal", head: "scale" }, 'head is "scale", which is for the sums of binary layers'],
    [{ linear: "normal", activation: "relu", surrogate: "tanh" }, 'surrogate is "tanh", but there is no sign'],
    [{ offset: true }, "offset is true, which stands behind a scale"],
    [{ loss: "squared-hinge", smoothing: 0.1 }, "smoothing is 0.1, but squared-hinge smooths no labels"],
    [{ optimizer: { name: "bop" }, weightDecay: 0.1 }, "weightDecay is 0.1, but bop has no weights that decay"],
  ])("refuses %o", (value, message) => {
    const fault = faultOf(value);
    expect(fault.code).toBe("config");
    expect(fault.message).toContain(message);
    expect(fault.message).toMatch(/^my\.json/);
  });

  it.each([
    { binarize: { kind: "none" } },
    { linear: "normal", activation: "relu" },
    { linear: "normal", activation: "sign" },
    { layers: [784, 10], activation: "relu" },
    { layers: [1, 65535, 1] },
    { batch: 1, hidden: "none", head: "scale" },
    { batch: 1, layers: [784, 10], head: "scale" },
    { targetAccuracy: 1 },
    { seed: Number.MAX_SAFE_INTEGER },
  ])("accepts %o", (value) => {
    expect(parseRecipe(value, "my.json")).toMatchObject(value);
  });
});

describe("what a recipe is known by", () => {
  it("has no key that came later and has its default, so that results stay when a key comes", () => {
    expect(Object.keys(normalForm(presets.report))).toHaveLength(20);
    expect(normalForm({ ...presets.report, surrogate: "identity" })).toMatchObject({ surrogate: "identity" });
    // The key of the first line of docs/report/results/fig-3.3.jsonl, from before there were such keys.
    expect(recipeKey({ ...presets.report, epochs: 50 }, { alone: false })).toBe("742cac3f97656158");
    expect(recipeKey({ ...presets.report, epochs: 50, zero: -1 }, { alone: false })).not.toBe("742cac3f97656158");
  });
});

it("docs/config.schema.json is the schema", async () => {
  await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot("../../docs/config.schema.json");
});
