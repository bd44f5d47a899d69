/** Section 6.1: the export of weights as text. */

import { compile, expand, exporters, presets } from "onebit";
import type { Experiment, Measured } from "../experiment.ts";
import { finding } from "../findings.ts";
import { median } from "../statistics.ts";

const REPORT = 1_952_576;

export const textExport: Experiment = {
  id: "tab-6.1",
  kind: "section",
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
  const { network } = expand(presets.report);
  const trainer = await compile(network, { shape: [network.inputs!] }, { threads: 1 });
  const frozen = trainer.freeze();
  const times: number[] = [];
  let files = exporters.text(frozen);
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    files = exporters.text(frozen);
    times.push(performance.now() - start);
  }
  const length = (name: string) =>
    files.find((file) => file.name === name)!.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { layers } = frozen.model;
  const weights = layers.map(({ weights }) => weights.rows * weights.columns);
  return [
    {
      hiddenWeights: weights.slice(0, -1).reduce((a, b) => a + b),
      outputWeights: weights.at(-1)!,
      weightsTxt: length("weights.txt"),
      thresholds: layers.reduce((sum, layer) => sum + (layer.kind === "dense" ? layer.thresholds.length : 0), 0),
      model: frozen.encode().length,
      milliseconds: Number(median(times).toFixed(1)),
    },
  ];
}

function count(value: number): string {
  return value.toLocaleString("en");
}
