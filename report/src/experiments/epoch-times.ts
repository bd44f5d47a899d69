/** Table 4.3: seconds an epoch takes, by batch size. */

import type { Run } from "onebit";
import { BLUE, GREY, linesSpec } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { scaled } from "../runs.ts";
import { BATCHES, twentyEpochs } from "../set-ups.ts";
import { bySeries } from "../statistics.ts";

/** On the authors' GPU, by batch size. */
const REPORT = [30.68, 11.33, 8.76, 7.95, 7.63, 6.66, 6.39];

export const epochTimes: Experiment = {
  id: "tab-4.3",
  kind: "table",
  title: "Time of an epoch",
  section: "4.2",
  report:
    "An epoch takes less the larger the batch: from 30.68 s at 10 over 8.76 s at 100 to 6.39 s at 1000, on their GPU.",
  setup:
    "Each batch size by itself, with all cores (8 at most) and nothing else running; three epochs on all 60,000 images without validation, of " +
    "which the fastest counts.",
  runs: (scale) =>
    BATCHES.map(
      (batch): Run => ({
        series: String(batch),
        recipe: scaled({ ...twentyEpochs, batch, validation: 0, epochs: 3 }, scale),
        alone: true,
      }),
    ),
  draw({ done }) {
    const groups = bySeries(done);
    const times = BATCHES.flatMap((batch, i) => {
      const row = groups.get(String(batch))?.[0];
      return row ? [{ batch, seconds: Math.min(...row.seconds), report: REPORT[i]!, row }] : [];
    });
    const known = times.length === BATCHES.length;
    // Each size may take a little longer than the one before by chance, the largest not.
    const falling =
      times.every(({ seconds }, i) => i === 0 || seconds <= times[i - 1]!.seconds * 1.05) &&
      (times.at(-1)?.seconds ?? 0) < 0.7 * (times[0]?.seconds ?? 0);
    const machines = [...new Set(times.map(({ row }) => row.machine))];
    const line = (name: string, color: string, value: (time: (typeof times)[number]) => number) => ({
      name,
      color,
      marked: true,
      points: times.map((time) => ({ x: time.batch, y: value(time) })),
    });
    const caption =
      "Seconds of an epoch of 60,000 images by batch size, on this machine's processor and on the report's GPU.";
    return {
      figures: [
        {
          name: "tab-4.3",
          caption,
          spec: linesSpec({
            description: caption,
            x: {
              title: "Batch size (images)",
              domain: [10, 1000],
              logarithmic: true,
              values: [10, 20, 50, 100, 200, 500, 1000],
              format: "d",
            },
            y: {
              title: "Seconds an epoch",
              domain: [Math.max(0.01, Math.min(1, ...times.map(({ seconds }) => seconds))), 40],
              logarithmic: true,
              values: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40].filter(
                (value) => value >= 1 || times.some(({ seconds }) => seconds < 1),
              ),
              format: "~r",
            },
            lines: [line("report's GPU", GREY, ({ report }) => report), line("onebit", BLUE, ({ seconds }) => seconds)],
          }),
        },
      ],
      tables: [
        {
          head: ["batch", ...times.map(({ batch }) => String(batch))],
          rows: [
            ["onebit, s", ...times.map(({ seconds }) => seconds.toFixed(2))],
            ["report's GPU, s", ...times.map(({ report }) => report.toFixed(2))],
            ["ratio", ...times.map(({ seconds, report }) => (report / Math.max(0.01, seconds)).toFixed(1))],
          ],
        },
      ],
      findings: [
        finding(
          "The time falls with the batch size.",
          falling,
          known,
          () =>
            `From ${times[0]!.seconds.toFixed(2)} s at 10 to ${times.at(-1)!.seconds.toFixed(2)} s at 1000, on ${machines.join("; ")}.`,
        ),
      ],
    };
  },
};
