import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BitMatrix, bitMatrix, dirtyPadding, getBit, setBit } from "../../src/core/bits.ts";
import { normalize, slopeOf } from "../../src/core/normalize.ts";
import { below, randomWords } from "../../src/core/random.ts";
import { foldHidden } from "../../src/freeze/fold.ts";
import { type NormNumbers, normLine } from "../../src/layers/batch-norm.ts";
import type { Line } from "../../src/layers/freezer.ts";
import { MAX_WIDTH, type Operand, operandRange } from "../../src/model/model.ts";
import { randomBits } from "../model/random-model.ts";

interface Neuron {
  readonly mean: number;
  readonly variance: number;
  readonly gamma: number;
  readonly beta: number;
}

const EPSILON = 1e-5;

function batchNorm(neurons: readonly Neuron[], epsilon = EPSILON): NormNumbers {
  const column = (key: keyof Neuron) => Float32Array.from(neurons, (neuron) => neuron[key]);
  return {
    mean: column("mean"),
    variance: column("variance"),
    gamma: column("gamma"),
    beta: column("beta"),
    epsilon,
  };
}

/** A hidden layer, folded with batch norm or with nothing behind its sums. */
const fold = (signs: BitMatrix, operand: Operand, norm: NormNumbers | undefined, name: string) =>
  foldHidden({ signs, operand, lines: norm ? [normLine(norm)] : [], name }, false);

/** Whether the neuron fires on operand t of the trained, not inverted row: batch norm, evaluated. */
function fires(neuron: Neuron, operand: Operand, n: number, t: number): boolean {
  const f = Math.fround;
  const slope = slopeOf(f(neuron.gamma), f(neuron.variance), EPSILON);
  return normalize(operand === "sum" ? t : 2 * t - n, f(neuron.mean), slope, f(neuron.beta)) >= 0;
}

/** How often the folded neuron differs from batch norm, over every operand; and how often it fires. */
function compare(neuron: Neuron, operand: Operand, n: number): { different: number; firing: number } {
  const row = bitMatrix(1, n);
  const folded = fold(row, operand, batchNorm([neuron]), "hidden[0]");
  const inverted = getBit(folded.weights, 0, 0) === 1;
  const { lowest, highest } = operandRange(operand, n);
  let different = 0;
  let firing = 0;
  for (let t = lowest; t <= highest; t++) {
    const own = inverted ? lowest + highest - t : t; // n − p, −A
    const bit = own >= folded.thresholds[0]!;
    if (bit !== fires(neuron, operand, n, t)) different++;
    if (bit) firing++;
  }
  return { different, firing };
}

function randomNeuron(next: () => number, n: number): Neuron {
  const uniform = (low: number, high: number) => low + (next() / 2 ** 32) * (high - low);
  return {
    mean: uniform(-0.5, 0.5) * n,
    variance: uniform(0, 2) * n,
    gamma: uniform(-2, 2),
    beta: uniform(-2, 2),
  };
}

describe("foldHidden is batch norm, evaluated at every operand", () => {
  test.each([1, 2, 63, 64, 65, 127, 128, 129, 500, 784, 1000, 1024])("agreements of %i inputs", (n) => {
    const next = randomWords(n, "fold");
    let firing = 0;
    for (let run = 0; run < 300; run++) {
      const result = compare(randomNeuron(next, n), "agreements", n);
      expect(result.different).toBe(0);
      firing += result.firing;
    }
    expect(firing / (300 * (n + 1))).toBeGreaterThan(0.2);
    expect(firing / (300 * (n + 1))).toBeLessThan(0.8);
  });

  test.each([1, 2, 9, 64])("sums of %i pixels", (n) => {
    const next = randomWords(n, "fold sum");
    for (let run = 0; run < 100; run++) {
      const neuron = randomNeuron(next, 100 * n);
      expect(compare(neuron, "sum", n).different).toBe(0);
    }
  });

  test("whatever the finite float32 parameters: subnormal, huge, overflowing, underflowing", () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true });
    const positive = fc.float({ noNaN: true, noDefaultInfinity: true, min: 0 });
    const neuron = fc.record({ mean: number, variance: positive, gamma: number, beta: number });
    const operand = fc.constantFrom<Operand>("agreements", "sum");
    fc.assert(
      fc.property(neuron, operand, fc.integer({ min: 1, max: 40 }), (parameters, kind, n) => {
        fc.pre(Number.isFinite(slopeOf(parameters.gamma, parameters.variance, EPSILON)));
        return compare(parameters, kind, n).different === 0;
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  test("where a − mean, y or both are exactly zero", () => {
    for (const n of [4, 5, 64]) {
      for (let mean = -n; mean <= n; mean++) {
        for (const gamma of [1, -1, 0, -0]) {
          for (const beta of [0, -0, 1e-45, -1e-45]) {
            expect(compare({ mean, variance: 1, gamma, beta }, "agreements", n).different).toBe(0);
          }
        }
      }
    }
  });
});

describe("the threshold", () => {
  const n = 10;
  const threshold = (neuron: Partial<Neuron>, operand: Operand = "agreements") => {
    const norm = batchNorm([{ mean: 0, variance: 1, gamma: 1, beta: 0, ...neuron }]);
    return fold(bitMatrix(1, n), operand, norm, "hidden[0]").thresholds[0];
  };

  test.each<[string, Partial<Neuron>, number]>([
    ["a tie fires, γ > 0: y(p = 5) = 0", {}, 5],
    ["a tie fires, γ < 0: y(p' = 5) = 0", { gamma: -1 }, 5],
    ["a tie fires at mean 2: a = 2 is p = 6", { mean: 2 }, 6],
    ["just above a tie does not", { mean: 2.001 }, 7],
    ["on the inverted row a = 2 is p' = 4", { gamma: -1, mean: 2 }, 4],
    ["always", { beta: 100 }, 0],
    ["never", { beta: -100 }, n + 1],
    ["always, γ < 0", { gamma: -1, beta: 100 }, 0],
    ["never, γ < 0", { gamma: -1, beta: -100 }, n + 1],
    ["γ = 0, β > 0: always", { gamma: 0, beta: 1 }, 0],
    ["γ = 0, β = 0: always", { gamma: 0, beta: 0 }, 0],
    ["γ = 0, β = −0: always", { gamma: 0, beta: -0 }, 0],
    ["γ = 0, β < 0: never", { gamma: 0, beta: -1 }, n + 1],
    ["γ = −0, β > 0: always", { gamma: -0, beta: 1 }, 0],
    ["γ = −0, β < 0: never", { gamma: -0, beta: -1 }, n + 1],
    ["the slope underflows, β < 0: never", { gamma: 1e-40, variance: 1e30, beta: -1e-30 }, n + 1],
    ["the slope underflows below 0, β = 0: always", { gamma: -1e-40, variance: 1e30 }, 0],
  ])("%s", (_, neuron, expected) => {
    expect(threshold(neuron)).toBe(expected);
  });

  test.each<[string, Partial<Neuron>, number]>([
    ["a tie", { mean: 7 }, 7],
    ["γ < 0", { mean: 7, gamma: -1 }, -7],
    ["always", { beta: 1e6 }, -2550],
    ["never", { beta: -1e6 }, 2551],
    ["γ = 0, β < 0", { gamma: 0, beta: -1 }, 2551],
  ])("on sums: %s", (_, neuron, expected) => {
    expect(threshold(neuron, "sum")).toBe(expected);
  });

  test("without batch norm is ceil(n/2), and 0 on sums", () => {
    for (const width of [1, 2, 63, 64, 65, 784]) {
      const signs = bitMatrix(2, width);
      expect(fold(signs, "agreements", undefined, "x").thresholds[1]).toBe(Math.ceil(width / 2));
      expect(fold(signs, "sum", undefined, "x").thresholds[1]).toBe(0);
    }
  });

  test("is the closed form, away from ties", () => {
    const next = randomWords(1, "closed form");
    let compared = 0;
    for (let run = 0; run < 5000; run++) {
      const width = 1 + below(next(), 1024);
      const { mean, variance, gamma, beta } = randomNeuron(next, width);
      const [folded] = fold(
        bitMatrix(1, width),
        "agreements",
        batchNorm([{ mean, variance, gamma, beta }]),
        "x",
      ).thresholds;
      const tau = mean - (beta * Math.sqrt(variance + EPSILON)) / gamma;
      const exact = (width + Math.sign(gamma) * tau) / 2;
      if (Math.abs(exact - Math.round(exact)) < 1e-3) continue;
      compared++;
      expect(folded).toBe(Math.min(width + 1, Math.max(0, Math.ceil(exact))));
    }
    expect(compared).toBeGreaterThan(4900);
  });
});

describe("the weight rows", () => {
  test("are inverted where γ < 0, their padding stays 0, the latent signs stay as they are", () => {
    for (const n of [1, 7, 8, 9, 63, 64, 65, 127, 128, 129]) {
      const signs = randomBits(3, n, randomWords(n, "rows"));
      const before = structuredClone(signs);
      const norm = batchNorm([1, -1, 0].map((gamma) => ({ mean: 0, variance: 1, gamma, beta: 0 })));
      const { weights } = fold(signs, "agreements", norm, "hidden[0]");
      for (let k = 0; k < n; k++) {
        expect([0, 1, 2].map((j) => getBit(weights, j, k))).toEqual([
          getBit(signs, 0, k),
          1 - getBit(signs, 1, k),
          getBit(signs, 2, k),
        ]);
      }
      expect(dirtyPadding(weights)).toBeUndefined();
      expect(signs).toEqual(before);
    }
  });

  test("and thresholds give batch norm's sign of real inputs, bit for bit", () => {
    const n = 129;
    const next = randomWords(3, "whole layer");
    const neurons = Array.from({ length: 40 }, () => ({
      ...randomNeuron(next, n),
      mean: below(next(), 9) - 4,
      beta: 0,
    }));
    const signs = randomBits(40, n, next);
    const folded = fold(signs, "agreements", batchNorm(neurons), "hidden[0]");
    const inputs = randomBits(100, n, next);
    let ties = 0;
    for (let i = 0; i < 100; i++) {
      for (const [j, neuron] of neurons.entries()) {
        const p = agreements(inputs, i, signs, j);
        if (2 * p - n === neuron.mean) ties++;
        expect(agreements(inputs, i, folded.weights, j) >= folded.thresholds[j]!).toBe(
          fires(neuron, "agreements", n, p),
        );
      }
    }
    expect(ties).toBeGreaterThan(20);
  });
});

function agreements(x: BitMatrix, i: number, w: BitMatrix, j: number): number {
  let equal = 0;
  for (let k = 0; k < x.columns; k++) if (getBit(x, i, k) === getBit(w, j, k)) equal++;
  return equal;
}

describe("freezing refuses", () => {
  const two = (neuron: Partial<Neuron>) =>
    batchNorm([
      { mean: 0, variance: 1, gamma: 1, beta: 0 },
      { mean: 0, variance: 1, gamma: 1, beta: 0, ...neuron },
    ]);

  test.each<[string, Partial<Neuron>]>([
    ["mean is NaN", { mean: Number.NaN }],
    ["variance is NaN", { variance: Number.NaN }],
    ["variance is Infinity", { variance: Number.POSITIVE_INFINITY }],
    ["gamma is NaN", { gamma: Number.NaN }],
    ["beta is -Infinity", { beta: Number.NEGATIVE_INFINITY }],
    ["slope is NaN", { variance: -1 }],
    ["slope is -Infinity", { gamma: -3e38, variance: 0 }],
  ])("a batch norm whose %s", (what, neuron) => {
    expect(() => fold(bitMatrix(2, 3), "agreements", two(neuron), "hidden[1]")).toThrow(
      expect.objectContaining({
        code: "freeze",
        message: expect.stringContaining(`hidden[1], neuron 1: the batch norm's ${what}`),
      }),
    );
  });

  test("a layer wider than sums stay exact, and takes the widest", () => {
    expect(() => fold(bitMatrix(1, MAX_WIDTH + 1), "sum", undefined, "hidden[0]")).toThrow(
      expect.objectContaining({ code: "freeze", message: expect.stringContaining("hidden[0] has 65794 inputs") }),
    );
    const widest = bitMatrix(1, MAX_WIDTH);
    setBit(widest, 0, 0, 1);
    const norm = batchNorm([{ mean: 2 ** 24 - 1, variance: 1, gamma: 1, beta: 0 }]);
    expect([...fold(widest, "sum", norm, "x").thresholds]).toEqual([2 ** 24 - 1]);
  });
});

describe("lines one after the other", () => {
  const f = Math.fround;
  const scale = (factor: number): Line => ({
    apply: (x) => f(f(factor) * x),
    slope: () => factor,
    centre: () => 0,
    shift: () => 0,
    common: "positive",
  });
  const offset = (values: readonly number[]): Line => ({
    apply: (x, j) => f(x + f(values[j]!)),
    slope: () => 1,
    centre: () => 0,
    shift: (j) => values[j]!,
  });

  test.each([false, true])("are evaluated at every operand, strict %s", (strict) => {
    const n = 40;
    const factor = f(1 / Math.sqrt(n));
    // Some offsets make y exactly 0 at an operand, where strict counts.
    const offsets = Array.from({ length: n + 1 }, (_, p) => -f(factor * (2 * p - n))).concat([0.01, -0.3, 9, -9]);
    const lines = [scale(1 / Math.sqrt(n)), offset(offsets)];
    const { thresholds } = foldHidden(
      { signs: bitMatrix(offsets.length, n), operand: "agreements", lines, name: "x" },
      strict,
    );
    for (const [j, own] of offsets.entries()) {
      for (let p = 0; p <= n; p++) {
        const y = f(f(factor * (2 * p - n)) + f(own));
        expect(p >= thresholds[j]!).toBe(strict ? y > 0 : y >= 0);
      }
    }
  });

  test("invert a row once for each falling line", () => {
    const falling = { ...offset([0]), apply: (x: number) => f(-x), slope: () => -1 };
    const bit = (lines: readonly Line[]) =>
      getBit(foldHidden({ signs: bitMatrix(1, 5), operand: "agreements", lines, name: "x" }, false).weights, 0, 0);
    expect([bit([falling]), bit([falling, falling]), bit([offset([1]), falling])]).toEqual([1, 0, 1]);
  });
});
