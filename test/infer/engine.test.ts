/** The WebAssembly engine gives the scores of run.ts, bit for bit. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { bitMatrix, setBit } from "../../src/core/bits.ts";
import { createEngine, type Engine } from "../../src/infer/engine.ts";
import { plainScores } from "../../src/infer/plain.ts";
import { loadModel, open } from "../../src/infer.ts";
import { encodeModel } from "../../src/model/file.ts";
import { type FrozenModel, inputsOf } from "../../src/model/model.ts";
import { randomImages, randomModel, stacked } from "../model/random-model.ts";

const WIDTHS = [1, 2, 3, 47, 48, 49, 127, 128, 129, 500, 512, 513, 784, 1024, 1025, 2047, 2048];

/** The engine of a host that has one. */
function engineOf(model: FrozenModel): Engine {
  const engine = createEngine(model);
  if ("why" in engine) throw new Error(engine.why);
  return engine;
}

function compare(model: FrozenModel, count: number): void {
  const n = inputsOf(model);
  const images = randomImages(count, n, n);
  images.fill(0, 0, n);
  if (count > 1) images.fill(255, n, 2 * n);
  expect(engineOf(model).scores(images, count)).toEqual(plainScores(model, images, count));
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
      const model = stacked(
        { kind: "threshold", threshold: 127 },
        [{ operand: "agreements", weights: identity, thresholds: Int32Array.from({ length: n + 2 }, (_, j) => j) }],
        {
          operand: "agreements",
          weights: output,
          scale: new Int32Array(n + 2).fill(1),
          offset: new Int32Array(n + 2),
        },
      );
      const images = new Uint8Array((n + 1) * n);
      for (let k = 0; k <= n; k++) images.fill(255, k * n, k * n + k);
      expect(engineOf(model).scores(images, n + 1)).toEqual(plainScores(model, images, n + 1));
    }
  });

  test("twice, after other images", () => {
    const model = randomModel([65, 130, 10], "threshold", 1);
    const engine = engineOf(model);
    const [a, b] = [randomImages(40, 65, 1), randomImages(40, 65, 2)];
    const first = engine.scores(a, 40);
    engine.scores(b, 40);
    expect(engine.scores(a, 40)).toEqual(first);
  });
});

test("bits that are packed already give the scores of the pixels", () => {
  const model = randomModel([100, 70, 10], "threshold", 2);
  const { encoder } = model;
  const images = randomImages(50, 100, 3);
  const bits = bitMatrix(50, 100);
  for (const [k, pixel] of images.entries()) {
    setBit(bits, Math.floor(k / 100), k % 100, encoder.kind === "threshold" && pixel > encoder.threshold ? 1 : 0);
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
  const model = loaded.model.layers.reduce((sum, { weights }) => sum + weights.bytes.length, 0);
  expect(loaded.engineBytes + model).toBeLessThan(2_000_000);
  const { infer } = await import("../../src/infer/generated/wasm.ts");
  expect(atob(infer).length).toBeLessThanOrEqual(4096);
});

describe("a host without the engine", () => {
  afterEach(() => vi.unstubAllGlobals());
  const { CompileError, Memory, Module, Instance } = WebAssembly;
  const failing = (error: Error) => ({
    Memory,
    Module: class {
      constructor() {
        throw error;
      }
    },
    compile: () => Promise.reject(error),
  });
  const policy = "the page's Content-Security-Policy forbids WebAssembly; allow 'wasm-unsafe-eval' in its script-src";

  test.each([
    ["this host has no WebAssembly", undefined],
    ["this host has no WebAssembly SIMD", failing(new CompileError("invalid value type"))],
    // As Chromium, Firefox and Safari put it.
    [
      policy,
      failing(
        new CompileError(
          "WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security " +
            "policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
        ),
      ),
    ],
    [policy, failing(new CompileError("call to WebAssembly.Module() blocked by CSP"))],
    [policy, failing(new CompileError("Refused to create a WebAssembly object because 'unsafe-eval' is not allowed"))],
    [
      "WebAssembly cannot have 65536 bytes of memory here",
      {
        Module,
        Instance,
        compile: WebAssembly.compile,
        Memory: class {
          constructor() {
            throw new RangeError("could not allocate memory");
          }
        },
      },
    ],
  ])("%s: the plain engine, with equal results", async (note, replacement) => {
    const bytes = encodeModel(randomModel([65, 33, 10], "threshold", 4));
    const images = randomImages(9, 65, 4);
    const expected = loadModel(bytes, { engine: "wasm" });
    vi.stubGlobal("WebAssembly", replacement);
    const loaded = loadModel(bytes);
    expect(loaded).toMatchObject({ engine: "plain", engineNote: note, engineBytes: 0 });
    expect(await open(bytes)).toMatchObject({ engine: "plain", engineNote: note });
    expect(loaded.classify(images)).toEqual(expected.classify(images));
    const refused = { code: "host", message: note };
    expect(() => loadModel(bytes, { engine: "wasm" })).toThrow(expect.objectContaining(refused));
    await expect(open(bytes, { engine: "wasm" })).rejects.toMatchObject(refused);
  });
});
