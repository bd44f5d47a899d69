/** Figure 3.1: sign, and what stands for it in the backward pass. */

import { activation, binaryDense, floats, offset, scale, sequential, sign } from "onebit";
import { BLUE, figure, GREY, VERMILION } from "onebit/plots";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { curve, functionPanel, grid, type Sampled, sampled } from "../functions.ts";
import { decimal, illustration, type Numbers, outputsOf, parametersOf } from "../illustration.ts";

const LIMIT = 2;

/** sign and hard tanh on the same grid. */
export async function signs() {
  const x = grid(LIMIT);
  return { x, sign: await sampledSign(x), hard: await sampled(activation("hard-tanh"), x) };
}

/** sign at each x. Its gradient is what an offset before it gets, one for each x, when a neuron with weights of 1 sums the signs
 *  up. */
async function sampledSign(x: Numbers): Promise<Sampled> {
  const network = sequential(floats(), [offset(), sign(), binaryDense(1), scale(1)]);
  const none = x.map(() => 0);
  const ones = x.map(() => 1);
  const trainer = await illustration(network, x.length, 1, [none, ones]);
  const [, values] = outputsOf(trainer, x);
  trainer.backward([1]);
  return { x, values: values!, gradients: [...parametersOf(trainer)[0]!.gradient] };
}

export const signFunction: Experiment = {
  id: "fig-3.1",
  kind: "figure",
  title: "The sign function",
  section: "3.1",
  report:
    "sign makes activations binary. It has no useful derivative, so the backward pass approximates it by hard tanh, which is cheap and " +
    "the same as sign where x ≤ −1 or x ≥ 1.",
  setup:
    'The layers `sign()` and `activation("hard-tanh")` ran forward and backward. The report does not say what sign(0) is; here it is +1, ' +
    "so that a bit is enough (PyTorch's sign(0) is 0).",
  async draw() {
    const { x, sign, hard } = await signs();
    const caption =
      "Left: sign, with sign(0) = +1 (filled dot), and hard tanh, which stands for it in the backward pass. Right: the gradient that sign's " +
      "backward pass lets through: 1 for |x| ≤ 1, else 0.";
    const size = { width: 230, height: 200 };
    const axis = { title: "x", domain: [-LIMIT, LIMIT], values: [-2, -1, 0, 1, 2], format: "d" } as const;
    const forward = functionPanel({
      ...size,
      description: "sign and hard tanh",
      title: "forward",
      x: axis,
      y: { title: "f(x)", domain: [-1.2, 1.2], values: [-1, -0.5, 0, 0.5, 1], format: ".1f" },
      lines: [
        ...curve(x, hard.values, { name: "hard tanh", color: GREY, dashed: true }),
        ...curve(x, sign.values, { name: "sign", color: BLUE }),
      ],
    });
    const backward = functionPanel({
      ...size,
      description: "the gradient of sign",
      title: "backward",
      x: axis,
      y: { title: "f′(x)", domain: [-0.1, 1.2], values: [0, 0.5, 1], format: ".1f" },
      lines: curve(x, sign.gradients, { name: "gradient", color: VERMILION }),
    });
    const outside = x.flatMap((z, i) => (Math.abs(z) >= 1 ? [Math.abs(sign.values[i]! - hard.values[i]!)] : []));
    const apart = x.map((_, i) => Math.abs(sign.gradients[i]! - hard.gradients[i]!));
    const at = (z: number) => decimal(sign.gradients[x.indexOf(z)]!, 0);
    const spec = figure(caption, { hconcat: [forward, backward], spacing: 130, bounds: "flush" as const });
    return {
      figures: [{ name: "fig-3.1", caption, spec }],
      tables: [],
      findings: [
        finding(
          "Hard tanh is the same as sign where x ≤ −1 or x ≥ 1.",
          outside.every((gap) => gap === 0),
          true,
          () =>
            `At ${outside.length} such x from −${LIMIT} to ${LIMIT} they differ by at most ${Math.max(...outside)}.`,
        ),
        finding(
          "In the backward pass hard tanh stands for sign.",
          apart.every((gap) => gap === 0),
          true,
          () =>
            `At ${apart.length} x the gradients of both layers differ by at most ${Math.max(...apart)}; at −1, 0 and 1 sign's is ${at(-1)}, ` +
            `${at(0)} and ${at(1)}, at ±${1 + 1 / 1024} it is ${at(1 + 1 / 1024)}.`,
        ),
      ],
    };
  },
};
