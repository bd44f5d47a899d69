/** Figures 2.3 … 2.6: ReLU, sigmoid, softmax and tanh. */

import { activation, floats, type Layer, sequential, softmax } from "onebit";
import { BLUE, figure, VERMILION } from "onebit/plots";
import type { Experiment, Finding } from "../experiment.ts";
import { finding } from "../findings.ts";
import { curve, functionPanel, grid, sampled } from "../functions.ts";
import { decimal, illustration, outputsOf } from "../illustration.ts";

const LIMIT = 4;

interface Shown {
  readonly title: string;
  readonly layer: Layer<"float32", "float32">;
  readonly inputs: number;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const shown: readonly Shown[] = [
  { title: "2.3  ReLU(x)", layer: activation("relu"), inputs: 1, low: -0.2, high: 4.4, ticks: [0, 1, 2, 3, 4] },
  { title: "2.4  sigmoid(x)", layer: activation("sigmoid"), inputs: 1, low: -0.05, high: 1.1, ticks: [0, 0.5, 1] },
  {
    title: "2.5  softmax(x, 0, 0), first output",
    layer: softmax(),
    inputs: 3,
    low: -0.05,
    high: 1.1,
    ticks: [0, 0.5, 1],
  },
  { title: "2.6  tanh(x)", layer: activation("tanh"), inputs: 1, low: -1.1, high: 1.2, ticks: [-1, 0, 1] },
];

async function plot({ title, layer, inputs, low, high, ticks }: Shown) {
  const { x, values, gradients } = await sampled(layer, grid(LIMIT), inputs);
  return functionPanel({
    description: title,
    title,
    x: { title: "x", domain: [-LIMIT, LIMIT] },
    y: { title: "f(x), f′(x)", domain: [low, high], values: ticks, format: "~g" },
    lines: [
      ...curve(x, values, { name: "f", color: BLUE }),
      ...curve(x, gradients, { name: "f′", color: VERMILION, dashed: true }),
    ],
    width: 240,
    height: 165,
  });
}

/** "[0, 1]" for the outputs of a layer at −limit … limit. */
async function range(layer: Layer<"float32", "float32">, limit: number): Promise<readonly [number, number]> {
  const { values } = await sampled(layer, grid(limit));
  return [Math.min(...values), Math.max(...values)];
}

async function squashing(): Promise<Finding> {
  const limit = 100;
  const [tanh, relu] = [await range(activation("tanh"), limit), await range(activation("relu"), limit)];
  return finding(
    "tanh maps all inputs to [−1, 1], while ReLU has no upper bound.",
    tanh[0] >= -1 && tanh[1] <= 1 && relu[1] === limit,
    true,
    () =>
      `For x from −${limit} to ${limit} the outputs of tanh lie in [${decimal(tanh[0], 1)}, ${decimal(tanh[1], 1)}], those of ` +
      `ReLU in [${decimal(relu[0], 1)}, ${decimal(relu[1], 1)}].`,
  );
}

async function oneInput(): Promise<Finding> {
  const trainer = await illustration(sequential(floats(), [softmax()]), 2, 2);
  const [outputs] = outputsOf(trainer, [1, 0, 1, 2]);
  const [alone, beside] = [outputs![0]!, outputs![2]!];
  return finding(
    "An activation function takes exactly one input value.",
    alone === beside,
    true,
    () =>
      `Softmax takes all values of its layer: its first output for (1, 0) is ${decimal(alone)}, for (1, 2) it is ` +
      `${decimal(beside)}. ReLU, sigmoid and tanh do take one.`,
  );
}

export const activations: Experiment = {
  id: "fig-2.3",
  kind: "figure",
  covers: ["fig-2.4", "fig-2.5", "fig-2.6"],
  title: "ReLU, sigmoid, softmax and tanh",
  section: "2.3",
  report:
    "An activation function maps the sum of products, one value, to one value. Some, such as tanh, squash all inputs into a range; " +
    "with others, such as ReLU, values may explode.",
  setup:
    "Each activation layer ran forward and backward on x from −4 to 4. Softmax depends on all values of its layer: shown is the first output " +
    "for (x, 0, 0) and its derivative by x.",
  async draw() {
    const caption =
      "ReLU, sigmoid, softmax and tanh (solid) and their gradients (dashed). Softmax is shown by the first of three outputs, the other " +
      "two inputs being 0. A filled dot is a value, a hollow one a limit.";
    const plots = await Promise.all(shown.map(plot));
    const row = (a: number) => ({ hconcat: plots.slice(a, a + 2), spacing: 90, bounds: "flush" as const });
    const spec = figure(caption, { vconcat: [row(0), row(2)], spacing: 24 });
    return {
      figures: [{ name: "fig-2.3", caption, spec }],
      tables: [],
      findings: [await squashing(), await oneInput()],
    };
  },
};
