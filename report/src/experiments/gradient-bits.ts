/** Beyond the report: how many bits a gradient needs. */

import type { Recipe } from "onebit";
import { ordered } from "onebit/plots";
import { accuracyFigure, accuracyTable, finals } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { finding, points } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { twentyEpochs } from "../set-ups.ts";

const KINDS: readonly (readonly [string, Recipe["gradients"]])[] = [
  ["float32", "float32"],
  ["8 bits", "int8"],
  ["6 bits", "int6"],
  ["5 bits", "int5"],
  ["4 bits", "int4"],
];

export const gradientBits: Experiment = {
  id: "beyond-gradient-bits",
  kind: "beyond",
  title: "Bits of a gradient",
  section: "2.4.2",
  report:
    "The report's gradients are float32. onebit rounds those of binary layers at random to integers of 6 bits, which is why it is fast.",
  setup: "The report's set-up, 20 epochs; only the gradients' width differs.",
  runs: (scale) =>
    runsOf(
      scale,
      twentyEpochs,
      KINDS.map(([name, gradients]) => [name, { gradients }]),
      2,
    ),
  draw({ done }) {
    const end = finals(done);
    const known = end.size === KINDS.length;
    return {
      figures: [
        accuracyFigure(done, {
          name: "beyond-gradient-bits",
          caption: "Test accuracy over 20 epochs by the width of gradients: mean and range of the seeds.",
          colors: ordered(KINDS.length),
        }),
      ],
      tables: [accuracyTable(done, "gradients")],
      findings: [
        finding(
          "6 bits cost nothing (a tenth of a point at most).",
          known && end.get("float32")! - end.get("6 bits")! <= 0.1,
          known,
          () =>
            `Against float32: ${KINDS.slice(1)
              .map(([name]) => `${name} ${signed(end.get(name)! - end.get("float32")!)}`)
              .join(", ")}.`,
        ),
      ],
    };
  },
};

const signed = (difference: number) => `${difference < 0 ? "−" : "+"}${points(Math.abs(difference))}`;
