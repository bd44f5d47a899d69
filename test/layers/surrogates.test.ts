/** Each surrogate's gradient against its formula, on both kernels: at ordinary values, at 0, at ±1 and on both sides of them. */

import { describe, expect, test } from "vitest";
import { floats } from "../../src/encoders/index.ts";
import { dense, sign } from "../../src/layers/index.ts";
import type { Surrogate } from "../../src/layers/sign.ts";
import { sequential } from "../../src/network/sequential.ts";
import { compile } from "../../src/train/compile.ts";

const BETA = 5;
const formulas: Readonly<Record<Surrogate, (x: number) => number>> = {
  "hard-tanh": (x) => (Math.abs(x) <= 1 ? 1 : 0),
  identity: () => 1,
  tanh: (x) => 1 - Math.tanh(x) ** 2,
  "approx-sign": (x) => (Math.abs(x) <= 1 ? 2 - 2 * Math.abs(x) : 0),
  "swish-sign": (x) => (BETA * (2 - BETA * x * Math.tanh((BETA * x) / 2))) / (1 + Math.cosh(BETA * x)),
};

const points = [
  -50,
  -3,
  -1.5,
  -1 - 2 ** -20,
  -1,
  -1 + 2 ** -20,
  -0.7,
  -0.1,
  -0,
  0,
  1e-30,
  0.25,
  0.9,
  1,
  1 + 2 ** -20,
  2,
  7,
  90,
];

/** f′ at each point: y_j = f(x_j · 1), so that ∂y_j/∂x_j is the gradient of the weight x_j. */
async function gradients(gradient: Surrogate, kernels: "wasm" | "reference"): Promise<number[]> {
  const m = points.length;
  const network = sequential(floats(), [dense(m, { bias: false }), sign({ gradient }), dense(m, { bias: false })]);
  const trainer = await compile(network, { shape: [1] }, { batch: 1, kernels, threads: 1 });
  const [x] = trainer.layers[0]!.parameters;
  const [identity] = trainer.layers[2]!.parameters;
  x!.values.set(points);
  identity!.values.set(Array.from({ length: m * m }, (_, i) => (i % (m + 1) === 0 ? 1 : 0)));
  trainer.derive();
  const y = trainer.forward(Float32Array.of(1));
  expect([...y]).toEqual(points.map((value) => (value >= 0 ? 1 : -1)));
  trainer.backward(new Float32Array(m).fill(1));
  const result = [...x!.gradient];
  await trainer.close();
  return result;
}

describe.each(Object.keys(formulas) as Surrogate[])("%s", (gradient) => {
  test("is its formula", async () => {
    const found = await gradients(gradient, "reference");
    for (const [i, x] of points.entries()) {
      const expected = formulas[gradient](x);
      const off = Math.abs(found[i]! - expected);
      if (!(off <= 1e-6 * Math.max(1, Math.abs(expected)))) throw new Error(`f′(${x}) is ${found[i]}, not ${expected}`);
    }
  });

  test("is the same bits in WebAssembly", async () => {
    expect(await gradients(gradient, "wasm")).toEqual(await gradients(gradient, "reference"));
  });
});

test("sign(0) is −1 where a layer is told so, in training as in what follows", async () => {
  const network = sequential(floats(), [dense(5, { bias: false }), sign({ zero: -1 }), dense(5, { bias: false })]);
  for (const kernels of ["wasm", "reference"] as const) {
    const trainer = await compile(network, { shape: [1] }, { batch: 1, kernels, threads: 1 });
    trainer.layers[0]!.parameters[0]!.values.set([-1, -0, 0, 2 ** -149, 1]);
    trainer.layers[2]!.parameters[0]!.values.set(Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0)));
    trainer.derive();
    expect([...trainer.forward(Float32Array.of(1))]).toEqual([-1, -1, -1, 1, 1]);
    await trainer.close();
  }
});
