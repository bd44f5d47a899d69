/** Figure 3.3: training with and without batch norm. */

import { presets } from "../config/presets.ts";
import { accuracyFigure, accuracyTable, finals } from "./accuracy.ts";
import type { Experiment } from "./experiment.ts";
import { finding, points } from "./findings.ts";
import { runsOf } from "./runs.ts";
import { bySeries, mean, roughness } from "./statistics.ts";

const WITH = "with batch norm";
const WITHOUT = "without";
const SCALED = "without, sums / √inputs";

export const batchNorm: Experiment = {
  id: "fig-3.3",
  title: "With and without batch norm",
  section: "3.3",
  report:
    "Over 50 epochs the network with batch norm is better at any time. Without, it stands still between 79 and 82 % and drops " +
    "again and again.",
  setup:
    "Without batch norm nothing normalizes: sign follows the sums of ±1, and the output's sums are only scaled by 1/√1024. " +
    "The threshold of the pixels is 127, which the report does not state.",
  runs: (scale) => {
    const base = { ...presets.report, epochs: 50 };
    return [
      ...runsOf(scale, base, [
        [WITH, {}],
        [SCALED, { hidden: "scale", head: "scale" }],
      ]),
      ...runsOf(scale, base, [[WITHOUT, { hidden: "none", head: "scale" }]], 1),
    ];
  },
  draw({ done }) {
    const groups = bySeries(done);
    const [on = [], off = []] = [groups.get(WITH), groups.get(WITHOUT)];
    const better = on.length > 0 && off.length > 0;
    const gaps = on.flatMap((row, i) =>
      row.testAccuracy.map((value, e) => 100 * (value - (off[i]?.testAccuracy[e] ?? 1))),
    );
    const end = finals(done);
    const late = off.flatMap(({ testAccuracy }) => testAccuracy.slice(20)).map((value) => 100 * value);
    return {
      figures: [
        accuracyFigure(done, {
          name: "fig-3.3",
          caption: "Test accuracy over 50 epochs with and without batch norm: mean and range of the seeds.",
          stretches: [{ name: "report, without: 79 … 82 %", low: 79, high: 82 }],
        }),
      ],
      tables: [accuracyTable(done, "network")],
      findings: [
        finding(
          "With batch norm the network is better after every epoch.",
          better && Math.min(...gaps) > 0,
          better,
          () =>
            `The smallest lead in any epoch of any seed is ${points(Math.min(...gaps))}; after the last it is ${points(end.get(WITH)! - end.get(WITHOUT)!)}.`,
        ),
        finding(
          "Without, it stands still between 79 and 82 %.",
          late.length > 0 && Math.min(...late) >= 79 && Math.max(...late) <= 82,
          late.length > 0,
          () => `After epoch 20 it lies between ${Math.min(...late).toFixed(2)} and ${Math.max(...late).toFixed(2)} %.`,
        ),
        finding(
          "Without, the accuracy drops more from epoch to epoch.",
          better && mean(off.map((row) => roughness(row, 20))) > mean(on.map((row) => roughness(row, 20))),
          better && late.length > 0,
          () =>
            `After epoch 20 it falls by ${points(mean(off.map((row) => roughness(row, 20))))} an epoch without, by ` +
            `${points(mean(on.map((row) => roughness(row, 20))))} with (falls over all steps).`,
        ),
      ],
    };
  },
};
