/** Section 5.1: what binarization costs in time. */

import { type Arena, createMachine, type ImageSet, presets, probabilityImage, Program, rowBytes, seedKey, streamId, thresholdImage } from "onebit";
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
    "A batch of 100 images on one thread: the kernels that training runs, and plain TypeScript that goes pixel by pixel, as the definitions in " +
    "`src/binarize` do. The median of 50 rounds in which the four take turns.",
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
async function measureBinarizations(images: ImageSet, rounds: number): Promise<Measured[]> {
  const size = images.height * images.width;
  const pixels = images.images.subarray(0, batch * size);
  const machine = await createMachine((arena) => kernelPrograms(arena, size));
  machine.built.pixels.set(pixels);
  machine.built.draw.set([...seedKey(1), 0, streamId("binarize")]);
  machine.built.indices.set(Array.from({ length: batch }, (_, i) => i));
  const each = (binarizeImage: (image: Uint8Array, sample: number) => void) => () => {
    for (let b = 0; b < batch; b++) binarizeImage(pixels.subarray(b * size, (b + 1) * size), b);
  };
  const methods: readonly (readonly [method: string, run: () => void])[] = [
    ["threshold, kernel", () => machine.run(machine.built.threshold)],
    ["probability, kernel", () => machine.run(machine.built.probability)],
    ["threshold, plain", each((image) => thresholdImage(image, THRESHOLD))],
    ["probability, plain", each((image, sample) => probabilityImage(image, 1, 0, sample))],
  ];
  const times = methods.map((): number[] => []);
  for (let round = -3; round < rounds; round++) {
    for (const [i, [, run]] of methods.entries()) {
      const start = performance.now();
      run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  }
  machine.close();
  return methods.map(([method], i) => ({ method, milliseconds: Number(median(times[i]!).toPrecision(3)) }));
}

function kernelPrograms(arena: Arena, size: number) {
  const stride = rowBytes(size);
  const pixels = arena.u8(batch * size);
  const indices = arena.i32(batch);
  const draw = arena.u32(4);
  const bits = arena.u8(batch * stride);
  const threshold = new Program();
  threshold.add("thresholdBits", { pixels, out: bits, batch, n: size, stride, threshold: THRESHOLD });
  const probability = new Program();
  probability.add("probabilityBits", { pixels, indices, draw, out: bits, batch, n: size, stride });
  return { pixels, indices, draw, threshold, probability, programs: [threshold, probability] };
}
