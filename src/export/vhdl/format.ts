/** The format `vhdl`, and what simulates it. */

import { OnebitError } from "../../core/errors.ts";
import { plainScores } from "../../infer/plain.ts";
import { type FrozenModel, inputsOf } from "../../model/model.ts";
import { withModel } from "../files.ts";
import { defineFormat, type Host, type Outcome, type Subject } from "../format.ts";
import { identifier } from "../identifier.ts";
import { choice, integer, samples, type Taken, text } from "../options.ts";
import { testImages } from "../vectors.ts";
import { explain, explainTable, imagesPerSecond } from "./explain.ts";
import { type Preset, presets } from "./folding.ts";
import { type PlanOptions, planFolding } from "./plan.ts";
import { parseStimulus, STIMULUS, type Vectors } from "./vectors.ts";
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
    withModel("vhdl", file, writer, writeVhdl(file, planOptions(taken), vectorsOf(file.model, taken.samples), writer), {
      options: { ...taken, samples: undefined },
    }),
  async recover(_, read, model) {
    const text = new TextDecoder().decode(await read(STIMULUS, MAX_STIMULUS));
    return { samples: parseStimulus(text, inputsOf(model)) };
  },
  targets: [{ name: "VHDL, GHDL", needs: ["sh", "ghdl"], install: "apt-get install ghdl", run: simulate }],
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

/** The most bytes of a stimulus that are read: some hundred thousand images of 784 pixels. */
const MAX_STIMULUS = 2 ** 29;

/** What `make sim` does: the design's own testbench and vectors, at full speed. */
async function simulate(_: Subject, host: Host, taken: Taken<typeof options>): Promise<Outcome> {
  const { name } = planOptions(taken);
  const design = host.names.filter((file) => file.startsWith("rtl/"));
  const flags = ["--std=08", "--workdir=build"];
  await host.copyExport();
  await host.write("build/log", new Uint8Array());
  await host.run("ghdl", ["-i", ...flags, ...design, "sim/onebit_checker.vhd", `sim/${name}_tb.vhd`]);
  await host.run("ghdl", ["-m", ...flags, `${name}_tb`]);
  // The ROMs' constants are large, hence the stack.
  const simulation = ["ghdl", "--elab-run", ...flags, `${name}_tb`, "--max-stack-alloc=0"];
  const output = await host.run("sh", ["-c", 'ulimit -s 65536; exec "$@"', "sh", ...simulation], [0, 1]);
  const said = /onebit: (\d+) images, (\d+) errors/.exec(output)?.slice(1).map(Number);
  if (said === undefined) throw new OnebitError("file", `ghdl says: ${output.trim().slice(-400)}`);
  return { images: said[0]!, mismatches: said[1]! };
}
