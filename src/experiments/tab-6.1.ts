/** Section 6.1: the export of weights as text. */

import { presets } from "../config/presets.ts";
import { exporters } from "../export/formats.ts";
import { freeze } from "../freeze/freeze.ts";
import { encodeModel } from "../model/file.ts";
import { modelHash } from "../model/hash.ts";
import { hiddenOf } from "../model/model.ts";
import { initialize } from "../train/initial.ts";
import { buildNetwork } from "../train/network.ts";
import { trained } from "../train/trained.ts";
import type { Experiment, Measured } from "./experiment.ts";
import { finding } from "./findings.ts";
import { median } from "./statistics.ts";

const REPORT = 1_952_576;

export const textExport: Experiment = {
  id: "tab-6.1",
  title: "Export of the weights",
  section: "6.1",
  report: `weights.txt holds 784 · 500 + 500 · 1024 + 1024 · 1024 = ${count(REPORT)} characters, one a weight. Thresholds are an outlook (section 6.2).`,
  setup:
    "The report's sum leaves out the output layer, 1024 · 10 weights, without which the network does not classify: onebit writes them, too. Times are the " +
    "median of making all files of the text format, thresholds and scores included, in memory; what is measured is a network before training, whose " +
    "files are as long.",
  measure: async ({ scale }) => measureExport(scale === "smoke" ? 2 : 9),
  draw({ measured }) {
    const [row] = measured;
    const value = (key: string) => Number(row?.[key] ?? Number.NaN);
    const known = row !== undefined;
    return {
      figures: [],
      tables: known
        ? [
            {
              head: ["", "report", "onebit"],
              rows: [
                ["weights of the hidden layers", count(REPORT), count(value("hiddenWeights"))],
                ["weights of the output layer", "–", count(value("outputWeights"))],
                ["weights.txt, characters", count(REPORT), count(value("weightsTxt"))],
                ["thresholds.txt, lines", "outlook", count(value("thresholds"))],
                ["model.onebit, bytes", "–", count(value("model"))],
                ["time of the export", "–", `${value("milliseconds").toFixed(0)} ms`],
              ],
            },
          ]
        : [],
      findings: [
        finding(
          `The hidden layers have ${count(REPORT)} weights.`,
          value("hiddenWeights") === REPORT,
          known,
          () => `With the output layer there are ${count(value("weightsTxt"))} characters.`,
        ),
      ],
    };
  },
};

/** Sizes of the report's network, and the time of its export. */
async function measureExport(rounds: number): Promise<Measured[]> {
  const network = await buildNetwork(presets.report, undefined, {});
  initialize(network, undefined);
  const model = freeze(trained(network, 0));
  network.close();
  const times: number[] = [];
  const write = () => exporters.text({ model, info: {}, hash: modelHash(model) }, { writer: "onebit" });
  let files = write();
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    files = write();
    times.push(performance.now() - start);
  }
  const length = (name: string) =>
    files.find((file) => file.name === name)!.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const weights = model.layers.map(({ weights }) => weights.rows * weights.columns);
  return [
    {
      hiddenWeights: weights.slice(0, -1).reduce((a, b) => a + b),
      outputWeights: weights.at(-1)!,
      weightsTxt: length("weights.txt"),
      thresholds: hiddenOf(model).reduce((sum, { weights }) => sum + weights.rows, 0),
      model: encodeModel(model).length,
      milliseconds: Number(median(times).toFixed(1)),
    },
  ];
}

function count(value: number): string {
  return value.toLocaleString("en");
}
