import { describe, expect, test } from "vitest";
import { type BitMatrix, bitMatrix, dirtyPadding, getBit, setBit, unpackSigns } from "../../src/core/bits.ts";
import { plainClassify, plainLayers, plainScores } from "../../src/infer/plain.ts";
import { type FrozenModel, hiddenOf, outputOf } from "../../src/model/model.ts";
import { randomImages, randomModel, stacked, withHidden } from "../model/random-model.ts";

/** The convention, word for word, on numbers ±1 and pixels: no packing, no popcount. */
function plain(model: FrozenModel, image: Uint8Array): { hidden: number[][]; scores: number[] } {
  const { encoder } = model;
  let x = encoder.kind === "pixels" ? [...image] : Array.from(image, (pixel) => (pixel > encoder.threshold ? 1 : -1));
  let onPixels = encoder.kind === "pixels";
  const operands = ({ weights }: { weights: BitMatrix }) => {
    const w = unpackSigns(weights);
    const n = weights.columns;
    return Array.from({ length: weights.rows }, (_, j) => {
      const a = x.reduce((sum, value, k) => sum + value * w[j * n + k]!, 0);
      return onPixels ? a : (a + n) / 2;
    });
  };
  const hidden: number[][] = [];
  for (const layer of hiddenOf(model)) {
    const bits = operands(layer).map((t, j) => (t >= layer.thresholds[j]! ? 1 : 0));
    hidden.push(bits);
    x = bits.map((bit) => 2 * bit - 1);
    onPixels = false;
  }
  const { scale, offset } = outputOf(model);
  return { hidden, scores: operands(outputOf(model)).map((t, j) => scale[j]! * t + offset[j]!) };
}

function row(m: BitMatrix, i: number): number[] {
  return Array.from({ length: m.columns }, (_, k) => getBit(m, i, k));
}

const WIDTHS = [1, 63, 64, 65, 127, 128, 129, 784, 1000];

describe("bit-packed inference is the convention, word for word", () => {
  const cases = (["threshold", "pixels"] as const).flatMap((kind) =>
    WIDTHS.flatMap((n, i) => [
      { kind, sizes: [n, WIDTHS[(i + 3) % WIDTHS.length]!, WIDTHS[(i + 5) % WIDTHS.length]!, 10] },
      { kind, sizes: [n, 3] },
    ]),
  );
  test.each(cases)("$kind $sizes", ({ kind, sizes }) => {
    const n = sizes[0]!;
    const model = randomModel(sizes, kind, n);
    const count = 5;
    const images = randomImages(count, n, n);
    images.fill(0, 0, n);
    images.fill(255, n, 2 * n);
    const expected = Array.from({ length: count }, (_, i) => plain(model, images.subarray(i * n, (i + 1) * n)));
    expect([...plainScores(model, images, count)]).toEqual(expected.flatMap((one) => one.scores));
    expect([...plainClassify(model, images, count)]).toEqual(
      expected.map((one) => one.scores.indexOf(Math.max(...one.scores))),
    );
    const hidden = plainLayers(model, images, count);
    expect(hidden.length).toBe(hiddenOf(model).length);
    for (const [l, bits] of hidden.entries()) {
      expect(dirtyPadding(bits)).toBeUndefined();
      for (const [i, one] of expected.entries()) expect(row(bits, i)).toEqual(one.hidden[l]);
    }
  });
});

describe("bit order", () => {
  test.each([1, 8, 9, 64, 65, 129, 784])("pixel k reaches element k, of %i", (n) => {
    const identity = bitMatrix(n, n); // row j is +1 at j alone
    for (let j = 0; j < n; j++) setBit(identity, j, j, 1);
    const ones = { weights: bitMatrix(1, n), operand: "agreements" as const };
    const model = stacked(
      { kind: "threshold", threshold: 127 },
      [{ operand: "agreements", weights: identity, thresholds: new Int32Array(n).fill(n) }],
      { ...ones, scale: Int32Array.of(1), offset: Int32Array.of(0) },
    );
    const images = new Uint8Array(n * n).fill(127); // image k: pixel k alone is above the threshold
    for (let k = 0; k < n; k++) images[k * n + k] = 128;
    const [bits] = plainLayers(model, images, n);
    expect(bits).toEqual(identity);
    for (let k = 0; k < n; k++) expect(bits!.bytes[k * bits!.stride + (k >> 3)]).toBe(1 << (k & 7));
  });

  test("weights of one pixel take its value, signed", () => {
    const n = 130;
    const weights = bitMatrix(2, n);
    setBit(weights, 1, 129, 1);
    const output = { operand: "sum", weights, scale: Int32Array.of(1, 1), offset: new Int32Array(2) } as const;
    const model = stacked({ kind: "pixels" }, [], output);
    for (let q = 0; q < 256; q++) {
      const image = new Uint8Array(n);
      image[129] = q;
      expect([...plainScores(model, image, 1)]).toEqual([0 - q, q]);
    }
  });
});

test("of equal scores the lowest index wins", () => {
  const weights = bitMatrix(4, 5);
  const tied = (offset: Int32Array) =>
    stacked({ kind: "threshold", threshold: 0 }, [], {
      operand: "agreements",
      weights,
      scale: Int32Array.of(1, 1, 1, 1),
      offset,
    });
  const image = new Uint8Array(5);
  expect([...plainClassify(tied(Int32Array.of(0, 0, 0, 0)), image, 1)]).toEqual([0]);
  expect([...plainClassify(tied(Int32Array.of(-1, 3, 2, 3)), image, 1)]).toEqual([1]);
  expect([...plainClassify(tied(Int32Array.of(-5, -6, -4, -9)), image, 1)]).toEqual([2]);
});

test("scores reach both ends of int32", () => {
  const output = { operand: "agreements" as const, weights: bitMatrix(2, 1024) };
  const model = stacked({ kind: "threshold", threshold: 0 }, [], {
    ...output,
    scale: Int32Array.of(2 ** 21, -(2 ** 21)),
    offset: Int32Array.of(-1, 0),
  });
  expect([...plainScores(model, new Uint8Array(1024), 1)]).toEqual([2 ** 31 - 1, -(2 ** 31)]);
  expect([...plainScores(model, new Uint8Array(1024).fill(1), 1)]).toEqual([-1, 0]); // no agreements: all 1024 bits differ
});

test("weights that do not start at a multiple of 4 bytes, as in a file", () => {
  const model = randomModel([129, 65, 10], "threshold", 1);
  const { weights } = hiddenOf(model)[0]!;
  const buffer = new Uint8Array(weights.bytes.length + 3);
  buffer.set(weights.bytes, 3);
  const moved = { ...weights, bytes: buffer.subarray(3) };
  const other = withHidden(model, 0, { weights: moved });
  const images = randomImages(7, 129, 1);
  expect(plainScores(other, images, 7)).toEqual(plainScores(model, images, 7));
});

test.each<[string, Uint8Array, number]>([
  ["there are no images", new Uint8Array(0), 0],
  ["18 bytes are not 3 images of 9 pixels", new Uint8Array(18), 3],
  ["19 bytes are not a whole number of images of 9 pixels", new Uint8Array(19), 19 / 9],
  ["images are a Uint8Array", [0, 0] as unknown as Uint8Array, 1],
  ["images are a Uint8Array", new Float32Array(9) as unknown as Uint8Array, 1],
])("refuses: %s", (message, images, count) => {
  expect(() => plainClassify(randomModel([9, 3], "threshold", 1), images, count)).toThrow(message);
});
