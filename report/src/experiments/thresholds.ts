/** Beyond the report: which threshold. */

import type { Recipe } from "onebit";
import { BLUE, linesSpec } from "onebit/plots";
import { accuracyTable, roundDomain } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { twentyEpochs } from "../set-ups.ts";
import { bySeries, byValidation, finalAccuracy, mean } from "../statistics.ts";

const THRESHOLDS = Array.from({ length: 11 }, (_, i) => 25 * i);

export const thresholds: Experiment = {
  id: "beyond-threshold",
  kind: "beyond",
  title: "Thresholds",
  section: "5.1.1",
  report: "There is no single good threshold: what is right for one image filters too much or too little of another.",
  setup: "Ten epochs at each threshold 0, 25 … 250; a bit is 1 where the pixel is above it.",
  discussion:
    "From 0 to 125 one threshold is as good as another within the spread of seeds; above 150 strokes begin to break, and accuracy falls ever faster. The preset's 127 is on the safe side.",
  runs: (scale) =>
    runsOf(
      scale,
      { ...twentyEpochs, epochs: 10 },
      THRESHOLDS.map((threshold): [string, Partial<Recipe>] => [
        String(threshold),
        { binarize: { kind: "threshold", threshold } },
      ]),
      2,
    ),
  draw({ done }) {
    const groups = [...bySeries(done)].map(([threshold, rows]) => ({
      threshold: Number(threshold),
      values: rows.map(finalAccuracy),
    }));
    const points = groups.map(({ threshold, values }) => ({
      x: threshold,
      y: mean(values),
      low: Math.min(...values),
      high: Math.max(...values),
    }));
    const line = { name: "", color: BLUE, marked: true, points };
    const caption = "Test accuracy after ten epochs by the threshold of the pixels: mean and range of the seeds.";
    const known = groups.length === THRESHOLDS.length;
    const middle = points.filter(({ x }) => x >= 50 && x <= 200).map(({ y }) => y);
    const span = Math.max(...middle) - Math.min(...middle);
    return {
      figures: [
        {
          name: "beyond-threshold",
          caption,
          spec: linesSpec({
            description: caption,
            x: {
              title: "Threshold (pixel, 0 … 255)",
              domain: [0, 255],
              values: THRESHOLDS.filter((_, i) => i % 2 === 0),
              format: "d",
            },
            y: { title: "Test accuracy (%)", domain: roundDomain([line]) },
            lines: [line],
          }),
        },
      ],
      tables: [accuracyTable(done, "threshold")],
      findings: [
        finding(
          "The accuracy depends little on the threshold (less than half a point from 50 to 200).",
          span < 0.5,
          known,
          () => {
            const best = points.find(({ x }) => String(x) === byValidation(done)[0])!;
            return `From 50 to 200 it varies by ${span.toFixed(2)} points; at 0 it is ${points[0]!.y.toFixed(2)} %, at 250 ${points.at(-1)!.y.toFixed(2)} %. The best on validation is ${best.x}, with ${best.y.toFixed(2)} %.`;
          },
        ),
      ],
    };
  },
};
