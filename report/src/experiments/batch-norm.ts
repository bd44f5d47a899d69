/** Figure 3.3: training with and without batch norm. */

import { linesRow } from "onebit/plots";
import { accuracyLines, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding, points } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { fiftyEpochs } from "../set-ups.ts";
import { bySeries, mean, roughness } from "../statistics.ts";

const WITH = "with batch norm";
const WITHOUT = "without";
const SCALED = "without, sums / √inputs";

export const batchNorm: Experiment = {
  id: "fig-3.3",
  kind: "figure",
  title: "With and without batch norm",
  section: "3.3",
  report:
    "Over 50 epochs the network with batch norm is better at any time. Without, it stands still between 79 and 82 % and drops " +
    "again and again.",
  setup:
    "“Without” replaces batch norm by nothing: sign follows the sums of ±1 themselves; the output's sums are scaled by 1/√1024. The third curve " +
    "divides all sums by √inputs, a constant.",
  discussion:
    "What matters is where the hard tanh lets gradients pass, |x| ≤ 1. The sums of 500 to 1024 terms ±1 have deviations of 22 to 32 and are even, " +
    "so that 0 is their only value in that range: hardly any gradient gets back through a layer, and the network stays at chance. Gradients vanish, " +
    "they do not explode. Divided by √inputs the sums are of the order of 1, and the network learns as well as with batch norm. The report's 79 to 82 % lie between " +
    "these two; its network must have differed from ours in something that it does not say, such as inputs of 0 and 1.",
  runs: (scale) => [
    ...runsOf(scale, fiftyEpochs, [
      [WITH, {}],
      [SCALED, { hidden: "scale", head: "scale" }],
    ]),
    ...runsOf(scale, fiftyEpochs, [[WITHOUT, { hidden: "none", head: "scale" }]], 1),
  ],
  draw({ done }) {
    const groups = bySeries(done);
    const [on = [], off = []] = [groups.get(WITH), groups.get(WITHOUT)];
    const better = on.length > 0 && off.length > 0;
    const lead = Math.min(
      ...on.flatMap(({ testAccuracy }) =>
        testAccuracy.map((value, e) => 100 * (value - Math.max(...off.map((row) => row.testAccuracy[e]!)))),
      ),
    );
    const end = finals(done);
    const late = off.flatMap(({ testAccuracy }) => testAccuracy.slice(20)).map((value) => 100 * value);
    const caption =
      "Test accuracy over 50 epochs with and without batch norm (mean and range of the seeds); to the right, enlarged, the two that learn.";
    const learning = done.filter(({ series }) => series !== WITHOUT);
    const whole = accuracyLines(done, {
      caption,
      domain: [0, 100],
      stretches: [{ name: "report, without: 79 … 82 %", low: 79, high: 82 }],
    });
    const plots = [
      { ...whole, lines: whole.lines.map((line) => (line.name === WITHOUT ? line : { ...line, name: "" })) },
      accuracyLines(learning, { caption }),
    ].map((plot) => ({ ...plot, width: 270, height: 260 }));
    return {
      figures: [{ name: "fig-3.3", caption, spec: linesRow(caption, plots, 110) }],
      tables: [accuracyTable(done, "network")],
      findings: [
        finding(
          "With batch norm the network is better after every epoch.",
          better && lead > 0,
          better,
          () =>
            `The smallest lead in any epoch of any seed is ${points(lead)}; after the last it is ${points(end.get(WITH)! - end.get(WITHOUT)!)}.`,
        ),
        finding(
          "Without, it stands still between 79 and 82 %.",
          late.length > 0 && Math.min(...late) >= 79 && Math.max(...late) <= 82,
          late.length > 0,
          () => `After epoch 20 it lies between ${Math.min(...late).toFixed(2)} and ${Math.max(...late).toFixed(2)} %.`,
        ),
        finding(
          "It is batch norm that lets the network learn.",
          end.get(WITH)! - end.get(SCALED)! > 1,
          end.has(WITH) && end.has(SCALED),
          () =>
            `With the sums divided by √inputs, and nothing else, it ends at ${end.get(SCALED)!.toFixed(2)} %, with batch norm at ${end.get(WITH)!.toFixed(2)} %.`,
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
