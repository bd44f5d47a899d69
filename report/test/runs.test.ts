import { parseRecipe, presets, runKey, runRow } from "onebit";
import { describe, expect, test } from "vitest";
import { experiments } from "../src/index.ts";
import { runsOf, scaled, scales } from "../src/runs.ts";

const recipe = presets.report;

/** Keys that came after the first results, with their defaults. */
const LATER = {
  surrogate: "hard-tanh",
  zero: 1,
  bias: "none",
  offset: false,
  smoothing: 0,
  weightDecay: 0,
  patience: null,
};

function withoutLaterKeys(recipe: object): object {
  return Object.fromEntries(Object.entries(recipe).filter(([key]) => !(key in LATER)));
}

describe("a run's key", () => {
  test("depends on the recipe and on being timed, not on the series or the order of keys", () => {
    const key = runKey({ recipe });
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    const shuffled = Object.fromEntries(Object.entries(recipe).reverse()) as unknown as typeof recipe;
    expect(runKey({ recipe: shuffled })).toBe(key);
    expect(runKey({ series: "a name", recipe, alone: false } as never)).toBe(key);
    expect(runKey({ recipe: { ...recipe, seed: 2 } })).not.toBe(key);
    expect(runKey({ recipe, alone: true })).not.toBe(key);
  });
});

describe("scales", () => {
  test("full is the recipe itself, standard a quarter of the epochs, smoke 3,000 images and two epochs", () => {
    expect(scaled(recipe, "full")).toBe(recipe);
    expect(scaled({ ...recipe, epochs: 50 }, "standard")).toEqual({ ...recipe, epochs: 13 });
    expect(scaled(recipe, "smoke")).toEqual({ ...recipe, data: "mnist:3000", validation: 500, epochs: 2 });
    const binarize = { kind: "probability", repetitions: 30 } as const;
    expect(scaled({ ...recipe, binarize }, "smoke").binarize).toEqual({ kind: "probability", repetitions: 2 });
  });

  test("seeds are for full alone, and the first seeds of all series come first", () => {
    const series = [
      ["a", { batch: 10 }],
      ["b", { batch: 20 }],
    ] as const;
    const named = (scale: "smoke" | "full") =>
      runsOf(scale, recipe, series, 2).map((run) => `${run.series}${run.recipe.seed}`);
    expect(named("full")).toEqual(["a1", "b1", "a2", "b2"]);
    expect(named("smoke")).toEqual(["a1", "b1"]);
    expect(runsOf("full", recipe, series, 2)[1]!.recipe).toEqual({ ...recipe, batch: 20 });
  });
});

test("a row keeps accuracies to four digits, and none where validation is missing", () => {
  const epoch = {
    epoch: 1,
    learningRate: 1,
    trainLoss: 0.123456,
    trainAccuracy: 0.98765432,
    flipRatio: 0,
    seconds: 1.239,
  };
  const rows = [
    { ...epoch, validationAccuracy: null, testAccuracy: 0.9651 },
    { ...epoch, epoch: 2, validationAccuracy: null, testAccuracy: 0.9 },
  ];
  expect(runRow({ series: "", recipe }, rows, { modelSha256: null, machine: "here" })).toEqual({
    key: runKey({ recipe }),
    config: withoutLaterKeys(recipe),
    trainAccuracy: [0.9877, 0.9877],
    validationAccuracy: [],
    testAccuracy: [0.9651, 0.9],
    trainLoss: [0.1235, 0.1235],
    seconds: [1.24, 1.24],
    modelSha256: null,
    machine: "here",
  });
});

describe.each(scales)("the experiments' runs, %s", (scale) => {
  test.each(
    experiments.filter(({ runs }) => runs !== undefined).map((experiment) => [experiment.id, experiment] as const),
  )("%s", (_, experiment) => {
    const runs = experiment.runs!(scale);
    expect(experiment.runs!(scale)).toEqual(runs); // pure
    expect(new Set(runs.map(runKey)).size).toBe(runs.length);
    for (const { recipe } of runs) expect(parseRecipe(recipe, "it")).toEqual(recipe);
  });
});

test("each experiment is named once, and has what the page shows", () => {
  const names = experiments.flatMap(({ id, covers = [] }) => [id, ...covers]);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(["fig-3.3", "tab-3.4", "fig-4.1", "fig-4.2", "tab-4.3", "fig-5.6", "tab-5.7"]),
  );
  for (const { section, report, setup } of experiments) {
    expect(section).toMatch(/^\d(\.\d)*$/);
    for (const text of [report, setup]) expect(text).toMatch(/[.)]$/);
  }
});
