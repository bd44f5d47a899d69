import { presets, type RunRow } from "onebit";
import { expect, test } from "vitest";
import { accuracyTable, finals } from "../src/accuracy.ts";
import type { Done } from "../src/experiment.ts";
import { bestEpoch, bySeries, deviation, finalAccuracy, roughness, spread } from "../src/statistics.ts";

function row(testAccuracy: number[], validationAccuracy = testAccuracy): RunRow {
  const none = testAccuracy.map(() => 0);
  return {
    key: "",
    config: presets.report,
    trainAccuracy: none,
    validationAccuracy,
    testAccuracy,
    trainLoss: none,
    seconds: none,
    modelSha256: null,
    machine: "",
  };
}

const run = (series: string, result: RunRow): Done => ({ series, recipe: presets.report, row: result });

test("the best epoch is chosen by validation, the first of equals, not by the test images", () => {
  expect(bestEpoch(row([0.9, 0.95, 0.99], [0.8, 0.9, 0.9]))).toEqual({ epoch: 2, accuracy: 95 });
  expect(finalAccuracy(row([0.9, 0.95]))).toBe(95);
});

test("spread is the mean, and the sample standard deviation of several", () => {
  expect(deviation([1, 2, 3, 4])).toBeCloseTo(Math.sqrt(5 / 3), 12);
  expect(spread([95])).toBe("95.00");
  expect(spread([94, 96])).toBe("95.00 ± 1.41");
});

test("roughness adds up what a curve falls by, and leaves out what it climbs by", () => {
  expect(roughness(row([0.5, 0.8, 0.7, 0.9]))).toBeCloseTo((100 * 0.1) / 3, 10);
  expect(roughness(row([0.9, 0.5, 0.6, 0.55]), 2)).toBeCloseTo((100 * 0.05) / 2, 10);
  expect(roughness(row([0.5]))).toBe(0);
});

test("series are grouped in their order, without runs that diverged", () => {
  const done = [
    run("b", row([0.9])),
    run("a", row([0.5])),
    run("b", row([0.8])),
    run("c", { ...row([0.2]), failed: "no number" }),
  ];
  expect([...bySeries(done).keys()]).toEqual(["b", "a"]);
  expect(finals(done).get("b")).toBeCloseTo(85, 10);
});

test("the table of accuracies", () => {
  const done = [run("a", row([0.9, 0.8], [0.9, 0.8])), run("a", row([0.7, 0.9], [0.7, 0.9])), run("b", row([0.5]))];
  expect(accuracyTable(done, "net").rows).toEqual([
    ["a", "85.00 ± 7.07", "90.00 ± 0.00", "1, 2", "2"],
    ["b", "50.00", "50.00", "1", "1"],
  ]);
});
