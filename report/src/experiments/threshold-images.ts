/** Figures 5.1 to 5.4: what a threshold leaves of an image. */

import type { Experiment } from "../experiment.ts";
import { pictureFigure, reportPictures } from "../pictures.ts";

export const thresholdImages: Experiment = {
  id: "fig-5.1",
  kind: "figure",
  covers: ["fig-5.2", "fig-5.3", "fig-5.4"],
  title: "Images by threshold",
  section: "5.1.1",
  report:
    "A threshold is a compromise: the “3” at 100 keeps too many pixels, the “4” at 200 loses strokes; what is right for one image is wrong for another.",
  setup:
    "The first 3 and the first 4 of the training set; the report does not number its images. White is 1. `npx onebit images` writes them as PNG.",
  async draw({ data }) {
    const [three, four] = await reportPictures(data, { seed: 1 });
    return {
      figures: [
        await pictureFigure("fig-5.1", "A 3 at the threshold 100, beside its original.", three!, [
          "5.1: threshold 100",
          "5.2: not binarized",
        ]),
        await pictureFigure("fig-5.3", "A 4 at the threshold 200, beside its original.", four!, [
          "5.3: threshold 200",
          "5.4: not binarized",
        ]),
      ],
      tables: [],
      findings: [],
    };
  },
};
