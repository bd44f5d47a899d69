/** The figures of chapters 2 and 3.1 … 3.2: what they show is what the code computes. */

import { activation, softmax } from "onebit";
import { renderSvg } from "onebit/plots";
import { describe, expect, test } from "vitest";
import { descent, errorCurve, valley } from "../src/error-curve.ts";
import type { Experiment } from "../src/experiment.ts";
import { activations } from "../src/experiments/activations.ts";
import { binaryLinear, binaryTrainer, weightSigns } from "../src/experiments/binary-linear.ts";
import { chain, chainRule } from "../src/experiments/chain-rule.ts";
import { descents, lowAndHighRates, rates } from "../src/experiments/low-and-high-rates.ts";
import { neuron } from "../src/experiments/neuron.ts";
import { signFunction, signs } from "../src/experiments/sign-function.ts";
import { slope, WEIGHT } from "../src/experiments/slope.ts";
import { structure } from "../src/experiments/structure.ts";
import { curve, sampled } from "../src/functions.ts";
import { decimal, outputsOf, parametersOf } from "../src/illustration.ts";
import { experiments } from "../src/index.ts";

function expectClose(actual: number, expected: number, tolerance: number): void {
  const off = Math.abs(actual - expected);
  if (!(off <= tolerance)) throw new Error(`${actual} is not ${expected} to ${tolerance}`);
}

const difference = (f: (x: number) => number, x: number, h: number) => (f(x + h) - f(x - h)) / (2 * h);

const drawn = (experiment: Experiment) =>
  experiment.draw({ scale: "smoke", done: [], measured: [], data: undefined as never });

const illustrations = [
  structure,
  neuron,
  activations,
  slope,
  chainRule,
  lowAndHighRates,
  signFunction,
  binaryLinear,
] as const;

test("they come first, in the report's order", () => {
  expect(experiments.slice(0, illustrations.length)).toEqual(illustrations);
});

describe.each(illustrations.map((experiment) => [experiment.id, experiment] as const))("%s", (id, experiment) => {
  test("has one figure of moderate size, the same each time", async () => {
    const [{ figures }, again] = [await drawn(experiment), await drawn(experiment)];
    expect(figures.map(({ name }) => name)).toEqual([id]);
    expect(again.figures).toEqual(figures);
    const svg = await renderSvg(figures[0]!.spec);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).not.toMatch(/NaN|undefined|null/);
  });

  test("decides all its findings", async () => {
    const { findings } = await drawn(experiment);
    expect(findings.filter(({ verdict }) => verdict === "open")).toEqual([]);
  });
});

test("the network of figure 2.1 has 19 neurons in 5 layers, and an edge a weight", async () => {
  const { figures } = await drawn(structure);
  expect(figures[0]!.caption).toMatch(/^19 neurons in 5 layers .* 64 weighted edges/);
  const svg = await renderSvg(figures[0]!.spec);
  expect(svg.match(/<line /g)).toHaveLength(64);
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(19);
});

test("the neuron of figure 2.2 shows tanh of the sum of the products", async () => {
  const svg = await renderSvg((await drawn(neuron)).figures[0]!.spec);
  const sum = 0.9 * 0.8 - 0.4 * 0.5 - 0.7 * 0.3 + 0.2 * 1.1;
  for (const number of [0.72, -0.2, -0.21, 0.22, sum, Math.tanh(sum)]) expect(svg).toContain(`>${decimal(number)}<`);
});

describe("activations", () => {
  const x = [-3, -0.75, -0.125, 0.5, 1, 2.5];
  test.each([
    ["relu", activation("relu"), 1, (z: number) => Math.max(0, z)],
    ["sigmoid", activation("sigmoid"), 1, (z: number) => 1 / (1 + Math.exp(-z))],
    ["tanh", activation("tanh"), 1, Math.tanh],
    ["softmax", softmax(), 3, (z: number) => Math.exp(z) / (Math.exp(z) + 2)],
  ] as const)("%s and its gradient", async (_, layer, inputs, f) => {
    const { values, gradients } = await sampled(layer, x, inputs);
    for (const [i, z] of x.entries()) {
      expectClose(values[i]!, f(z), 1e-6);
      expectClose(gradients[i]!, difference(f, z, 1e-4), 1e-5);
    }
  });

  test("softmax contradicts that an activation takes one input", async () => {
    const { findings } = await drawn(activations);
    expect(findings.map(({ verdict }) => verdict)).toEqual(["confirmed", "contradicted"]);
  });
});

test("a curve is cut where it jumps, and the last piece has the name", () => {
  const pieces = curve([0, 1, 2, 3], [0, 0.25, 1, 1.5], { name: "f", color: "#000000" });
  expect(pieces.map(({ name, points }) => [name, points.map(({ x }) => x)])).toEqual([
    ["", [0, 1]],
    ["f", [2, 3]],
  ]);
});

describe("the chain rule", () => {
  const end = async (a: number, weights: readonly number[]) => (await chain(a, weights)).end;
  test.each([
    ["three neurons", 0.8, [0.5, 1.5]],
    ["signs that differ", -1.25, [0.75, -0.5]],
    ["seven neurons", 0.8, [0.5, 1.5, -0.75, 2, -1.25, 0.9]],
  ] as const)("%s: the backward pass is the formula and the difference quotient", async (_, a, weights) => {
    const { backward, formula } = await chain(a, weights);
    const [first, ...rest] = weights;
    expectClose(backward, formula, 1e-6 * Math.abs(formula));
    const h = 2 ** -7;
    const quotient = ((await end(a, [first + h, ...rest])) - (await end(a, [first - h, ...rest]))) / (2 * h);
    expectClose(backward, quotient, 1e-3 * Math.abs(quotient));
  });

  test("three neurons, written out", async () => {
    const { before, after, slopes, formula, end } = await chain(0.8, [0.5, 1.5]);
    expectClose(before[0]!, 0.4, 1e-7);
    expectClose(after[0]!, Math.tanh(0.4), 1e-7);
    expectClose(end, 1.5 * Math.tanh(0.4), 1e-6);
    expectClose(slopes[0]!, 1 - Math.tanh(0.4) ** 2, 1e-6);
    expectClose(formula, 0.8 * (1 - Math.tanh(0.4) ** 2) * 1.5, 1e-6);
  });
});

describe("the error over a weight", () => {
  test.each([-2.5, -1.5, WEIGHT, 0, 1.75])("its slope at %s is the difference quotient", async (w) => {
    const error = await errorCurve();
    expectClose(
      error.at(w).slope,
      difference((x) => error.at(x).error, w, 2 ** -8),
      1e-3,
    );
  });

  test("at −0.5 it falls, and the tangent is drawn with this slope", async () => {
    const here = (await errorCurve()).at(WEIGHT);
    expect(here.slope).toBeLessThan(-0.1);
    const { spec } = (await drawn(slope)).figures[0]!;
    const text = JSON.stringify(spec);
    expect(text).toContain(`tangent, slope ${decimal(here.slope)}`);
  });

  test("a step of SGD is w − rate · slope, and moves no other weight", async () => {
    const error = await errorCurve();
    const before = error.at(1.5);
    expectClose(error.step(1.5, 0.25), 1.5 - 0.25 * before.slope, 1e-6);
    expect(error.at(1.5)).toEqual(before);
    expect(error.step(1.5, 0)).toBe(1.5);
  });
});

describe("learning rates", () => {
  test("the one between gets into the valley", async () => {
    const error = await errorCurve();
    expectClose(descents(error).between.at(-1)!, valley(error), 0.05);
  });

  test("the one that is too low stalls far from it", async () => {
    const error = await errorCurve();
    const { low } = descents(error);
    expect(Math.abs(low.at(-1)! - valley(error))).toBeGreaterThan(1);
    expect(Math.abs(low.at(-1)! - low.at(-2)!)).toBeLessThan(1e-3);
    const later = descent(error, low.at(-1)!, rates.low, 200).at(-1)!;
    expectClose(later, low.at(-1)!, 0.01);
  });

  test("the one that is too high never gets into it", async () => {
    const error = await errorCurve();
    const best = valley(error);
    const path = descent(error, descents(error).high[0]!, rates.high, 300);
    expect(Math.min(...path.map((w) => Math.abs(w - best)))).toBeGreaterThan(0.25);
    for (const [i, w] of path.entries()) if (i > 1) expect(w > best).not.toBe(path[i - 1]! > best);
  });

  test("the claims are confirmed", async () => {
    const { findings } = await drawn(lowAndHighRates);
    expect(findings.map(({ verdict }) => verdict)).toEqual(["confirmed", "confirmed"]);
  });
});

describe("sign", () => {
  test("sign(0) is +1, and below it −1", async () => {
    const { x, sign } = await signs();
    expect(sign.values[x.indexOf(0)]).toBe(1);
    expect(sign.values[x.indexOf(-1 / 1024)]).toBe(-1);
    expect(sign.values[x.indexOf(1 / 1024)]).toBe(1);
  });

  test("its gradient is 1 up to ±1, ends included, and 0 beyond", async () => {
    const { x, sign, hard } = await signs();
    const at = (z: number) => sign.gradients[x.indexOf(z)];
    for (const z of [-1, -1 + 1 / 1024, -0.5, 0, 0.5, 1 - 1 / 1024, 1]) expect(at(z)).toBe(1);
    for (const z of [-2, -1 - 1 / 1024, 1 + 1 / 1024, 2]) expect(at(z)).toBe(0);
    expect(hard.gradients).toEqual(sign.gradients);
  });

  test("the picture has a filled dot at (0, +1) and a hollow one at (0, −1)", async () => {
    const { spec } = (await drawn(signFunction)).figures[0]!;
    const dots = [...JSON.stringify(spec).matchAll(/\{"x":0,"y":(-?1),"color":"[^"]+","fill":"([^"]+)"\}/g)];
    expect(dots.map(([, y, fill]) => [y, fill === "white"])).toEqual([
      ["-1", true],
      ["1", false],
    ]);
  });
});

describe("the binary linear layer", () => {
  test("sums products of signs", async () => {
    const trainer = await binaryTrainer([1, -1, 0, 0.5, -0.25, -2, 3, -1, 1, 1, 1, 1]);
    const [inputs, sums] = outputsOf(trainer, [-0.5, 0, 2, -3]);
    expect(inputs).toEqual([-1, 1, 1, -1]);
    expect(weightSigns(trainer)).toEqual([1, -1, 1, 1, -1, -1, 1, -1, 1, 1, 1, 1]);
    expect(sums).toEqual([-2, 2, 0]);
  });

  test("an update moves latent weights, and signs only where they cross 0", async () => {
    const trainer = await binaryTrainer([0.25, ...Array<number>(11).fill(0.75)]);
    outputsOf(trainer, [1, 1, 1, 1]);
    trainer.backward([1, 0, 0]);
    trainer.update({ rate: 0.5 });
    const [latent] = parametersOf(trainer);
    expect([...latent!.gradient]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...latent!.values.slice(0, 5)]).toEqual([-0.25, 0.25, 0.25, 0.25, 0.75]);
    expect(weightSigns(trainer).slice(0, 5)).toEqual([-1, 1, 1, 1, 1]);
  });
});
