/** The WebAssembly engine gives the scores of run.ts, bit for bit. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { bitMatrix, setBit } from "../../src/core/bits.ts";
import { createEngine } from "../../src/infer/engine.ts";
import { plainScores } from "../../src/infer/plain.ts";
import { loadModel } from "../../src/infer.ts";
import { encodeModel } from "../../src/model/file.ts";
import type { FrozenModel } from "../../src/model/model.ts";
import { randomImages, randomModel } from "../model/random-model.ts";

const WIDTHS = [1, 2, 3, 47, 48, 49, 127, 128, 129, 500, 512, 513, 784, 1024, 1025, 2047, 2048];

function compare(model: FrozenModel, count: number): void {
  const n = (model.hidden[0] ?? model.output).weights.columns;
  const images = randomImages(count, n, n);
  images.fill(0, 0, n);
  if (count > 1) images.fill(255, n, 2 * n);
  const engine = createEngine(model);
  expect(engine?.scores(images, count)).toEqual(plainScores(model, images, count));
}

describe("the engine agrees with the definition", () => {
  test.each(WIDTHS)("on %i inputs, neurons and more", (n) => {
    for (const kind of ["threshold", "pixels"] as const) {
      compare(randomModel([n, 10], kind, n), 3);
      compare(randomModel([n, WIDTHS[(n + 5) % WIDTHS.length]!, WIDTHS[(n + 11) % WIDTHS.length]!, 3], kind, n), 3);
      compare(randomModel([17, n, 5], kind, n), 3);
    }
  });

  test.each([1, 2, 31, 32, 33, 100])("on %i images", (count) => {
    compare(randomModel([784, 500, 1024, 1024, 10], "threshold", count), count);
    compare(randomModel([30, 20, 10], "pixels", count), count);
  });

  test("on every threshold of every fan-in up to 100, exactly at and beside it", () => {
    for (let n = 1; n <= 100; n++) {
      const identity = bitMatrix(n + 2, n); // rows of −1: an image of k bits 1 agrees in n − k places
      const output = bitMatrix(n + 2, n + 2);
      for (let j = 0; j < n + 2; j++) setBit(output, j, j, 1);
      const model: FrozenModel = {
        input: { kind: "threshold", threshold: 127 },
        hidden: [
          { operand: "agreements", weights: identity, thresholds: Int32Array.from({ length: n + 2 }, (_, j) => j) },
        ],
        output: {
          operand: "agreements",
          weights: output,
          scale: new Int32Array(n + 2).fill(1),
          offset: new Int32Array(n + 2),
        },
      };
      const images = new Uint8Array((n + 1) * n);
      for (let k = 0; k <= n; k++) images.fill(255, k * n, k * n + k);
      expect(createEngine(model)?.scores(images, n + 1)).toEqual(plainScores(model, images, n + 1));
    }
  });

  test("twice, after other images", () => {
    const model = randomModel([65, 130, 10], "threshold", 1);
    const engine = createEngine(model)!;
    const [a, b] = [randomImages(40, 65, 1), randomImages(40, 65, 2)];
    const first = engine.scores(a, 40);
    engine.scores(b, 40);
    expect(engine.scores(a, 40)).toEqual(first);
  });
});

test("bits that are packed already give the scores of the pixels", () => {
  const model = randomModel([100, 70, 10], "threshold", 2);
  const { input } = model;
  const images = randomImages(50, 100, 3);
  const bits = bitMatrix(50, 100);
  for (const [k, pixel] of images.entries()) {
    setBit(bits, Math.floor(k / 100), k % 100, input.kind === "threshold" && pixel > input.threshold ? 1 : 0);
  }
  const expected = plainScores(model, images, 50);
  expect(plainScores(model, bits, 50)).toEqual(expected);
  for (const engine of ["wasm", "plain"] as const) {
    const loaded = loadModel(encodeModel(model), { engine });
    expect(loaded.engine).toBe(engine);
    expect(loaded.scores(bits)).toEqual(expected);
  }
});

test("the report's network takes less than 2 MB beside the code, and the code less than 4 KiB", async () => {
  const loaded = loadModel(encodeModel(randomModel([784, 500, 1024, 1024, 10], "threshold", 1)));
  const model = [...loaded.model.hidden, loaded.model.output].reduce(
    (sum, { weights }) => sum + weights.bytes.length,
    0,
  );
  expect(loaded.engineBytes + model).toBeLessThan(2_000_000);
  const { infer } = await import("../../src/infer/generated/wasm.ts");
  expect(atob(infer).length).toBeLessThanOrEqual(4096);
});

describe("a host without WebAssembly SIMD", () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    ["no WebAssembly", undefined],
    [
      "a module that does not compile",
      {
        Memory: WebAssembly.Memory,
        Module: class {
          constructor() {
            throw new WebAssembly.CompileError("invalid value type");
          }
        },
      },
    ],
  ])("%s: the plain engine, with equal results", (_, replacement) => {
    const bytes = encodeModel(randomModel([65, 33, 10], "threshold", 4));
    const images = randomImages(9, 65, 4);
    const expected = loadModel(bytes, { engine: "wasm" });
    vi.stubGlobal("WebAssembly", replacement);
    const loaded = loadModel(bytes);
    expect(loaded.engine).toBe("plain");
    expect(loaded.classify(images)).toEqual(expected.classify(images));
    expect(() => loadModel(bytes, { engine: "wasm" })).toThrow(expect.objectContaining({ code: "host" }));
  });
});
