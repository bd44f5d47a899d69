/** Beyond the report: its outlook on other data. */

import { presets } from "onebit";
import { accuracyFigure, accuracyTable } from "../accuracy.ts";
import type { Experiment } from "../experiment.ts";
import { runsOf } from "../runs.ts";
import { twentyEpochs } from "../set-ups.ts";

const FASHION = { data: "fashion-mnist" } as const;
const quick = { ...presets.quick, epochs: 20 };

export const otherData: Experiment = {
  id: "beyond-data",
  kind: "beyond",
  title: "Fashion-MNIST",
  section: "7",
  report: "The outlook: the network could be trained and tested on other data.",
  setup:
    "The report's set-up and the preset `quick` (Adam, cosine schedule), 20 epochs each, on MNIST and on the clothes of Fashion-MNIST.",
  runs: (scale) =>
    runsOf(scale, twentyEpochs, [
      ["MNIST, quick", quick],
      ["MNIST, report", {}],
      ["Fashion-MNIST, quick", { ...quick, ...FASHION }],
      ["Fashion-MNIST, report", FASHION],
    ]),
  draw({ done }) {
    return {
      figures: [
        accuracyFigure(done, {
          name: "beyond-data",
          caption: "Test accuracy over 20 epochs on MNIST and Fashion-MNIST: mean and range of the seeds.",
        }),
      ],
      tables: [accuracyTable(done, "data, preset")],
      findings: [],
    };
  },
};
