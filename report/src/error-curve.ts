/** The error of a small network over one of its weights: section 2.4.2 looks at its slope and at steps down it.
 *
 *  Two inputs, one tanh neuron, two classes; all weights stay as they are but the one from the first input, w. With logits
 *  ±OUT·tanh(w·x + u) the error of a sample is a smooth step over w at −u/x, as wide as 1/x: one narrow step among four wide
 *  ones makes a side valley left of the deepest. */

import { activation, dense, floats, sequential } from "onebit";
import { illustration, outputsOf, parametersOf, setWeights } from "./illustration.ts";

const SAMPLES = [
  { x: 0.5, u: 0.75, label: 0 },
  { x: 0.25, u: 0.25, label: 0 },
  { x: 0.5, u: -0.25, label: 0 },
  { x: 0.5, u: -0.5, label: 1 },
  { x: 3, u: 5.25, label: 1 },
] as const;
const OUT = 2.5;

export interface ErrorCurve {
  /** The mean negative log likelihood of the samples with this weight, and its derivative by the backward pass. */
  at(w: number): { readonly error: number; readonly slope: number };
  /** The weight after one step of SGD. */
  step(w: number, rate: number): number;
}

export async function errorCurve(): Promise<ErrorCurve> {
  const bias = { bias: false };
  const network = sequential(floats(), [dense(1, bias), activation("tanh"), dense(2, bias)]);
  const trainer = await illustration(network, 2, SAMPLES.length);
  const [first] = parametersOf(trainer);
  const at = (w: number) => {
    setWeights(trainer, [
      [w, 1],
      [OUT, -OUT],
    ]);
    outputsOf(
      trainer,
      SAMPLES.flatMap(({ x, u }) => [x, u]),
    );
    const { loss, d } = trainer.loss(SAMPLES.map(({ label }) => label));
    trainer.backward(d);
    return { error: loss, slope: first!.gradient[0]! };
  };
  const step = (w: number, rate: number) => {
    at(w);
    trainer.update({ rate });
    return first!.values[0]!;
  };
  return { at, step };
}

/** The weights that are drawn: −3.25 … 3 in steps of 1/32. */
export const weights: readonly number[] = Array.from({ length: 201 }, (_, i) => i / 32 - 3.25);

/** The drawn weight with the lowest error. */
export function valley(curve: ErrorCurve): number {
  const errors = weights.map((w) => curve.at(w).error);
  return weights[errors.indexOf(Math.min(...errors))]!;
}

/** Weights from `start` on, one a step of SGD. */
export function descent(curve: ErrorCurve, start: number, rate: number, steps: number): number[] {
  const path = [Math.fround(start)];
  for (let i = 0; i < steps; i++) path.push(curve.step(path.at(-1)!, rate));
  return path;
}

export const ERROR_SETUP =
  "The error is the mean negative log likelihood of five samples in a network of two inputs, one tanh neuron and two classes; one " +
  "weight varies, the others stay. The samples are chosen so that there is a side valley beside the deepest.";
