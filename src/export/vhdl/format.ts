/** The format `vhdl`, and what simulates it. */

import { OnebitError } from "../../core/errors.ts";
import { plainScores } from "../../infer/plain.ts";
import { classesOf, type FrozenModel, inputsOf } from "../../model/model.ts";
import { withModel } from "../files.ts";
import { defineFormat, type Host, type Outcome, type Subject } from "../format.ts";
import { identifier } from "../identifier.ts";
import { choice, integer, samples, type Taken, text } from "../options.ts";
import { testImages } from "../vectors.ts";
import { explain, explainTable, imagesPerSecond } from "./explain.ts";
import { type Preset, presets } from "./folding.ts";
import { type PlanOptions, planFolding } from "./plan.ts";
import { expected, parseStimulus, type Vectors } from "./vectors.ts";
import { writeVhdl } from "./vhdl.ts";

const options = {
  preset: choice(Object.keys(presets) as Preset[], "clocks an image (default: mid)"),
  cycles: integer(1, 2 ** 31 - 1, "clocks an image, in place of a preset", { conflicts: ["preset"] }),
  name: text("of the top level", { default: "bnn" }),
  input: choice(["bits", "pixels"], "what arrives, binarized or 8-bit", { default: "bits" }),
  // Pixels of any data set, so that this room needs none. The command line takes the first test images of --data behind one
  // of 0 and one of 255; a program that gives none gets 20 patterns.
  samples: samples("images that the testbench sends, whose scores it expects"),
};

export const vhdlFormat = defineFormat({
  id: "vhdl",
  title: "a VHDL-2008 design with its testbench",
  options,
  files: (file, taken, writer) =>
    withModel("vhdl", file, writer, writeVhdl(file, planOptions(taken), vectorsOf(file.model, taken.samples), writer)),
  targets: [{ name: "VHDL, GHDL", needs: ["make", "ghdl"], install: "apt-get install make ghdl", run: simulate }],
  explain: {
    help: "how the network is folded",
    run({ model }, taken, megahertz) {
      const folding = planFolding(model, planOptions(taken));
      const { beats, interval, latency } = folding;
      const rate = imagesPerSecond(interval, megahertz);
      const number = (value: number) => value.toLocaleString("en");
      const pace = `an image every ${number(interval)} clocks, latency ${number(latency)}`;
      return {
        json: { layers: explain(folding), beats, interval, latency, megahertz, imagesPerSecond: rate },
        text: { table: explainTable(folding), line: `${pace}: ${number(rate)} images/s at ${megahertz} MHz` },
      };
    },
  },
});

function planOptions({ preset = "mid", cycles, name, input }: Taken<typeof options>): PlanOptions {
  return { cycles: cycles ?? preset, name: identifier(name).toLowerCase(), input };
}

function vectorsOf(model: FrozenModel, images = testImages(model, 20)): Vectors {
  const count = images.length / inputsOf(model);
  return { images, count, scores: plainScores(model, images, count) };
}

/** The Makefile's `sim`: the design's own testbench and vectors, at full speed. The vectors must be the model's. */
async function simulate({ model }: Subject, host: Host): Promise<Outcome> {
  const read = async (name: string) => new TextDecoder().decode(await host.read(`vectors/${name}`));
  const vectors = vectorsOf(model, parseStimulus(await read("stimulus.hex"), inputsOf(model)));
  if ((await read("expected.hex")) !== expected(vectors, classesOf(model))) {
    throw new OnebitError("model", "vectors/expected.hex holds other scores than the model's");
  }
  await host.copyExport();
  const output = await host.run("make", ["-i", "sim"]);
  const said = /onebit: (\d+) images, (\d+) errors/.exec(output)?.slice(1).map(Number);
  if (said === undefined) throw new OnebitError("file", `make sim says: ${output.trim().slice(-400)}`);
  return { images: said[0]!, mismatches: said[1]! };
}
