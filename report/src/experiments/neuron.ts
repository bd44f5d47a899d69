/** Figure 2.2: how a neuron's value is computed. */

import { activation, dense, floats, sequential } from "onebit";
import { arrow, BLUE, diagramSpec, GREEN, GREY, node, type Shape, VERMILION, words } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { decimal, illustration, outputsOf } from "../illustration.ts";

const INPUTS = [0.9, -0.4, 0.7, 0.2];
const WEIGHTS = [0.8, 0.5, -0.3, 1.1];
const SUBSCRIPTS = "₁₂₃₄";

/** The sum, tanh of it, and the products by themselves: the first sample is all inputs, the k-th of those that follow only
 *  input k, so that its sum has one term. */
async function compute() {
  const n = INPUTS.length;
  const network = sequential(floats(), [dense(1, { bias: false }), activation("tanh")]);
  const trainer = await illustration(network, n, n + 1, [WEIGHTS]);
  const alone = INPUTS.flatMap((_, k) => INPUTS.map((x, i) => (i === k ? x : 0)));
  const [sums, outputs] = outputsOf(trainer, [...INPUTS, ...alone]);
  return { sum: sums![0]!, output: outputs![0]!, products: sums!.slice(1) };
}

export const neuron: Experiment = {
  id: "fig-2.2",
  kind: "figure",
  title: "Computation of a neuron's value with tanh",
  section: "2.2",
  report:
    "The value of a neuron takes two steps: the sum of the products of the incoming edges' weights and the values of the neurons " +
    "they come from; then the activation function, here tanh.",
  setup: 'Computed by `dense(1)` without bias, followed by `activation("tanh")`. Inputs and weights are chosen freely.',
  async draw() {
    const { sum, output, products } = await compute();
    const caption =
      `A neuron of ${INPUTS.length} inputs: the products of inputs and weights sum to ${decimal(sum)}, and tanh makes ` +
      `${decimal(output)} of it.`;
    const middle = 146;
    const row = (k: number) => 56 + 60 * k;
    const head = (x: number, text: string) => words({ x, y: 10 }, text, { bold: true, color: GREY });
    const [inputX, productX, sumX, tanhX, outX] = [34, 216, 378, 490, 606];
    const inputs = INPUTS.flatMap((x, k): Shape[] => [
      ...arrow({ x: inputX + 24, y: row(k) }, { x: productX - 38, y: row(k) }),
      node({ x: inputX, y: row(k) }, 23, { color: GREEN, width: 2 }),
      words({ x: inputX, y: row(k) }, decimal(x, 1), { size: 13 }),
      words({ x: (inputX + productX - 20) / 2, y: row(k) - 13 }, `w${SUBSCRIPTS[k]} = ${decimal(WEIGHTS[k]!, 1)}`, {
        color: BLUE,
        size: 13,
      }),
      words({ x: productX, y: row(k) }, decimal(products[k]!), { size: 13 }),
      ...arrow({ x: productX + 28, y: row(k) }, touch({ x: productX + 28, y: row(k) }, { x: sumX, y: middle }, 31)),
    ]);
    const spec = diagramSpec({
      description: caption,
      width: 640,
      height: 262,
      shapes: [
        head(inputX, "inputs"),
        head((inputX + productX - 20) / 2, "× weights"),
        head(productX, "= products"),
        head(sumX, "sum"),
        head(tanhX, "activation"),
        head(outX, "output"),
        ...inputs,
        node({ x: sumX, y: middle }, 29, { color: GREY, width: 2 }),
        words({ x: sumX, y: middle - 8 }, "Σ", { size: 14, bold: true }),
        words({ x: sumX, y: middle + 9 }, decimal(sum), { size: 13 }),
        ...arrow({ x: sumX + 30, y: middle }, { x: tanhX - 31, y: middle }),
        node({ x: tanhX, y: middle }, 29, { color: VERMILION, width: 2 }),
        words({ x: tanhX, y: middle }, "tanh", { size: 13, bold: true, color: VERMILION }),
        ...arrow({ x: tanhX + 30, y: middle }, { x: outX - 28, y: middle }),
        node({ x: outX, y: middle }, 26, { color: GREEN, width: 2 }),
        words({ x: outX, y: middle }, decimal(output), { size: 13, bold: true }),
      ],
    });
    return { figures: [{ name: "fig-2.2", caption, spec }], tables: [], findings: [] };
  },
};

/** The place on the way from one place to another that lies `radius` before the end. */
function touch(from: { x: number; y: number }, to: { x: number; y: number }, radius: number) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: to.x - ((to.x - from.x) * radius) / length, y: to.y - ((to.y - from.y) * radius) / length };
}
