/** Figures 5.5 and 5.6 and the appendix: random binarizations, and what their mean converges to. */

import type { ImageSet } from "../data/dataset.ts";
import { probabilityImage } from "../encoders/plain.ts";
import { linesSpec } from "../plots/lines.ts";
import { BLUE, GREY } from "../plots/theme.ts";
import type { Experiment } from "./experiment.ts";
import { pictureFigure } from "./fig-5.1.ts";
import { finding } from "./findings.ts";
import { reportPictures } from "./pictures.ts";

/** Numbers of repetitions at which the distance is taken. */
const REPETITIONS = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 50, 70, 100, 140, 200];
const IMAGES = 20;
const SEED = 1;

export const overlay: Experiment = {
  id: "fig-5.5",
  covers: ["fig-5.6", "appendix-8.1"],
  title: "The mean of random binarizations",
  section: "5.1.2",
  report:
    "Pixels are set with their value as probability, anew in each repetition. The mean of 50 repetitions is close to the original, to which it converges.",
  setup:
    `Repetitions are the ones training uses: a pixel p is set iff p > r, r uniform on 0 … 254. The distance is over the pixels of the first ${IMAGES} ` +
    "images of the training set. Theory: a mean of R independent bits has the variance q(1 − q) / R, q = p / 255.",
  async draw({ data }) {
    const [, , mean, each] = reportPictures(data, { seed: SEED });
    const distances = distancesOf(data.train);
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
function distancesOf({ images, height, width }: ImageSet) {
  const size = height * width;
  const squares = new Map(REPETITIONS.map((repetitions) => [repetitions, 0]));
  let variance = 0;
  for (let sample = 0; sample < IMAGES; sample++) {
    const pixels = images.subarray(sample * size, (sample + 1) * size);
    const counts = new Uint32Array(size);
    for (const pixel of pixels) variance += pixel * (255 - pixel);
    for (let repetition = 0; repetition < REPETITIONS.at(-1)!; repetition++) {
      for (const [i, bit] of probabilityImage(pixels, SEED, repetition, sample).entries()) counts[i]! += bit;
      const repetitions = repetition + 1;
      if (!squares.has(repetitions)) continue;
      const sum = counts.reduce((sum, count, i) => sum + ((255 * count) / repetitions - pixels[i]!) ** 2, 0);
      squares.set(repetitions, squares.get(repetitions)! + sum);
    }
  }
  const pixels = IMAGES * size;
  return [...squares].map(([repetitions, sum]) => ({
    repetitions,
    measured: Math.sqrt(sum / pixels),
    expected: Math.sqrt(variance / pixels / repetitions),
  }));
}
