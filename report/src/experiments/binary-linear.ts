/** Figure 3.2: the binary linear layer. */

import { binaryDense, dense, floats, scale, sequential, sign, type Trainer } from "onebit";
import { arrow, BLUE, box, diagramSpec, GREEN, GREY, type Shape, VERMILION, words } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { decimal, illustration, type Numbers, outputsOf, parametersOf } from "../illustration.ts";

const INPUTS = 4;
const UNITS = 3;
/** Outputs of the layer before; one is 0, whose sign is +1. */
const BEFORE = [0.7, -1.3, 0, -0.2];
/** Row by row, a row a neuron. */
const LATENT = [0.4, -0.8, -0.1, 0.3, -0.6, 0.2, 0.9, 0.05, 0.1, -0.3, 0.5, -0.7];
/** A gradient of the sums and a rate, to see what a step changes. */
const GRADIENT = [1, -0.5, 0.5];
const RATE = 0.2;

/** sign, then the binary layer, with these latent weights. */
export const binaryTrainer = (latent: Numbers = LATENT): Promise<Trainer> =>
  illustration(sequential(floats(), [sign(), binaryDense(UNITS), scale(1)]), INPUTS, 1, [latent]);

/** The ±1 weights that the layer multiplies by, row by row: half of what its sums lose when one input of +1 becomes −1. */
export function weightSigns(trainer: Trainer): Numbers {
  const ones = Array<number>(INPUTS).fill(1);
  const sumsOf = (x: Numbers) => outputsOf(trainer, x)[1]!;
  const whole = sumsOf(ones);
  const without = ones.map((_, k) => sumsOf(ones.with(k, -1)));
  return whole.flatMap((sum, j) => without.map((sums) => (sum - sums[j]!) / 2));
}

export const binaryLinear: Experiment = {
  id: "fig-3.2",
  kind: "figure",
  title: "The binary linear layer",
  section: "3.2",
  report:
    "The layer takes the outputs of the layer before and binarizes them by sign. The weights that training updates are binarized as " +
    "well, and the activations are always computed from binary weights and inputs.",
  setup:
    "Drawn from `sign()` and `binaryDense(3)`, with four inputs; inputs and latent weights are chosen freely. A gradient of the sums, also " +
    `chosen freely, goes through one step of SGD with rate ${RATE}.`,
  async draw() {
    const trainer = await binaryTrainer();
    const weights = weightSigns(trainer);
    const [inputs, sums] = outputsOf(trainer, BEFORE) as [Numbers, Numbers];
    const caption =
      `A binary linear layer of ${INPUTS} inputs and ${UNITS} neurons: the outputs of the layer before and the latent weights go through ` +
      "sign; each neuron sums the products of what is left. Blue is +1, orange −1.";
    const agreements = sums.map((_, j) => inputs.filter((x, k) => x === weights[j * INPUTS + k]).length);

    const half = await binaryTrainer(LATENT.map((w) => w / 2));
    const [, again] = outputsOf(
      half,
      BEFORE.map((x) => x / 2),
    ) as [Numbers, Numbers];
    const float = await illustration(sequential(floats(), [dense(UNITS, { bias: false })]), INPUTS, 1, [weights]);
    const [products] = outputsOf(float, inputs) as [Numbers];
    const same = (other: Numbers) => sums.every((sum, j) => sum === other[j]);

    trainer.backward(GRADIENT);
    trainer.update({ rate: RATE });
    const [latent] = parametersOf(trainer);
    const moved = LATENT.filter((w, i) => Math.fround(w) !== latent!.values[i]).length;
    const flipped = weightSigns(trainer).filter((w, i) => w !== weights[i]).length;
    return {
      figures: [{ name: "fig-3.2", caption, spec: diagram(inputs, weights, sums, caption) }],
      tables: [
        {
          head: ["neuron", "sum of products", `agreements p of n = ${INPUTS}`, "2p − n"],
          rows: sums.map((sum, j) => [
            String(j),
            decimal(sum, 0),
            String(agreements[j]),
            decimal(2 * agreements[j]! - INPUTS, 0),
          ]),
        },
      ],
      findings: [
        finding(
          "The activations are computed from binary weights and inputs only.",
          same(again) && same(products),
          true,
          () =>
            `The sums are ${list(sums)}; ${list(again)} with all inputs and latent weights halved; ${list(products)} when a float32 ` +
            "layer multiplies the signs.",
        ),
        finding(
          "Training updates the weights behind the binary ones.",
          moved > flipped,
          true,
          () => `The step changes ${moved} of ${LATENT.length} latent weights and the sign of ${flipped}.`,
        ),
      ],
    };
  },
};

const list = (numbers: Numbers) => numbers.map((x) => decimal(x, 0)).join(", ");

/** Inputs stand over the columns of weights that they are multiplied by; a neuron's sum stands at the end of its row. */
function diagram(inputs: Numbers, weights: Numbers, sums: Numbers, description: string) {
  const top = 50;
  const row = (j: number) => 142 + 34 * j;
  const middle = row((UNITS - 1) / 2);
  const [left, right, end] = [38, 376, 594];
  const real = (k: number) => left + 48 * k;
  const bit = (k: number) => right + 40 * k;
  const cell = (x: number, y: number, value: number): Shape[] => [
    box({ x, y }, 48, 30),
    words({ x, y }, decimal(value), { size: 13 }),
  ];
  const signCell = (x: number, y: number, value: number): Shape[] => [
    box({ x, y }, 40, 30, { fill: value > 0 ? "#D3E6F4" : "#FBE0CC" }),
    words({ x, y }, value > 0 ? "+1" : "−1", { size: 13, bold: true, color: value > 0 ? BLUE : "#A84A00" }),
  ];
  const through = (y: number): Shape[] => [
    ...arrow({ x: real(INPUTS - 1) + 30, y }, { x: right - 26, y }),
    box({ x: (real(INPUTS - 1) + right) / 2 + 2, y }, 50, 28, { color: VERMILION, corner: 6, width: 2 }),
    words({ x: (real(INPUTS - 1) + right) / 2 + 2, y }, "sign", { size: 13, bold: true, color: VERMILION }),
  ];
  const head = (x: number, y: number, text: string) => words({ x, y }, text, { bold: true, color: GREY });
  const centre = (INPUTS - 1) / 2;
  return diagramSpec({
    description,
    width: 640,
    height: 232,
    shapes: [
      head(real(centre), top - 28, "outputs of the layer before"),
      head(real(centre), row(0) - 28, "latent weights"),
      head(bit(centre), top - 28, "inputs"),
      head(bit(centre), row(0) - 28, "weights"),
      head(end, row(0) - 28, "sums"),
      ...BEFORE.flatMap((x, k) => cell(real(k), top, x)),
      ...LATENT.flatMap((w, i) => cell(real(i % INPUTS), row(Math.floor(i / INPUTS)), w)),
      ...through(top),
      ...through(middle),
      ...inputs.flatMap((x, k) => signCell(bit(k), top, x)),
      ...weights.flatMap((w, i) => signCell(bit(i % INPUTS), row(Math.floor(i / INPUTS)), w)),
      words({ x: bit(centre), y: (top + row(0) - 28) / 2 + 4 }, "×", { size: 14 }),
      ...sums.flatMap((sum, j) => [
        ...arrow({ x: bit(INPUTS - 1) + 26, y: row(j) }, { x: end - 26, y: row(j) }),
        words({ x: (bit(INPUTS - 1) + end) / 2 - 4, y: row(j) - 9 }, "Σ", { color: GREY }),
        box({ x: end, y: row(j) }, 44, 30, { color: GREEN, width: 2 }),
        words({ x: end, y: row(j) }, decimal(sum, 0), { size: 13, bold: true }),
      ]),
    ],
  });
}
