import { parseRecipe, presets, runKey } from "onebit";
import { describe, expect, test } from "vitest";
import { experiments } from "../src/index.ts";
import { runsOf, scaled, scales } from "../src/runs.ts";

const recipe = presets.report;

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
