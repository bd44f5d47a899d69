/** Table 5.7: what binarized images cost in accuracy. */

import { presets, type Recipe } from "onebit";
import { accuracyFigure, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding, points } from "../findings.ts";
import { runsOf } from "../runs.ts";

const PIXELS = "not binarized";
const THRESHOLD = "threshold";
const PROBABILITY = "probability";

const SERIES: readonly (readonly [string, Partial<Recipe>])[] = [
  [PIXELS, { binarize: { kind: "none" } }],
  [THRESHOLD, {}],
  [PROBABILITY, { binarize: { kind: "probability", repetitions: 30 }, epochs: 20 }],
];

export const binarizations: Experiment = {
  id: "tab-5.7",
  kind: "table",
  title: "Binarizations compared",
  section: "5.1.3",
  report:
    "Four runs each of 600 epochs, for probability 20 epochs of 30 repetitions: 91.99 % without binarization, 89.24 % with the threshold, " +
    "91.98 % with probability (91.02 … 92.56 %). Probability loses nothing against images that are not binarized; the threshold loses more than " +
    "2 points.",
  setup:
    "The report's four runs of the first two columns agree to the last digit, as runs with one seed do; here each run has another seed. " +
    "A network trained on random bits is evaluated on the most probable ones, pixel > 127. An epoch of probability is drawn where its 30 passes end.",
  runs: (scale) => runsOf(scale, { ...presets.report, epochs: 600 }, SERIES, 4),
  draw({ done }) {
    const end = finals(done);
    const known = SERIES.every(([series]) => end.has(series));
    const at = (series: string) => end.get(series)!;
    return {
      figures: [
        accuracyFigure(done, {
          name: "tab-5.7",
          caption:
            "Test accuracy over 600 passes through the training images, by binarization: mean and range of the seeds.",
          passes: true,
        }),
      ],
      tables: [accuracyTable(done, "input")],
      findings: [
        finding(
          "Probability is more than 2 points better than the threshold.",
          at(PROBABILITY) - at(THRESHOLD) > 2,
          end.has(PROBABILITY) && end.has(THRESHOLD),
          () =>
            `It is ${points(at(PROBABILITY) - at(THRESHOLD))} better: ${at(PROBABILITY).toFixed(2)} % against ${at(THRESHOLD).toFixed(2)} %.`,
        ),
        finding(
          "The threshold loses more than 2 points against images that are not binarized.",
          known && at(PIXELS) - at(THRESHOLD) > 2,
          known,
          () => `It loses ${points(at(PIXELS) - at(THRESHOLD))}.`,
        ),
        finding(
          "Probability loses nothing.",
          known && at(PIXELS) - at(PROBABILITY) < 0.1,
          known,
          () =>
            `It loses ${points(at(PIXELS) - at(PROBABILITY))} against images that are not binarized, and is ${points(at(PROBABILITY) - at(THRESHOLD))} above the threshold.`,
        ),
      ],
    };
  },
};
