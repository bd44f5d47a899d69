/** The unnumbered figure of section 2.4.2: the error over a weight, and its slope. */

import { BLUE, linesSpec, VERMILION } from "onebit/plots";
import { ERROR_SETUP, errorCurve, weights } from "../error-curve.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { decimal } from "../illustration.ts";

/** Where the report draws its tangent. */
export const WEIGHT = -0.5;
const RATE = 0.5;

export const slope: Experiment = {
  id: "slope-2.4",
  kind: "section",
  title: "The slope of the error over a weight",
  section: "2.4.2",
  report:
    "The slope of the error over a weight, at the weight's present value, tells in which direction to change it. In the example, with the " +
    "tangent at −0.5, raising the weight lowers the error.",
  setup: `${ERROR_SETUP} The tangent has the gradient of the backward pass for its slope.`,
  async draw() {
    const curve = await errorCurve();
    const here = curve.at(WEIGHT);
    const next = curve.step(WEIGHT, RATE);
    const tangent = [-1.6, 0.56].map((w) => ({ x: w, y: here.error + here.slope * (w - WEIGHT) }));
    const caption =
      `The error over a weight, and its tangent at ${decimal(WEIGHT, 1)}, whose slope ${decimal(here.slope)} is the gradient of the ` +
      "backward pass.";
    return {
      figures: [
        {
          name: "slope-2.4",
          caption,
          spec: linesSpec({
            description: caption,
            x: { title: "weight", domain: [-3, 3], format: "d" },
            y: { title: "error (mean negative log likelihood)", domain: [0.9, 2.15] },
            lines: [
              { name: "error", color: BLUE, points: weights.map((w) => ({ x: w, y: curve.at(w).error })) },
              { name: `tangent, slope ${decimal(here.slope)}`, color: VERMILION, points: tangent },
              { name: "", color: VERMILION, marked: true, points: [{ x: WEIGHT, y: here.error }] },
            ],
          }),
        },
      ],
      tables: [],
      findings: [
        finding(
          "At −0.5, raising the weight lowers the error.",
          here.slope < 0 && next > WEIGHT && curve.at(next).error < here.error,
          true,
          () =>
            `The slope is ${decimal(here.slope, 3)}; a step of SGD with rate ${RATE} raises the weight from ${decimal(WEIGHT)} to ` +
            `${decimal(next)} and lowers the error from ${decimal(here.error, 3)} to ${decimal(curve.at(next).error, 3)}.`,
        ),
      ],
    };
  },
};
