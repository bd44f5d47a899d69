/** Figure 2.1: the structure of a neural network. */

import { activation, dense, floats, sequential } from "onebit";
import { BLUE, diagramSpec, edge, GREEN, GREY, node, SILVER, VERMILION, words } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { illustration, parametersOf } from "../illustration.ts";

const WIDTH = 600;
const HEIGHT = 320;
const INPUTS = 4;

const network = sequential(floats(), [
  dense(5),
  activation("tanh"),
  dense(4),
  activation("tanh"),
  dense(4),
  activation("tanh"),
  dense(2),
]);

export const structure: Experiment = {
  id: "fig-2.1",
  kind: "figure",
  title: "Structure of a neural network",
  section: "2",
  report:
    "A neural network is a system of neurons in layers; each neuron is connected to all neurons of the layers next to its own. " +
    "The figure has 19 neurons in 5 layers.",
  setup:
    "Drawn from a `sequential` stack of four dense layers with tanh between them: a column is as tall as a layer of the stack is wide, " +
    "and there is an edge for each weight that the built stack has.",
  async draw() {
    const weights = parametersOf(await illustration(network, INPUTS, 1)).filter(({ name }) => name === "weights");
    const widths = [INPUTS, ...weights.map(({ rows }) => rows)];
    const last = widths.length - 1;
    const place = (layer: number, neuron: number) => ({
      x: 60 + (layer * (WIDTH - 120)) / last,
      y: 165 + 50 * (neuron - (widths[layer]! - 1) / 2),
    });
    const color = (layer: number) => (layer === 0 ? GREEN : layer === last ? VERMILION : BLUE);
    const name = (layer: number) => (layer === 0 ? "input" : layer === last ? "output" : `hidden ${layer}`);
    const neurons = widths.reduce((sum, width) => sum + width, 0);
    const edges = weights.reduce((sum, { rows, width }) => sum + rows * width, 0);
    const caption =
      `${neurons} neurons in ${widths.length} layers of ${widths.join(", ")}, and the ${edges} weighted edges between them. ` +
      "Data flow from left to right.";
    const spec = diagramSpec({
      description: caption,
      width: WIDTH,
      height: HEIGHT,
      shapes: [
        ...weights.flatMap(({ rows, width }, l) =>
          Array.from({ length: rows * width }, (_, i) =>
            edge(place(l, i % width), place(l + 1, Math.floor(i / width)), { color: SILVER, width: 1 }),
          ),
        ),
        ...widths.flatMap((width, l) => [
          ...Array.from({ length: width }, (_, i) => node(place(l, i), 13, { color: color(l), width: 2.5 })),
          words({ x: place(l, 0).x, y: 10 }, name(l), { size: 13, bold: true, color: color(l) }),
          words({ x: place(l, 0).x, y: HEIGHT - 8 }, `${width} neurons`, { color: GREY }),
        ]),
      ],
    });
    return { figures: [{ name: "fig-2.1", caption, spec }], tables: [], findings: [] };
  },
};
