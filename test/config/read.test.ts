/** config.json of this version and the one before, and what a recipe expands to. */

import { describe, expect, it } from "vitest";
import type { RunConfig } from "../../src/config/config.ts";
import { expand } from "../../src/config/expand.ts";
import type { Recipe } from "../../src/config/keys.ts";
import { presets } from "../../src/config/presets.ts";
import { configText, parseConfig } from "../../src/config/read.ts";
import { normalForm } from "../../src/config/recipe.ts";
import { networkTitle } from "../../src/network/sequential.ts";

const kinds = (config: RunConfig) => config.network.layers.map(({ kind }) => kind).join(" ");

describe("parseConfig", () => {
  it.each(Object.keys(presets) as (keyof typeof presets)[])("reads back what it writes, preset %s", (name) => {
    const config = expand(presets[name]);
    expect(parseConfig(JSON.parse(configText(config)), "config.json")).toEqual(config);
  });

  it("reads a config.json of the first version: the whole recipe of then, without what came later", () => {
    const first = normalForm({ ...presets.report, seed: 7 });
    expect(Object.keys(first)).toHaveLength(20);
    expect(parseConfig(JSON.parse(JSON.stringify(first)), "config.json")).toEqual(
      expand({ ...presets.report, seed: 7 }),
    );
  });

  it("reads a whole recipe with keys that had no effect when it was written", () => {
    const first = normalForm({ ...presets.report, linear: "normal", clip: true });
    expect(parseConfig(first, "config.json")).toMatchObject({ gradients: "float32", optimizer: { clip: false } });
  });

  it.each<[unknown, string]>([
    [{ version: 3 }, "my.json is of version 3; this onebit reads version 2, and files without one"],
    [{ version: 1 }, "my.json is of version 1; this onebit reads version 2, and files without one"],
    [{ version: 2 }, "my.json: network is not a network"],
    [{ ...expand(presets.quick), version: 2, loss: { kind: "mse" } }, 'my.json: loss: there is no loss of kind "mse"'],
    [{ ...expand(presets.quick), version: 2, batch: 0 }, "my.json: batch: too small"],
    [{ ...expand(presets.quick), version: 2, lr: 1 }, 'my.json: there is no key "lr"'],
    [
      { ...expand(presets.quick), version: 2, optimizer: { kind: "adam", rate: -1 } },
      "my.json: optimizer: rate: too small",
    ],
  ])("refuses %j", (value, message) => {
    expect(() => parseConfig(JSON.parse(JSON.stringify(value)), "my.json")).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });

  it("does not lay keys of recipes over values", () => {
    const value = JSON.parse(configText(expand(presets.quick)));
    expect(() => parseConfig(value, "my.json", { learningRate: 3 })).toThrow("learningRate is a key of recipes");
  });

  it("lays seed, epochs and the like over values, where they mean the same", () => {
    const value = JSON.parse(configText(expand(presets.quick)));
    expect(parseConfig(value, "my.json", { seed: 9, epochs: 3 })).toEqual({
      ...expand(presets.quick),
      seed: 9,
      epochs: 3,
    });
  });
});

describe("expand", () => {
  const of = (changes: Partial<Recipe>) => expand({ ...presets.quick, layers: [784, 30, 20, 10], ...changes });

  it.each<[Partial<Recipe>, string]>([
    [{}, "binary-dense batch-norm sign binary-dense batch-norm sign binary-dense scale"],
    [
      { hidden: "scale", head: "batch-norm" },
      "binary-dense scale sign binary-dense scale sign binary-dense batch-norm",
    ],
    [
      { hidden: "scale", offset: true },
      "binary-dense scale offset sign binary-dense scale offset sign binary-dense scale",
    ],
    [{ linear: "normal", activation: "relu", hidden: "none" }, "dense activation dense activation dense"],
    [
      { linear: "normal", activation: "identity", head: "batch-norm" },
      "dense batch-norm dense batch-norm dense batch-norm",
    ],
  ])("%o", (changes, expected) => {
    const config = of(changes);
    expect(kinds(config)).toBe(expected);
    expect(networkTitle(config.network, [28, 28, 1])).toBe(
      `784-30-20-10 ${changes.linear === "normal" ? "float32" : "binary"}`,
    );
  });

  it("hands each key's value to where it belongs", () => {
    const config = of({
      surrogate: "tanh",
      zero: -1,
      bias: "binary",
      smoothing: 0.1,
      weightDecay: 0.2,
      patience: 3,
      clip: true,
    });
    expect(config.network.layers[0]).toEqual({ kind: "binary-dense", units: 30, bias: true, zero: -1 });
    expect(config.network.layers[2]).toEqual({ kind: "sign", gradient: "tanh", zero: -1 });
    expect(config.loss).toEqual({ kind: "nll", smoothing: 0.1 });
    expect(config.optimizer).toMatchObject({ kind: "adam", rate: 1e-3, weightDecay: 0.2, clip: true });
    expect(config.patience).toBe(3);
    const bop = of({ optimizer: { name: "bop", gamma: 0.01, threshold: 0 }, learningRate: 0.5 });
    expect(bop.optimizer).toMatchObject({ kind: "bop", gamma: 0.01, threshold: 0, rest: { kind: "adam", rate: 0.5 } });
  });
});
