/** What src/layers/layer.ts asks of every layer: `backward` computes all gradients, steps parameters only when it is told to, and
 *  nothing reads d after it has returned. A layer of a kind that is missing here fails the first test. */

import { describe, expect, test } from "vitest";
import { randomWords } from "../../src/core/random.ts";
import { floats, threshold } from "../../src/encoders/index.ts";
import {
  activation,
  batchNorm,
  binaryDense,
  dense,
  layers,
  offset,
  scale,
  sign,
  softmax,
} from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { type Network, parseNetwork } from "../../src/network/sequential.ts";
import { sgd } from "../../src/optim/optimizers.ts";
import { compile } from "../../src/train/compile.ts";

const BATCH = 6;
const INPUTS = 5;

/** A layer between others that make it differentiable by all its inputs, or as nearly as it is. */
const between: Readonly<Record<string, readonly Layer[]>> = {
  dense: [dense(4), dense(7), dense(3)],
  "batch-norm": [dense(4), batchNorm(), dense(3)],
  scale: [dense(4), scale(0.3), dense(3)],
  offset: [dense(4), offset(), dense(3)],
  activation: [dense(4), activation("tanh"), dense(3)],
  softmax: [dense(4), softmax(), dense(3)],
  sign: [dense(4), sign(), dense(3)],
  "binary-dense": [dense(4), sign(), binaryDense(3, { bias: true }), scale()],
};
/** Layers whose gradient is that of their forward function. */
const smooth = ["dense", "batch-norm", "scale", "offset", "activation", "softmax"];

test("each kind of layer is here", () => {
  expect(Object.keys(between).sort()).toEqual([...layers.kinds].sort());
});

const next = randomWords(1, "contract");
const numbers = (length: number) => Float32Array.from({ length }, () => next() / 2 ** 31 - 1);

type Kernels = "reference" | "wasm";
const runs = (["reference", "wasm"] as const).flatMap((kernels) =>
  Object.entries(between).map(([kind, stack]) => [kind, kernels, stack] as const),
);

async function trainerOf(stack: readonly Layer[], kernels: Kernels) {
  const network: Network = parseNetwork({ encoder: floats(), layers: stack }, "the network");
  const options = { batch: BATCH, gradients: "float32", optimizer: sgd({ rate: 0.1 }), kernels, threads: 1 } as const;
  const trainer = await compile(network, { shape: [INPUTS] }, options);
  return { trainer, parameters: trainer.layers.flatMap((layer) => layer.parameters) };
}

describe.each(runs)("%s on the kernels %s", (kind, kernels, stack) => {
  test("backward fills every gradient and moves nothing; update moves what has a gradient", async () => {
    const { trainer, parameters } = await trainerOf(stack, kernels);
    const before = parameters.map(({ values }) => [...values]);
    for (const { gradient } of parameters) gradient.fill(Number.NaN);
    trainer.forward(numbers(BATCH * INPUTS));
    trainer.backward(numbers(BATCH * 3));
    for (const { gradient } of parameters) expect(gradient.every(Number.isFinite)).toBe(true);
    expect(parameters.map(({ values }) => [...values])).toEqual(before);
    trainer.update();
    for (const [i, { values, gradient }] of parameters.entries()) {
      const expected = before[i]!.map((value, k) => Math.fround(value - Math.fround(Math.fround(0.1) * gradient[k]!)));
      expect([...values]).toEqual(expected);
    }
  });

  test("what is done to d afterwards changes nothing", async () => {
    const inputs = numbers(BATCH * INPUTS);
    const d = numbers(BATCH * 3);
    const results = [];
    for (const spoiled of [false, true]) {
      const { trainer, parameters } = await trainerOf(stack, kernels);
      trainer.forward(inputs);
      trainer.backward(d);
      // The trainer's own d, and whatever else could be read by what follows.
      if (spoiled) trainer.loss(new Array(BATCH).fill(1)).d.fill(Number.NaN);
      trainer.update();
      results.push(parameters.map(({ values }) => [...values]));
    }
    expect(results[1]).toEqual(results[0]);
  });

  if (smooth.includes(kind)) {
    test("each gradient is the slope of Σ d·y", async () => {
      const { trainer, parameters } = await trainerOf(stack, kernels);
      const inputs = numbers(BATCH * INPUTS);
      const d = numbers(BATCH * 3);
      const value = () => {
        trainer.derive();
        return trainer.forward(inputs).reduce((sum, y, i) => sum + y * d[i]!, 0);
      };
      value();
      trainer.backward(d);
      const gradients = parameters.map(({ gradient }) => [...gradient]);
      for (const [i, { name, values }] of parameters.entries()) {
        for (const k of values.keys()) {
          const own = values[k]!;
          values[k] = own + 2 ** -8;
          const above = value();
          values[k] = own - 2 ** -8;
          const slope = (above - value()) / 2 ** -7;
          values[k] = own;
          const off = Math.abs(slope - gradients[i]![k]!);
          if (!(off <= 5e-3 * Math.max(1, Math.abs(slope)))) {
            throw new Error(`${name}[${k}] of parameter ${i}: ${gradients[i]![k]}, not ${slope}`);
          }
        }
      }
    });
  }
});

test("a step on integer gradients leaves d to nobody: spoiling it between steps changes no weight", async () => {
  const network = parseNetwork(
    { encoder: threshold(100), layers: [binaryDense(9), batchNorm(), sign(), binaryDense(3), scale()] },
    "the network",
  );
  const inputs = Uint8Array.from({ length: 40 * 7 }, () => next() >>> 24);
  const data = {
    inputs,
    labels: Uint8Array.from({ length: 40 }, (_, i) => i % 3),
    shape: [7],
    classes: ["a", "b", "c"],
  };
  const results = [];
  for (const spoiled of [false, true]) {
    const trainer = await compile(network, data, { batch: 8, validation: 0, threads: 1 });
    for (let step = 0; step < 5; step++) {
      trainer.step([0, 1, 2, 3, 4, 5, 6, 7].map((b) => b + 8 * (step % 5)));
      if (spoiled) trainer.loss([0, 1, 2, 0, 1, 2, 0, 1]).d.fill(Number.NaN);
    }
    results.push(trainer.layers.map(({ parameters }) => parameters.map(({ values }) => [...values])));
    await trainer.close();
  }
  expect(results[1]).toEqual(results[0]);
});
