/** Beyond the report: its outlook on the step size of the schedule. */

import type { Recipe } from "onebit";
import { accuracyFigure, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { twentyEpochs } from "../set-ups.ts";
import { byValidation } from "../statistics.ts";

const CONSTANT = "constant";
const STEPS: readonly (readonly [stepSize: number, gamma: number])[] = [
  [1, 0.7],
  [1, 0.9],
  [5, 0.5],
  [10, 0.5],
  [10, 0.1],
];
const nameOf = (stepSize: number, gamma: number) => `× ${gamma} every ${stepSize}`;

export const stepSizes: Experiment = {
  id: "beyond-step",
  kind: "beyond",
  title: "Step size and gamma of the schedule",
  section: "7",
  report: "The outlook: parameters that were not looked at, such as the step size, may raise the accuracy further.",
  setup:
    "The rate of 1.5 is multiplied by gamma every so many epochs; 20 epochs. × 0.7 each epoch is what PyTorch's MNIST example does.",
  discussion:
    "As long as the network is still learning, whatever lowers the rate holds it back. What a schedule can do is seen where the rate falls to nothing at the end of a run that is " +
    "long enough: the preset `quick` takes a cosine.",
  runs: (scale) =>
    runsOf(
      scale,
      twentyEpochs,
      [
        [CONSTANT, {}],
        ...STEPS.map(([stepSize, gamma]): [string, Partial<Recipe>] => [
          nameOf(stepSize, gamma),
          { schedule: { kind: "step", stepSize, gamma } },
        ]),
      ],
      2,
    ),
  draw({ done }) {
    const end = finals(done);
    const known = end.size === STEPS.length + 1;
    const [best] = byValidation(done);
    return {
      figures: [
        accuracyFigure(done, {
          name: "beyond-step",
          caption:
            "Test accuracy over 20 epochs with a constant rate and with schedules of steps: mean and range of the seeds.",
          dashed: [CONSTANT],
        }),
      ],
      tables: [accuracyTable(done, "schedule")],
      findings: [
        finding(
          "A schedule of steps raises the accuracy (by more than a tenth of a point).",
          known && best !== CONSTANT && end.get(best!)! - end.get(CONSTANT)! > 0.1,
          known,
          () =>
            best === CONSTANT
              ? `The best on validation is the constant rate itself, with ${end.get(CONSTANT)!.toFixed(2)} % of the test images.`
              : `The best on validation is “${best!}” with ${end.get(best!)!.toFixed(2)} % of the test images; the constant rate has ${end.get(CONSTANT)!.toFixed(2)} %.`,
        ),
      ],
    };
  },
};
