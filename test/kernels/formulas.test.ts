/** Kernels against the formulas they are named for, in plain float64. (That WebAssembly agrees with the reference, bit
 *  for bit, is kernels.test.ts.) */

import { describe, expect, test } from "vitest";
import { rowBytes } from "../../src/core/bits.ts";
import { KEEP, methods, RATES, surrogates } from "../../src/kernels/layout.ts";
import {
  addBiasInt32,
  gatherFloat32,
  gatherImages,
  nllLoss,
  packSigns,
  signBackward,
  signForward,
  update,
} from "../../src/kernels/reference/index.ts";

const LEAST_POSITIVE = 2 ** -149;

function expectClose(actual: number, expected: number, tolerance: number): void {
  if (!(Math.abs(actual - expected) <= tolerance)) throw new Error(`${actual} is not ${expected} to ${tolerance}`);
}

describe("what stands in for the gradient of sign", () => {
  const BETA = 5;
  const formulas: Readonly<Record<keyof typeof surrogates, (x: number) => number>> = {
    "hard-tanh": (x) => (Math.abs(x) <= 1 ? 1 : 0),
    identity: () => 1,
    tanh: (x) => 1 - Math.tanh(x) ** 2,
    "approx-sign": (x) => (Math.abs(x) <= 1 ? 2 - 2 * Math.abs(x) : 0),
    "swish-sign": (x) => (BETA * (2 - BETA * x * Math.tanh((BETA * x) / 2))) / (1 + Math.cosh(BETA * x)),
  };
  const gradient = (name: keyof typeof surrogates, x: number, d = 1): number => {
    const arrays = { y: Float32Array.of(x), d: Float32Array.of(d) };
    signBackward.run({ ...arrays, surrogate: surrogates[name], batch: 1, m: 1 }, 0, 1);
    return arrays.d[0]!;
  };

  test.each(Object.keys(surrogates) as (keyof typeof surrogates)[])("%s", (name) => {
    for (let x = -4; x <= 4; x += 1 / 64) expectClose(gradient(name, x, -1.5), -1.5 * formulas[name](x), 1e-6);
    for (const x of [-100, 100, 1e6, -1e30, Number.MAX_VALUE]) {
      expectClose(gradient(name, x), name === "identity" ? 1 : 0, 1e-30);
    }
  });

  test.each([
    ["tanh", (x: number) => Math.tanh(x)],
    // What the other two are the derivatives of: Bi-Real net's equation 10, BNN+'s equation 4.
    ["approx-sign", (x: number) => Math.sign(x) * (2 * Math.abs(x) - x * x)],
    [
      "swish-sign",
      (x: number) => (2 / (1 + Math.exp(-BETA * x))) * (1 + BETA * x * (1 - 1 / (1 + Math.exp(-BETA * x)))) - 1,
    ],
  ] as const)("%s is the derivative of its function", (name, f) => {
    const h = 1e-4;
    for (let x = -0.9; x < 0.95; x += 0.05) expectClose(gradient(name, x), (f(x + h) - f(x - h)) / (2 * h), 2e-4);
  });
});

describe("sign at zero", () => {
  const y = Float32Array.of(0, -0, LEAST_POSITIVE, -LEAST_POSITIVE, 1, -1, Number.NaN, 2 ** -126);
  test.each([
    [0, 0b10010111],
    [LEAST_POSITIVE, 0b10010100],
  ])("least = %d", (least, expected) => {
    const bits = new Uint8Array(16);
    signForward.run({ y, bits, least, batch: 1, m: 8, stride: 16 }, 0, 8);
    expect(bits[0]).toBe(expected);
    const flips = Int32Array.of(5);
    packSigns.run({ latent: y, bits, flips, least: 0, n: 8, stride: 16, rows: 1 }, 0, 1);
    expect(bits[0]).toBe(0b10010111);
    expect(flips[0]).toBe(5 + (least === 0 ? 0 : 2));
  });
});

describe("label smoothing", () => {
  const m = 4;
  const z = [0.3, -1.2, 2, 0.1];
  const crossEntropy = (z: readonly number[], label: number, s: number) => {
    const total = Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0));
    return z.reduce((sum, x, j) => sum + (s / m + (j === label ? 1 - s : 0)) * (total - x), 0);
  };
  const run = (z: readonly number[], label: number, smoothing: number) => {
    const arrays = { logits: Float32Array.from(z), labels: Uint8Array.of(label), indices: Int32Array.of(0) };
    const [loss, d] = [new Float64Array(1), new Float32Array(m)];
    nllLoss.run({ ...arrays, loss, d, smoothing, batch: 1, m, count: 1 }, 0, 1);
    return { loss: loss[0]!, d };
  };

  test.each([0, 0.1, 0.9])("s = %d: the cross-entropy and its gradient", (s) => {
    for (let label = 0; label < m; label++) {
      const { loss, d } = run(z, label, s);
      expectClose(loss, crossEntropy(z, label, s), 1e-6);
      for (const [j, gradient] of d.entries()) {
        const moved = (h: number) => crossEntropy(z.with(j, z[j]! + h), label, s);
        expectClose(gradient, (moved(1e-4) - moved(-1e-4)) / 2e-4, 1e-6);
      }
    }
  });

  test("without it, a logit that is lost to −∞ costs nothing", () => {
    expectClose(run([0, 0, Number.NEGATIVE_INFINITY, 0], 1, 0).loss, Math.log(3), 1e-12);
  });
});

describe("optimizers", () => {
  const step = (method: number, w: number[], g: number[], state: number[], coefficients: number[], keep = 1) => {
    const rates = new Float32Array(RATES);
    rates.set(coefficients);
    rates[KEEP] = keep;
    const width = w.length;
    const arrays = { w: Float32Array.from(w), g: Float32Array.from(g), state0: Float32Array.from(state) };
    update.run({ ...arrays, state1: new Float32Array(width), rates, method, clip: 0, rows: 1, width }, 0, 1);
    return { w: [...arrays.w], state: [...arrays.state0] };
  };

  test("Bop flips a weight that has its gradient's sign, where the mean is above the threshold", () => {
    const { w, state } = step(
      methods.bop,
      [0.5, -0.5, 0.5, -0.5, 0.5, 0.25],
      [1, 1, -1, -1, 0.5, 0],
      [0, 0, 0, 0, 0, 1],
      [0.25, 0.75, 0.125],
    );
    expect(w).toEqual([-0.5, -0.5, 0.5, 0.5, 0.5, -0.25]);
    expect(state).toEqual([0.25, 0.25, -0.25, -0.25, 0.125, 0.75]);
  });

  test.each(Object.entries({ sgd: [0.5, 0], adadelta: [1, 0.5, 0.5, 0.25], adam: [0.5, 0.5, 0.5, 0.5, 0.5, 1, 0.25] }))(
    "%s decays weights before the step, whatever the gradient",
    (name, coefficients) => {
      const method = methods[name as keyof typeof methods];
      const [w, g] = [
        [0.5, -2, 1, 0],
        [0, 1, -0.5, 2],
      ];
      const plain = step(method, w, g, [0, 0, 0, 0], coefficients);
      const decayed = step(method, w, g, [0, 0, 0, 0], coefficients, 0.75);
      expect(decayed.state).toEqual(plain.state);
      for (const [i, x] of decayed.w.entries()) expectClose(x, plain.w[i]! - 0.25 * w[i]!, 1e-6);
      expect(decayed.w[0]).toBe(0.375);
    },
  );
});

describe("samples of a batch", () => {
  test("an image of three channels moves by whole pixels", () => {
    const [height, width, channels] = [2, 3, 3];
    // Channel k of pixel (r, c) of image i is 100 i + 10 (3 r + c) + k + 1.
    const images = Uint8Array.from(
      { length: 2 * 18 },
      (_, i) => 100 * Math.floor(i / 18) + 10 * (Math.floor(i / 3) % 6) + (i % 3) + 1,
    );
    const out = new Uint8Array(2 * 18).fill(7);
    const [indices, moves] = [Int32Array.of(1, 0), Int32Array.of(1, -1, 0, 0)];
    gatherImages.run({ images, indices, moves, out, batch: 2, count: 2, height, width, channels }, 0, 2);
    const row = [0, 0, 0, 131, 132, 133, 141, 142, 143, ...new Array(9).fill(0)];
    expect([...out]).toEqual([...row, ...images.subarray(0, 18)]);
  });

  test("float32 samples are copied as they are", () => {
    const out = new Float32Array(4);
    const samples = Float32Array.of(1, -0, 3, 4, 5, 6);
    gatherFloat32.run({ samples, indices: Int32Array.of(2, 0), out, batch: 2, count: 3, n: 2 }, 0, 2);
    expect([...out]).toEqual([5, 6, 1, -0]);
  });
});

test("a binary bias adds its sign", () => {
  const m = 9;
  const bias = new Uint8Array(rowBytes(m));
  bias.set([0b10100001, 1]);
  const a = new Int32Array(2 * m).fill(10);
  addBiasInt32.run({ bias, a, batch: 2, m, stride: rowBytes(m) }, 0, m);
  const row = [11, 9, 9, 9, 9, 11, 9, 11, 11];
  expect([...a]).toEqual([...row, ...row]);
});
