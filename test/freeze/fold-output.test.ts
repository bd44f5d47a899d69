import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BitMatrix, bitMatrix } from "../../src/core/bits.ts";
import { normalize, slopeOf } from "../../src/core/normalize.ts";
import { randomWords } from "../../src/core/random.ts";
import { foldOutput } from "../../src/freeze/fold.ts";
import { type NormNumbers, normLine } from "../../src/layers/batch-norm.ts";
import type { Line } from "../../src/layers/freezer.ts";
import { checkModel } from "../../src/model/check.ts";
import { type FrozenOutput, type Operand, operandRange } from "../../src/model/model.ts";
import { randomBits } from "../model/random-model.ts";

/** An output layer, folded with batch norm at its end. */
const fold = (signs: BitMatrix, operand: Operand, norm: NormNumbers) =>
  foldOutput({ signs, operand, lines: [normLine(norm)], name: "output" });

const scale: Line = { apply: (x) => x / 4, slope: () => 0.25, centre: () => 0, shift: () => 0, common: "positive" };

function randomHead(classes: number, n: number, next: () => number): NormNumbers {
  const column = (low: number, high: number) =>
    Float32Array.from({ length: classes }, () => low + (next() / 2 ** 32) * (high - low));
  return {
    mean: column(-0.1 * n, 0.1 * n),
    variance: column(0.5 * n, 2 * n),
    gamma: column(-0.5, 2),
    beta: column(-1, 1),
    epsilon: 1e-5,
  };
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) if (values[j]! > values[best]!) best = j;
  return best;
}

/** As a model without hidden layers. */
function check(output: FrozenOutput): void {
  checkModel({
    encoder: output.operand === "sum" ? { kind: "pixels" } : { kind: "threshold", threshold: 0 },
    shape: [output.weights.columns],
    layers: [output],
  });
}

test("one common scale leaves the agreements, with weights that are copied", () => {
  const signs = randomBits(3, 65, randomWords(1, "head"));
  const output = foldOutput({ signs, operand: "agreements", lines: [scale], name: "output" });
  expect(output).toEqual({
    kind: "output",
    operand: "agreements",
    weights: signs,
    scale: Int32Array.of(1, 1, 1),
    offset: new Int32Array(3),
  });
  expect(output.weights.bytes).not.toBe(signs.bytes);
});

test("biases of ±1 beside a common scale are whole scores", () => {
  const bias: Line = {
    ...scale,
    apply: (x, j) => x + [1, -1, 1][j]!,
    slope: () => 1,
    shift: (j) => [1, -1, 1][j]!,
    common: "integer",
  };
  const folded = (operand: Operand) =>
    foldOutput({ signs: randomBits(3, 65, randomWords(1, "bias")), operand, lines: [bias, scale], name: "output" });
  // 2p − n + bias, without −n: the order of a + bias.
  expect([...folded("agreements").scale, ...folded("agreements").offset]).toEqual([2, 2, 2, 1, -1, 1]);
  expect([...folded("sum").scale, ...folded("sum").offset]).toEqual([1, 1, 1, 1, -1, 1]);
});

describe("batch norm", () => {
  test.each<[Operand, number]>([
    ["agreements", 1024],
    ["agreements", 65],
    ["sum", 784],
  ])("on %s of %i inputs gives the argmax of float32 training code", (operand, n) => {
    const next = randomWords(n, "fidelity");
    const { lowest, highest } = operandRange(operand, n);
    let different = 0;
    for (let run = 0; run < 50; run++) {
      const head = randomHead(10, operand === "sum" ? 100 * n : n, next);
      const { scale, offset } = fold(bitMatrix(10, n), operand, head);
      const slopes = head.gamma.map((gamma, j) => slopeOf(gamma, head.variance[j]!, head.epsilon));
      for (let i = 0; i < 400; i++) {
        const t = Array.from({ length: 10 }, () =>
          Math.round((lowest + highest) / 2 + (highest - lowest) * 0.3 * (next() / 2 ** 32 - 0.5)),
        );
        const y = t.map((value, j) =>
          normalize(operand === "sum" ? value : 2 * value - n, head.mean[j]!, slopes[j]!, head.beta[j]!),
        );
        const trained = argmax(y);
        const frozen = argmax(t.map((value, j) => scale[j]! * value + offset[j]!));
        if (frozen !== trained) different++;
      }
    }
    expect(different).toBe(0); // of 20,000
  });

  test.each<[Operand, number]>([
    ["agreements", 1],
    ["agreements", 64],
    ["agreements", 129],
    ["sum", 3],
    ["sum", 50],
  ])("on %s of %i inputs rounds within the derived bound", (operand, n) => {
    const next = randomWords(n, "bound");
    const head = randomHead(10, operand === "sum" ? 100 * n : n, next);
    const { scale, offset } = fold(bitMatrix(10, n), operand, head);
    const { lowest, highest } = operandRange(operand, n);
    const y = (j: number, t: number) => {
      const slope = slopeOf(head.gamma[j]!, head.variance[j]!, head.epsilon);
      return slope * ((operand === "sum" ? t : 2 * t - n) - head.mean[j]!) + head.beta[j]!;
    };
    const classes = Array.from({ length: 10 }, (_, j) => j);
    const alphas = classes.map((j) => y(j, 1) - y(j, 0));
    const largest = Math.max(
      ...classes.flatMap((j) => [alphas[j]!, y(j, 0), y(j, lowest), y(j, highest)].map(Math.abs)),
    );
    const common = (2 ** 31 - 2 - Math.max(-lowest, highest) / 2) / largest;
    const centre = (lowest + highest) / 2;
    for (const j of classes) {
      for (let t = lowest; t <= highest; t++) {
        const error = Math.abs(scale[j]! * t + offset[j]! - common * y(j, t));
        expect(error).toBeLessThanOrEqual(Math.abs(t - centre) / 2 + 0.5 + 1e-3);
      }
    }
  });

  test("keeps every score within int32, whatever the finite parameters", () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true });
    const positive = fc.float({ noNaN: true, noDefaultInfinity: true, min: 0 });
    const triple = <T>(item: fc.Arbitrary<T>) => fc.tuple(item, item, item);
    const heads = fc.record({
      mean: triple(number),
      variance: triple(positive),
      gamma: triple(number),
      beta: triple(number),
    });
    const operands = fc.constantFrom<Operand>("agreements", "sum");
    fc.assert(
      fc.property(heads, operands, fc.integer({ min: 1, max: 65_793 }), (columns, operand, n) => {
        const slopes = columns.gamma.map((gamma, j) => slopeOf(gamma, columns.variance[j]!, 1e-5));
        fc.pre(slopes.every(Number.isFinite));
        const [mean, variance, gamma, beta] = [columns.mean, columns.variance, columns.gamma, columns.beta].map(
          (column) => Float32Array.from(column),
        ) as [Float32Array, Float32Array, Float32Array, Float32Array];
        const head: NormNumbers = { mean, variance, gamma, beta, epsilon: 1e-5 };
        check(fold(bitMatrix(3, n), operand, head));
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test("with slopes of 0 ranks by beta, and by index if that is 0 too", () => {
    const zero = new Float32Array(3);
    const head = (beta: Float32Array): NormNumbers => ({
      mean: zero,
      variance: zero,
      gamma: zero,
      beta,
      epsilon: 1e-5,
    });
    const ranked = fold(bitMatrix(3, 8), "agreements", head(Float32Array.of(-1, 0.5, 0.25)));
    expect([...ranked.scale]).toEqual([0, 0, 0]);
    expect(argmax(ranked.offset)).toBe(1);
    const flat = fold(bitMatrix(3, 8), "agreements", head(zero));
    expect([...flat.scale, ...flat.offset]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("with a falling class keeps its row and takes A < 0", () => {
    const norm = { mean: new Float32Array(2), variance: Float32Array.of(1, 1), beta: new Float32Array(2), epsilon: 0 };
    const signs = randomBits(2, 9, randomWords(1, "falling"));
    const output = fold(signs, "agreements", { gamma: Float32Array.of(1, -1), ...norm });
    expect(output.weights).toEqual(signs);
    expect(output.scale[1]).toBe(-output.scale[0]!);
    expect(output.scale[1]).toBeLessThan(0);
  });

  test("refuses numbers that are not finite", () => {
    const head = randomHead(3, 8, randomWords(1, "nan"));
    head.beta[2] = Number.NaN;
    expect(() => fold(bitMatrix(3, 8), "agreements", head)).toThrow(
      expect.objectContaining({
        code: "freeze",
        message: expect.stringContaining("output, neuron 2: the batch norm's beta is NaN"),
      }),
    );
  });
});
