/** The format `text`. */

import { modelOf } from "../../infer/model.ts";
import { compareScores, defineFormat } from "../format.ts";
import { choice } from "../options.ts";
import { ORDERS, TEXT } from "./layout.ts";
import { importText, TEXT_FILES } from "./read.ts";
import { writeText } from "./write.ts";

export const textFormat = defineFormat({
  id: TEXT,
  title: "weights, thresholds and scores, character by character, as a VHDL import buffer reads them",
  options: {
    order: choice(ORDERS, "of the weights: each input's edges, or each neuron's", { default: "source" }),
  },
  files: (file, { order }, writer) => writeText(file, order, writer),
  recover: async ({ order }) => ({ order }),
  targets: [
    {
      // The four files, read back, in WebAssembly where there is.
      name: "onebit import",
      needs: [],
      install: "",
      async run(subject, host) {
        const files: Record<string, Uint8Array> = {};
        for (const name of TEXT_FILES) files[name] = host.read(name);
        return compareScores(modelOf(importText(files)).scores(subject.images), subject);
      },
    },
  ],
});
