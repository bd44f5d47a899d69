/** Section 5.1: what binarization costs in time. */

import {
  binaryDense,
  compile,
  type Encoder,
  presets,
  probability,
  type Samples,
  scale,
  sequential,
  threshold,
} from "onebit";
import type { Experiment, Measured } from "../experiment.ts";
import { finding } from "../findings.ts";
import { median } from "../statistics.ts";

const { batch, binarize } = presets.report;
const THRESHOLD = binarize.kind === "threshold" ? binarize.threshold : 127;

export const binarizationTimes: Experiment = {
  id: "time-5.1",
  kind: "section",
  title: "Time of a binarization",
  section: "5.1",
  report:
    "The threshold takes 150 ms a batch. Probability takes twenty times as long pixel by pixel, and after much optimizing (NumPy, Numba) still twice as long.",
  setup:
    "A batch of 100 images on one thread: the kernels that training runs, and their plain reference in TypeScript, which goes pixel by pixel. " +
    "The median of 50 rounds in which the four take turns.",
  discussion:
    "The report's factors are those of Python against its libraries; here both are compiled, and a random number a pixel is what probability costs. An epoch of training takes about two " +
    "seconds, so that either way binarization is a small part of it.",
  measure: async ({ scale, data }) => measureBinarizations(data.train, scale === "smoke" ? 5 : 50),
  draw({ measured }) {
    const known = measured.length > 0;
    const time = (method: string) => Number(measured.find((row) => row.method === method)?.milliseconds ?? Number.NaN);
    const base = time("threshold, kernel");
    const text = (milliseconds: number) => {
      if (milliseconds < 1) return `${(1000 * milliseconds).toFixed(1)} µs`;
      return milliseconds < 1000 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds / 1000).toPrecision(3)} s`;
    };
    return {
      figures: [],
      tables: known
        ? [
            {
              head: ["", "a batch of 100", "an epoch of 60,000", "× threshold kernel"],
              rows: measured.map(({ method, milliseconds }) => [
                String(method),
                text(Number(milliseconds)),
                text(600 * Number(milliseconds)),
                (Number(milliseconds) / base).toFixed(1),
              ]),
            },
          ]
        : [],
      findings: [
        finding(
          "The threshold takes 150 ms a batch.",
          within(base, 75, 300),
          known,
          () => `It takes ${text(base)}, ${text(600 * base)} an epoch.`,
        ),
        finding(
          "Pixel by pixel, probability takes twenty times as long as the threshold on whole tensors.",
          within(time("probability, plain") / base, 10, 40),
          known,
          () =>
            `${(time("probability, plain") / base).toFixed(0)} times as long as the threshold's kernel, ` +
            `${(time("probability, plain") / time("threshold, plain")).toFixed(0)} times as long as the threshold pixel by pixel.`,
        ),
        finding(
          "Optimized, it takes twice as long.",
          within(time("probability, kernel") / base, 1.5, 2.5),
          known,
          () =>
            `${(time("probability, kernel") / base).toFixed(0)} times as long, kernel against kernel: ${text(600 * time("probability, kernel"))} an epoch.`,
        ),
      ],
    };
  },
};

const within = (value: number, low: number, high: number) => value >= low && value <= high;

/** Medians by method, of a batch, in milliseconds. */
async function measureBinarizations({ inputs, count }: Samples, rounds: number): Promise<Measured[]> {
  const size = inputs.length / count;
  const methods = [
    { method: "threshold, kernel", encoder: threshold(THRESHOLD), kernels: "wasm" },
    { method: "probability, kernel", encoder: probability(), kernels: "wasm" },
    { method: "threshold, plain", encoder: threshold(THRESHOLD), kernels: "reference" },
    { method: "probability, plain", encoder: probability(), kernels: "reference" },
  ] as const;
  const timed = await Promise.all(
    methods.map(async ({ method, encoder, kernels }) => {
      const trainer = await compile(networkOf(encoder), { shape: [size] }, { batch, kernels, threads: 1 });
      trainer.encode(inputs.subarray(0, batch * size));
      return { method, trainer, times: [] as number[] };
    }),
  );
  for (let round = -3; round < rounds; round++) {
    for (const { trainer, times } of timed) {
      const start = performance.now();
      trainer.encode(); // the batch is there: the encoder's kernel runs, and nothing else
      if (round >= 0) times.push(performance.now() - start);
    }
  }
  return timed.map(({ method, times }) => ({ method, milliseconds: Number(median(times).toPrecision(3)) }));
}

const networkOf = (encoder: Encoder<"bits">) => sequential(encoder, [binaryDense(10), scale()]);
