/** Figures, tables and findings of results that are made up: what happens at the edges, and that findings can go either way. */

import { type RunRow, runRow } from "onebit";
import { loadDataSet } from "onebit/node";
import { renderSvg } from "onebit/plots";
import { describe, expect, test } from "vitest";
import type { Done, Drawing, Experiment } from "../src/experiment.ts";
import { experiments } from "../src/index.ts";

const data = await loadDataSet("mnist:100");
const trained = experiments.filter(({ runs }) => runs !== undefined);
const named = (id: string) => experiments.find((experiment) => experiment.id === id)!;

/** Results of an experiment's full runs, whose accuracy follows `curve` over the epochs (1, 2 …). */
function results(
  experiment: Experiment,
  curve: (series: string, epoch: number) => number,
  changes: Partial<RunRow> = {},
): Done[] {
  return experiment.runs!("full").map((run) => {
    const accuracies = Array.from({ length: run.recipe.epochs }, (_, i) => curve(run.series, i + 1));
    const row: RunRow = {
      ...runRow(run, [], { modelSha256: null, machine: "a machine" }),
      trainAccuracy: accuracies,
      validationAccuracy: accuracies,
      testAccuracy: accuracies,
      trainLoss: accuracies,
      seconds: accuracies.map((_, i) => (1 + i) / run.recipe.batch),
      ...changes,
    };
    return { ...run, row };
  });
}

const draw = async (experiment: Experiment, done: Done[]): Promise<Drawing> =>
  await experiment.draw({ scale: "full", done, measured: [], data });

const verdicts = async (id: string, curve: (series: string, epoch: number) => number) =>
  (await draw(named(id), results(named(id), curve))).findings.map(({ verdict }) => verdict);

describe.each(trained.map((experiment) => [experiment.id, experiment] as const))("%s", (_, experiment) => {
  test("without results everything is open, and the axes are drawn", async () => {
    const { figures, findings } = await draw(experiment, []);
    for (const { verdict } of findings) expect(verdict).toBe("open");
    for (const { spec } of figures) expect(await renderSvg(spec)).toContain("</svg>");
  });

  test("of runs that diverged nothing is concluded, and the table says so", async () => {
    const done = results(experiment, () => 0.5, { failed: "the loss is no longer a finite number" });
    const { tables, findings } = await draw(experiment, done);
    for (const { verdict } of findings) expect(verdict).toBe("open");
    if (experiment.id !== "tab-4.3")
      expect(tables.flatMap(({ rows }) => rows).every(([, text]) => text === "diverged")).toBe(true);
  });

  test("with results nothing is open", async () => {
    const { findings } = await draw(
      experiment,
      results(experiment, (_, epoch) => 0.9 + epoch / 10_000),
    );
    for (const { verdict, evidence } of findings) {
      expect(verdict).not.toBe("open");
      expect(evidence).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

test("figure 3.3 as the report has it", async () => {
  const curve = (series: string, epoch: number) =>
    series === "without" ? 0.8 + 0.01 * (epoch % 2) : series.startsWith("with ") ? 0.9 : 0.8;
  expect(await verdicts("fig-3.3", curve)).toEqual(["confirmed", "confirmed", "confirmed", "confirmed"]);
});

test("figure 4.1 as the report has it, and turned around", async () => {
  const asReported = (series: string, epoch: number) => {
    const rate = Number(series.split(" ")[1]);
    if (rate === 5) return epoch >= 17 ? 0.7 : 0.85;
    if (rate === 1) return epoch % 2 === 0 ? 0.9 : 0.88;
    return rate === 1.5 ? 0.9 : 0.8;
  };
  expect(new Set(await verdicts("fig-4.1", asReported))).toEqual(new Set(["confirmed"]));
  const otherwise = (series: string, epoch: number) => {
    const rate = Number(series.split(" ")[1]);
    return 0.9 + 0.001 * epoch - 0.001 * rate - (rate === 1.5 && epoch % 2 === 0 ? 0.01 : 0);
  };
  expect(new Set(await verdicts("fig-4.1", otherwise))).toEqual(new Set(["contradicted"]));
});

test("table 3.4 loses about ten points, or another number", async () => {
  expect(await verdicts("tab-3.4", (series) => (series === "binary" ? 0.876 : 0.972))).toEqual([
    "confirmed",
    "confirmed",
  ]);
  expect(await verdicts("tab-3.4", (series) => (series === "binary" ? 0.572 : 0.972))).toEqual([
    "confirmed",
    "contradicted",
  ]);
  expect(await verdicts("tab-3.4", (series) => (series === "binary" ? 0.972 : 0.876))).toEqual([
    "contradicted",
    "contradicted",
  ]);
});

test("table 5.7 as the report has it", async () => {
  const curve = (series: string) => ({ "not binarized": 0.9199, threshold: 0.8924, probability: 0.9198 })[series]!;
  expect(await verdicts("tab-5.7", curve)).toEqual(["confirmed", "confirmed", "confirmed"]);
});
