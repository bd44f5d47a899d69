/** Figure 4.1: learning rates. */

import type { Recipe } from "onebit";
import { linesRow, ordered } from "onebit/plots";
import { accuracyLines, accuracyTable, finals, roundDomain } from "../accuracy.ts";
import type { Done, Experiment } from "../experiment.ts";
import { finding, points } from "../findings.ts";
import { runsOf } from "../runs.ts";
import { seriesOf, twentyEpochs } from "../set-ups.ts";
import { bySeries, mean, roughness } from "../statistics.ts";

const RATES = [0.1, 0.5, 0.75, 1, 1.5, 2, 5];
const ADADELTA = "Adadelta";
const SGD = "SGD";
const sgd: Recipe["optimizer"] = { name: "sgd", momentum: 0 };

export const learningRates: Experiment = {
  id: "fig-4.1",
  kind: "figure",
  title: "Learning rates",
  section: "4.1",
  report:
    "After 20 epochs the rates 1 and 1.5 are best, and 1.5 is the calmer one, so it was chosen. A rate of 5 overshoots from epoch 17 on; " +
    "rates below 1 do not get near enough.",
  setup:
    "The report names no optimizer. Both that its rates point to were run: Adadelta, as in PyTorch's MNIST example (what the preset " +
    "`report` takes), with three seeds, and plain SGD, with one.",
  discussion:
    "Nothing overshoots: the higher the rate, the sooner the network learns, up to the highest. Only the signs of latent weights count, so what a rate does depends on its " +
    "ratio to the weights' size, and the best rate on their initial range, which the report does not give; here it is ±1/√inputs. The two optimizers cannot be told " +
    "apart by this figure.",
  runs: (scale) => [
    ...runsOf(
      scale,
      twentyEpochs,
      RATES.map((learningRate) => [seriesOf(ADADELTA, learningRate), { learningRate }]),
    ),
    ...runsOf(
      scale,
      { ...twentyEpochs, optimizer: sgd },
      RATES.map((learningRate) => [seriesOf(SGD, learningRate), { learningRate }]),
      1,
    ),
  ],
  draw({ done }) {
    const parts = [ADADELTA, SGD].map((optimizer) => ({
      optimizer,
      done: done
        .filter(({ series }) => series.startsWith(optimizer))
        .map((run): Done => ({ ...run, series: run.series.slice(optimizer.length + 1) })),
    }));
    const separate = parts.map(({ done }) => accuracyLines(done, { caption: "", colors: ordered(RATES.length) }));
    const domain = roundDomain(separate.flatMap(({ lines }) => lines));
    const plots = separate.map(({ y, ...plot }, i) => ({
      ...plot,
      y: { ...y, domain },
      title: `${parts[i]!.optimizer}, by learning rate`,
      width: 300,
    }));
    const caption =
      "Test accuracy over 20 epochs at seven learning rates, with Adadelta and with SGD: mean and range of the seeds.";
    return {
      figures: [{ name: "fig-4.1", caption, spec: linesRow(caption, plots, 100) }],
      tables: parts.map(({ optimizer, done }) => accuracyTable(done, `${optimizer}, rate`)),
      findings: parts.flatMap(({ optimizer, done }) => findings(optimizer, done)),
    };
  },
};

function findings(optimizer: string, done: readonly Done[]) {
  const end = finals(done);
  const groups = bySeries(done);
  const known = RATES.every((rate) => end.has(String(rate)));
  const at = (rate: number) => end.get(String(rate))!;
  const ranking = [...end].sort(([, a], [, b]) => b - a);
  const fall = (rate: number, from = 1) => mean(groups.get(String(rate))!.map((row) => roughness(row, from)));
  const late = known && groups.get("5")!.every(({ testAccuracy }) => testAccuracy.length >= 20);
  const window = (from: number) =>
    mean(groups.get("5")!.map((row) => 100 * mean(row.testAccuracy.slice(from, from + 4))));
  const loss = late ? window(12) - window(16) : 0;
  const claim = (text: string) => `${optimizer}: ${text}`;
  return [
    finding(
      claim("1 and 1.5 are the best rates."),
      ranking.slice(0, 2).every(([rate]) => rate === "1" || rate === "1.5"),
      known,
      () => `In order: ${ranking.map(([rate, value]) => `${rate} (${value.toFixed(2)} %)`).join(", ")}.`,
    ),
    finding(
      claim("1.5 is calmer than 1."),
      known && fall(1.5) < fall(1),
      known,
      () =>
        `The accuracy falls by ${fall(1.5).toFixed(3)} points an epoch at 1.5, by ${fall(1).toFixed(3)} at 1 (falls over all steps).`,
    ),
    finding(
      claim("5 overshoots from epoch 17 on."),
      late && loss > 0.5,
      late,
      () =>
        `On average epochs 17 to 20 are ${points(Math.abs(loss))} ${loss > 0 ? "below" : "above"} the mean of epochs 13 to 16.`,
    ),
    finding(
      claim("rates below 1 do not get there."),
      known && [0.1, 0.5, 0.75].every((rate) => at(1) - at(rate) > 0.5),
      known,
      () =>
        `Behind the rate of 1: ${[0.1, 0.5, 0.75].map((rate) => `${rate} by ${points(at(1) - at(rate))}`).join(", ")}.`,
    ),
  ];
}
