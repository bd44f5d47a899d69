/** Figure 4.2: batch sizes. */

import { ordered } from "onebit/plots";
import { accuracyFigure, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding, points } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { BATCHES, twentyEpochs } from "../set-ups.ts";
import { bySeries, mean, roughness } from "../statistics.ts";

export const batchSizes: Experiment = {
  id: "fig-4.2",
  kind: "figure",
  title: "Batch sizes",
  section: "4.2",
  report:
    "Over 20 epochs a batch of 10 jumps strongly; from 500 on the curve is calm, but the network learns less; 50 to 200 do not differ much, " +
    "50 and 100 are best. 100 was chosen.",
  setup: "The rate is 1.5 for all sizes; the report does not name it here.",
  discussion:
    "With one rate for all, what counts is the number of steps: an epoch is 5,500 of them at a batch of 10 and 55 at 1000, and the larger batches are still " +
    "learning when the 20 epochs end. Batches of 10 jump most here, too, but what they jump about is the best of all curves.",
  runs: (scale) =>
    runsOf(
      scale,
      twentyEpochs,
      BATCHES.map((batch) => [String(batch), { batch }]),
      2,
    ),
  draw({ done }) {
    const end = finals(done);
    const groups = bySeries(done);
    const known = BATCHES.every((batch) => end.has(String(batch)));
    const at = (batch: number) => end.get(String(batch))!;
    const ranking = [...end].sort(([, a], [, b]) => b - a);
    const falls = new Map([...groups].map(([series, rows]) => [series, mean(rows.map((row) => roughness(row)))]));
    const roughest = [...falls].sort(([, a], [, b]) => b - a)[0]?.[0];
    return {
      figures: [
        accuracyFigure(done, {
          name: "fig-4.2",
          caption: "Test accuracy over 20 epochs at seven batch sizes: mean and range of the seeds.",
          colors: ordered(BATCHES.length),
          title: "By batch size",
        }),
      ],
      tables: [accuracyTable(done, "batch")],
      findings: [
        finding(
          "A batch of 10 jumps most.",
          roughest === "10",
          known,
          () =>
            `The accuracy falls by so many points an epoch (falls over all steps): ${[...falls].map(([batch, value]) => `${batch}: ${value.toFixed(2)}`).join(", ")}.`,
        ),
        finding(
          "From 500 on the curve is calm.",
          known &&
            Math.max(falls.get("500")!, falls.get("1000")!) <
              Math.min(...[50, 100, 150, 200].map((batch) => falls.get(String(batch))!)),
          known,
          () =>
            `500 falls by ${falls.get("500")!.toFixed(2)}, 1000 by ${falls.get("1000")!.toFixed(2)} points an epoch.`,
        ),
        finding(
          "From 500 on the network learns less.",
          known && Math.max(at(500), at(1000)) < Math.min(at(50), at(100), at(150), at(200)),
          known,
          () =>
            `500 ends at ${at(500).toFixed(2)} %, 1000 at ${at(1000).toFixed(2)} %; the least of 50 to 200 at ${Math.min(at(50), at(100), at(150), at(200)).toFixed(2)} %.`,
        ),
        finding(
          "50 and 100 are the best.",
          ranking.slice(0, 2).every(([batch]) => batch === "50" || batch === "100"),
          known,
          () => `In order: ${ranking.map(([batch, value]) => `${batch} (${value.toFixed(2)} %)`).join(", ")}.`,
        ),
        finding(
          "50 to 200 do not differ much.",
          known && spanOf([50, 100, 150, 200].map(at)) < 0.5,
          known,
          () => `They lie within ${points(spanOf([50, 100, 150, 200].map(at)))}.`,
        ),
      ],
    };
  },
};

const spanOf = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
