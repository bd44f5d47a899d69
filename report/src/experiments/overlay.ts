/** Figures 5.5 and 5.6 and the appendix: random binarizations, and what their mean converges to. */

import { type DataSet, probability } from "onebit";
import { BLUE, GREY, linesSpec } from "onebit/plots";
import { encodings } from "../encodings.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { pictureFigure, reportPictures } from "../pictures.ts";

/** Numbers of repetitions at which the distance is taken. */
const REPETITIONS = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 50, 70, 100, 140, 200];
const IMAGES = 20;
const SEED = 1;

export const overlay: Experiment = {
  id: "fig-5.5",
  kind: "figure",
  covers: ["fig-5.6", "appendix-8.1"],
  title: "The mean of random binarizations",
  section: "5.1.2",
  report:
    "Pixels are set with their value as probability, anew in each repetition. The mean of 50 repetitions is close to the original, to which it converges.",
  setup:
    `Repetitions are the ones training uses: a pixel p is set iff p > r, r uniform on 0 … 254. The distance is over the pixels of the first ${IMAGES} ` +
    "images of the training set. Theory: a mean of R independent bits has the variance q(1 − q) / R, q = p / 255.",
  async draw({ data }) {
    const [, , mean, each] = await reportPictures(data, { seed: SEED });
    const distances = await distancesOf(data);
    const caption = "Root mean square distance between the mean of R binarizations and the original image.";
    const worst = Math.max(...distances.map(({ measured, expected }) => Math.abs(measured / expected - 1)));
    const last = distances.at(-1)!;
    return {
      figures: [
        await pictureFigure("fig-5.5", "The mean of 50 random binarizations of a 4, beside its original.", mean!, [
          "5.5: mean of 50",
          "5.6: not binarized",
        ]),
        {
          name: "fig-5.5-distance",
          caption,
          spec: linesSpec({
            description: caption,
            x: {
              title: "Repetitions R",
              domain: [1, 200],
              logarithmic: true,
              values: [1, 2, 5, 10, 20, 50, 100, 200],
              format: "d",
            },
            y: {
              title: "RMS distance (grey levels of 255)",
              domain: [2, 60],
              logarithmic: true,
              values: [2, 5, 10, 20, 50],
              format: "d",
            },
            lines: [
              {
                name: "theory",
                color: GREY,
                dashed: true,
                points: distances.map(({ repetitions, expected }) => ({ x: repetitions, y: expected })),
              },
              {
                name: "measured",
                color: BLUE,
                marked: true,
                points: distances.map(({ repetitions, measured }) => ({ x: repetitions, y: measured })),
              },
            ],
          }),
        },
        await pictureFigure("appendix-8.1", "The 50 random binarizations, one by one.", each!),
      ],
      tables: [],
      findings: [
        finding(
          "The mean converges to the original.",
          worst < 0.1,
          true,
          () =>
            `The distance falls as 1/√R: from ${distances[0]!.measured.toFixed(1)} grey levels at R = 1 to ${last.measured.toFixed(2)} at R = ${last.repetitions}, ` +
            `nowhere further than ${(100 * worst).toFixed(1)} % from the theory.`,
        ),
      ],
    };
  },
};

/** By number of repetitions: root mean squares over all pixels of the first images, in grey levels. */
async function distancesOf({ train: { inputs, count } }: DataSet) {
  const size = inputs.length / count;
  const pixels = Uint8Array.from(inputs.subarray(0, IMAGES * size));
  const bits = await encodings(probability(), pixels, IMAGES, SEED);
  const counts = new Uint32Array(pixels.length);
  const variance = pixels.reduce((sum, pixel) => sum + pixel * (255 - pixel), 0);
  const distances: { readonly repetitions: number; readonly measured: number; readonly expected: number }[] = [];
  for (let repetitions = 1; repetitions <= REPETITIONS.at(-1)!; repetitions++) {
    for (const [i, bit] of bits(repetitions - 1).entries()) counts[i]! += bit;
    if (!REPETITIONS.includes(repetitions)) continue;
    const off = (i: number) => (255 * counts[i]!) / repetitions - pixels[i]!;
    const ofImage = (image: number) => sumOf(size, (i) => off(image * size + i) ** 2);
    const squares = sumOf(IMAGES, ofImage);
    distances.push({
      repetitions,
      measured: Math.sqrt(squares / pixels.length),
      expected: Math.sqrt(variance / pixels.length / repetitions),
    });
  }
  return distances;
}

function sumOf(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
}
