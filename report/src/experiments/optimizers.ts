/** Beyond the report: optimizers, each at the rate that is best for it. */

import type { Recipe } from "onebit";
import { accuracyFigure, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { seriesOf, twentyEpochs } from "../set-ups.ts";
import { byValidation } from "../statistics.ts";

const OPTIMIZERS: readonly (readonly [name: string, optimizer: Recipe["optimizer"], rates: readonly number[]])[] = [
  ["SGD", { name: "sgd", momentum: 0 }, [0.5, 1.5, 5]],
  ["Adadelta", twentyEpochs.optimizer, [0.5, 1.5, 5]],
  ["Adam", { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, [3e-4, 1e-3, 3e-3]],
];

export const optimizers: Experiment = {
  id: "beyond-optimizer",
  kind: "beyond",
  title: "Optimizers",
  section: "4.1",
  report: "The report does not compare optimizers, and does not name its own.",
  setup:
    "Each at three constant rates, 20 epochs; drawn is the rate with the best validation accuracy after the last epoch (mean of the seeds).",
  discussion:
    "Adam learns fastest at each of its rates; over a range of ten its accuracy hardly changes. SGD and Adadelta are best at the highest rate that was tried, and might gain from a higher one.",
  runs: (scale) =>
    runsOf(
      scale,
      twentyEpochs,
      OPTIMIZERS.flatMap(([name, optimizer, rates]) =>
        rates.map((learningRate): [string, Partial<Recipe>] => [
          seriesOf(name, learningRate),
          { optimizer, learningRate },
        ]),
      ),
      2,
    ),
  draw({ done }) {
    const ranking = byValidation(done);
    const chosen = OPTIMIZERS.flatMap(([name]) =>
      ranking.filter((series) => series.startsWith(`${name} `)).slice(0, 1),
    );
    const best = chosen.flatMap((name) => done.filter(({ series }) => series === name));
    const end = [...finals(best)].sort(([, a], [, b]) => b - a);
    return {
      figures: [
        accuracyFigure(best, {
          name: "beyond-optimizer",
          caption:
            "Test accuracy over 20 epochs with SGD, Adadelta and Adam, each at its best rate: mean and range of the seeds.",
        }),
      ],
      tables: [accuracyTable(done, "optimizer, rate")],
      findings: [
        finding(
          "At its best rate no optimizer is far from the others (1 point).",
          end.length > 0 && end[0]![1] - end.at(-1)![1] < 1,
          end.length === 3,
          () => `In order: ${end.map(([series, value]) => `${series} (${value.toFixed(2)} %)`).join(", ")}.`,
        ),
      ],
    };
  },
};
