/** Figure 2.7: a chain of neurons, and the chain rule. */

import { activation, dense, floats, type Layer, sequential } from "onebit";
import { arrow, BLUE, diagramSpec, edge, GREEN, GREY, indexed, node, type Shape, VERMILION, words } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { sampled } from "../functions.ts";
import { decimal, illustration, type Numbers, outputsOf, parametersOf } from "../illustration.ts";

const A = 0.8;
const WEIGHTS = [0.5, 1.5];
/** "to chains of any length". */
const LONG = [0.5, 1.5, -0.75, 2, -1.25, 0.9];
const TOLERANCE = 1e-6;

export interface Chain {
  /** Before and after tanh: b(1/2) and b(2/2) of each neuron between the first and the last. */
  readonly before: Numbers;
  readonly after: Numbers;
  /** f′ of each b(1/2), by the activation's backward pass. */
  readonly slopes: Numbers;
  /** The last neuron's value c. */
  readonly end: number;
  /** ∂c/∂w of the first weight, as the backward pass gives it, and as the product
   *  a · f′(b₁) · w₂ · f′(b₂) · w₃ · … of the report's formula. */
  readonly backward: number;
  readonly formula: number;
}

/** A chain of neurons of one weight each; tanh after all but the last. */
export async function chain(a: number, weights: Numbers): Promise<Chain> {
  const layers = weights.flatMap((_, i): Layer<"float32", "float32">[] => [
    ...(i > 0 ? [activation("tanh")] : []),
    dense(1, { bias: false }),
  ]);
  const trainer = await illustration(
    sequential(floats(), layers),
    1,
    1,
    weights.map((w) => [w]),
  );
  const outputs = outputsOf(trainer, [a]).map(([value]) => value!);
  trainer.backward([1]);
  const before = outputs.filter((_, i) => i % 2 === 0).slice(0, -1);
  const { gradients: slopes } = await sampled(activation("tanh"), before);
  return {
    before,
    after: outputs.filter((_, i) => i % 2 === 1),
    slopes,
    end: outputs.at(-1)!,
    backward: parametersOf(trainer)[0]!.gradient[0]!,
    formula: slopes.reduce((product, slope, i) => product * slope * weights[i + 1]!, a),
  };
}

export const chainRule: Experiment = {
  id: "fig-2.7",
  kind: "figure",
  title: "A chain of neurons: backpropagation",
  section: "2.4.2",
  report:
    "By the chain rule the change of c with w_a is ∂c/∂w_a = a · f′(a·w_a) · w_b, for three neurons a → b → c, where f is the " +
    "activation function of b. The rule extends to chains of any length.",
  setup:
    "Two dense layers of one neuron each without bias, with tanh between them. a, w_a and w_b are chosen freely; f′ is the gradient of the " +
    "activation layer.",
  async draw() {
    const [short, long] = [await chain(A, WEIGHTS), await chain(A, LONG)];
    const caption =
      "Three neurons: values from left to right, derivatives from right to left (dashed). Neuron b has two halves, the product b₁ = a · w_a and " +
      "b₂ = tanh(b₁).";
    const close = ({ backward, formula }: Chain) => Math.abs(backward - formula) <= TOLERANCE * Math.abs(formula);
    const both = ({ backward, formula }: Chain) =>
      `${decimal(backward, 6)} by the backward pass, ${decimal(formula, 6)} by the formula`;
    const [slope] = short.slopes;
    return {
      figures: [{ name: "fig-2.7", caption, spec: diagram(short, caption) }],
      tables: [
        {
          head: ["a", "f′(a·w_a)", "w_b", "product", "backward pass"],
          rows: [[A, slope!, WEIGHTS[1]!, short.formula, short.backward].map((x) => decimal(x, 6))],
        },
      ],
      findings: [
        finding(
          "The chain rule's product is what the backward pass gives.",
          close(short),
          true,
          () => `${both(short)}, the same to float32's precision.`,
        ),
        finding(
          "It extends to chains of any length.",
          close(long),
          true,
          () => `With ${LONG.length} weights in a row ∂c/∂w of the first is ${both(long)}.`,
        ),
      ],
    };
  },
};

function diagram({ before: [b1], after: [b2], slopes: [slope], end, formula }: Chain, description: string) {
  const [wa, wb] = WEIGHTS as [number, number];
  const y = 76;
  const radius = 36;
  const [ax, bx, cx] = [60, 315, 570];
  const value = (x: number, name: string, number: number) => [
    words({ x, y: y - 9 }, name, { size: 13, bold: true }),
    words({ x, y: y + 10 }, decimal(number), { size: 13 }),
  ];
  const forward = (from: number, to: number, index: string, weight: number): Shape[] => [
    ...arrow({ x: from, y }, { x: to, y }, { color: BLUE, width: 1.8 }),
    ...indexed({ x: (from + to) / 2 - 22, y: y - 18 }, "w", index, { size: 13, color: BLUE }, `= ${decimal(weight)}`),
  ];
  const low = 152;
  const back = { color: VERMILION, dashed: true, width: 1.5 };
  return diagramSpec({
    description,
    width: 630,
    height: 256,
    shapes: [
      ...forward(ax + radius, bx - radius - 10, "a", wa),
      ...forward(bx + radius + 8, cx - radius - 2, "b", wb),
      node({ x: ax, y }, radius, { color: GREEN, width: 2.5 }),
      node({ x: bx, y }, radius + 8, { color: BLUE, width: 2.5 }),
      { ...edge({ x: bx, y: y - radius - 7 }, { x: bx, y: y + radius + 7 }, { color: BLUE }), depth: 1 },
      node({ x: cx, y }, radius, { color: VERMILION, width: 2.5 }),
      ...value(ax, "a", A),
      ...value(bx - 21, "b₁", b1!),
      ...value(bx + 21, "b₂", b2!),
      ...value(cx, "c", end),
      ...indexed({ x: bx - 52, y: 12 }, "b₁ = a · w", "a", { color: GREY }, " and b₂ = f(b₁), f = tanh"),
      ...arrow({ x: cx, y: low }, { x: bx + 66, y: low }, back),
      ...arrow({ x: bx + 62, y: low }, { x: bx - 62, y: low }, back),
      ...arrow({ x: bx - 66, y: low }, { x: ax, y: low }, back),
      ...indexed(
        { x: (cx + bx + 66) / 2 - 4, y: low + 19 },
        "∂c/∂b₂ = w",
        "b",
        { color: VERMILION },
        `= ${decimal(wb)}`,
      ),
      words({ x: bx, y: low + 19 }, `∂b₂/∂b₁ = f′(b₁) = ${decimal(slope!)}`, { color: VERMILION }),
      ...indexed(
        { x: (ax + bx - 66) / 2 - 10, y: low + 19 },
        "∂b₁/∂w",
        "a",
        { color: VERMILION },
        `= a = ${decimal(A)}`,
      ),
      ...indexed(
        { x: 226, y: 228 },
        "∂c/∂w",
        "a",
        { size: 14, bold: true },
        `= ${decimal(A)} · ${decimal(slope!)} · ${decimal(wb)} = ${decimal(formula)}`,
      ),
    ],
  });
}
