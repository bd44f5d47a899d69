/** Training as a whole: what it may not depend on, that it can be stopped and resumed, and that freezing is exact. */

import { describe, expect, test } from "vitest";
import { expand } from "../../src/config/expand.ts";
import type { Recipe } from "../../src/config/keys.ts";
import { presets } from "../../src/config/presets.ts";
import { getBit } from "../../src/core/bits.ts";
import { sha256Hex } from "../../src/core/hash.ts";
import { NUMERICS } from "../../src/core/numerics.ts";
import type { DataSet, Samples } from "../../src/data/dataset.ts";
import { plainClassify, plainLayers } from "../../src/infer/plain.ts";
import { loadDataSet } from "../../src/node/data-sets.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { type CompileOptions, openCheckpoint } from "../../src/train/compile.ts";
import type { FitOptions } from "../../src/train/fit.ts";
import type { EpochRow } from "../../src/train/metrics.ts";
import type { NetworkTrainer } from "../../src/train/network-trainer.ts";
import { compileRun, fitRun } from "../../src/train/train.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { COMMITTED_MODEL } from "./committed.ts";

const mnist = await loadDataSet("mnist");

function first(samples: Samples, count: number): Samples {
  return {
    ...samples,
    count,
    inputs: samples.inputs.subarray(0, count * 784),
    labels: samples.labels.subarray(0, count),
  };
}

const some = (train: number, test: number): DataSet => ({
  ...mnist,
  train: first(mnist.train, train),
  test: first(mnist.test!, test),
});

/** Odd widths, so that every kernel meets a ragged end. */
const small: Recipe = {
  ...presets.quick,
  layers: [784, 65, 33, 10],
  validation: 100,
  epochs: 2,
  batch: 50,
};

interface RunOptions extends Pick<CompileOptions, "threads" | "kernels" | "weights">, Pick<FitOptions, "signal"> {
  readonly checkpoint?: Uint8Array;
}

/** Trains a recipe to its end, with a checkpoint after each epoch. The trainer's threads are ended. */
async function run(recipe: Recipe, data: DataSet, { checkpoint, signal, ...options }: RunOptions = {}) {
  const config = expand(recipe);
  const trainer = await compileRun(config, data, { threads: 1, ...options });
  const checkpoints: Uint8Array[] = [];
  try {
    if (checkpoint) trainer.restore(checkpoint);
    for await (const _ of fitRun(trainer, config, signal ? { signal } : {})) checkpoints.push(trainer.checkpoint());
    return { trainer, checkpoints };
  } finally {
    await trainer.close();
  }
}

/** All that training changed: the arrays of a checkpoint. (Its rows hold wall times.) */
const trainedBytes = (checkpoint: Uint8Array) =>
  sha256Hex(
    Buffer.concat(
      [...decodeCheckpoint(checkpoint).arrays.values()].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
    ),
  );

const timeless = (rows: readonly EpochRow[]) => rows.map((row) => ({ ...row, seconds: 0 }));

describe("the same seed gives the same bytes", () => {
  const variants: [string, Partial<Recipe>][] = [
    ["threshold, Adam, one scale", {}],
    [
      "probability with repetitions, SGD, batch norm at the head",
      {
        binarize: { kind: "probability", repetitions: 2 },
        optimizer: { name: "sgd", momentum: 0.9 },
        head: "batch-norm",
        learningRate: 0.05,
      },
    ],
    [
      "8-bit pixels, shifts, Adadelta",
      {
        binarize: { kind: "none" },
        shift: 2,
        optimizer: { name: "adadelta", rho: 0.9, epsilon: 1e-6 },
        learningRate: 1,
      },
    ],
    ["equal widths, three shares each", { layers: [784, 192, 192, 10] }],
    ["equal widths of float32 gradients", { layers: [784, 192, 192, 10], gradients: "float32" }],
    ["equal widths, normal layers", { linear: "normal", activation: "relu", layers: [784, 192, 192, 10] }],
    ["gradients of 8 bits", { gradients: "int8", layers: [784, 129, 130, 10] }],
    ["gradients of 4 bits, SGD", { gradients: "int4", optimizer: { name: "sgd", momentum: 0.9 } }],
    ["gradients in float32", { gradients: "float32" }],
    ["scaled sums, squared hinge", { hidden: "scale", loss: "squared-hinge" }],
    ["normal layers, ReLU", { linear: "normal", activation: "relu", head: "batch-norm" }],
    ["normal layers, softmax, no batch norm", { linear: "normal", activation: "softmax", hidden: "none" }],
    ["normal layers on signs", { linear: "normal", activation: "sign" }],
    [
      "an offset behind the scale, identity surrogate, weight decay",
      { hidden: "scale", offset: true, surrogate: "identity", weightDecay: 0.1 },
    ],
    [
      "binary biases, sign(0) = −1, tanh surrogate, smoothing",
      { bias: "binary", zero: -1, surrogate: "tanh", smoothing: 0.1 },
    ],
    [
      "Bop, approx-sign",
      { optimizer: { name: "bop", gamma: 1e-3, threshold: 1e-6 }, clip: false, surrogate: "approx-sign" },
    ],
    ["raw sums at the head, swish-sign", { head: "none", surrogate: "swish-sign", learningRate: 1e-4 }],
  ];
  // The reference's threads take turns in the order that shows a missing barrier (machine.ts).
  test.each(variants)("%s: reference, one thread and three threads", async (_, changes) => {
    const config = { ...small, ...changes, epochs: 1 };
    const data = some(300, 10);
    const expected = await run(config, data, { kernels: "reference" });
    for (const options of [{ threads: 1 }, { threads: 3 }, { kernels: "reference", threads: 3 }] as const) {
      const { checkpoints, trainer } = await run(config, data, options);
      expect(trainedBytes(checkpoints[0]!)).toBe(trainedBytes(expected.checkpoints[0]!));
      expect(timeless(trainer.rows)).toEqual(timeless(expected.trainer.rows));
    }
  });

  test("the default network after one epoch on 6,000 images has the committed hash, with one and two threads", async () => {
    const config = { ...presets.quick, epochs: 1, validation: 1000 };
    for (const threads of [1, 2]) {
      const { trainer } = await run(config, some(7000, 10), { threads });
      // Other bytes are another version of the numerics: results that were kept under the old one are not theirs.
      expect({ numerics: NUMERICS, model: trainer.freeze().hash }).toEqual({
        numerics: 2,
        model: COMMITTED_MODEL,
      });
    }
  });
});

test("each step of each epoch rounds gradients anew", async () => {
  const trainer = (await compileRun(expand(small), some(400, 10), { threads: 1 })) as NetworkTrainer;
  const draws: number[] = [];
  const step = trainer.runStep.bind(trainer);
  trainer.runStep = (scheduled) => {
    step(scheduled);
    draws.push(trainer.mailbox.rounding[2]!);
  };
  await trainer.fit({ epochs: 2 });
  expect(draws).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  await trainer.close();
});

test("a run resumed from its first checkpoint ends in the same bytes", async () => {
  const data = some(1100, 10);
  const whole = await run(small, data);
  const resumed = await run(small, data, { checkpoint: whole.checkpoints[0]! });
  expect(resumed.checkpoints.length).toBe(1);
  expect(trainedBytes(resumed.checkpoints[0]!)).toBe(trainedBytes(whole.checkpoints[1]!));
  expect(trainedBytes(whole.checkpoints[0]!)).not.toBe(trainedBytes(whole.checkpoints[1]!));
});

test("a checkpoint is refused when the samples have changed", async () => {
  const data = some(400, 10);
  const { checkpoints } = await run({ ...small, epochs: 1 }, data);
  const options = { checkpoint: checkpoints[0]! };
  expect((await run({ ...small, epochs: 1 }, data, options)).trainer.rows.length).toBe(1);
  const inputs = (data.train.inputs as Uint8Array).with(5, 255);
  const changed = { ...data, train: { ...data.train, inputs } };
  await expect(run({ ...small, epochs: 1 }, changed, options)).rejects.toThrow("other samples");
});

test("a checkpoint of another plan, truncated or altered is refused", async () => {
  const data = some(400, 10);
  const { checkpoints } = await run({ ...small, epochs: 1 }, data);
  const bytes = checkpoints[0]!;
  await expect(run({ ...small, seed: 2 }, data, { checkpoint: bytes })).rejects.toThrow("another seed");
  await expect(run({ ...small, learningRate: 0.1 }, data, { checkpoint: bytes })).rejects.toMatchObject({
    message: "the checkpoint was trained with another optimizer",
    hint: expect.stringContaining("weights"),
  });
  expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 5))).toThrow("truncated or altered");
  expect(() => decodeCheckpoint(bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1))).toThrow(
    "truncated or altered",
  );
  expect(() => decodeCheckpoint(bytes.subarray(0, 20))).toThrow("truncated or altered");
  expect(() => decodeCheckpoint(new Uint8Array())).toThrow("is not a checkpoint");
});

test("a signal undoes the epoch under way, and the target accuracy stops a run", async () => {
  const data = some(30_000, 10); // an epoch of several breaths
  const controller = new AbortController();
  const trainer = await compileRun(expand(small), data, { threads: 1 });
  let saved: Uint8Array | undefined;
  const fit = trainer.fit({
    epochs: 1000,
    signal: controller.signal,
    onProgress: ({ epoch }) => epoch > 1 && controller.abort(),
  });
  for await (const row of fit) if (row.epoch === 1 || !controller.signal.aborted) saved = trainer.checkpoint();
  expect(trainer.stopped).toBe("signal");
  expect(trainedBytes(trainer.checkpoint())).toBe(trainedBytes(saved!));
  await trainer.close();
  const target = await run({ ...small, epochs: 50, targetAccuracy: 0.3 }, some(1100, 10));
  expect(target.trainer.stopped).toBe("target");
  expect(target.trainer.rows.at(-1)!.validationAccuracy).toBeGreaterThanOrEqual(0.3);
});

test.each([
  [{ linear: "normal", activation: "relu", hidden: "none" }, 1e20, /^the loss .* at step \d of epoch 1$/],
  [{ head: "batch-norm" }, 1e38, /^6\.weights .* at the end of epoch 1$/], // sign hides it from the loss
] as [Partial<Recipe>, number, RegExp][])("a rate that overflows is reported, %o %d", async (net, rate, message) => {
  const sgd = { optimizer: { name: "sgd", momentum: 0 }, clip: false } as const;
  const failing = run({ ...small, ...net, ...sgd, learningRate: rate }, some(1100, 10));
  await expect(failing).rejects.toMatchObject({ code: "diverged", message: expect.stringMatching(message) });
});

describe("freezing", () => {
  test.each([
    ["one scale", {}],
    ["batch norm at the head", { head: "batch-norm" }],
    ["8-bit pixels", { binarize: { kind: "none" } }],
    ["probability", { binarize: { kind: "probability", repetitions: 1 } }],
    ["raw sums", { hidden: "none" }],
    ["scaled sums", { hidden: "scale" }],
    ["scaled sums with offsets", { hidden: "scale", offset: true }],
    ["sign(0) = −1 on raw sums", { hidden: "none", zero: -1 }],
    ["binary biases", { bias: "binary", hidden: "none" }],
    ["binary biases behind batch norm", { bias: "binary", head: "batch-norm" }],
    ["Bop", { optimizer: { name: "bop", gamma: 1e-3, threshold: 1e-6 }, clip: false }],
  ] as [string, Partial<Recipe>][])("%s: classes and every hidden bit of 1,000 images agree", async (_, changes) => {
    const data = some(2100, 1000);
    const { trainer, checkpoints } = await run({ ...small, ...changes, batch: 40 }, data);
    const trained = await openCheckpoint(checkpoints.at(-1)!, { threads: 1 });
    const frozen = trained.freeze();
    expect(frozen.hash).toBe(trainer.freeze().hash);
    const inputs = data.test!.inputs as Uint8Array;
    expect([...plainClassify(frozen.model, inputs, 1000)]).toEqual([...trained.classify(inputs)]);
    expect([...frozen.classify(inputs)]).toEqual([...trained.classify(inputs)]);
    expectSameBits(trained, plainLayers(frozen.model, inputs, 1000), inputs);
  });

  /** Compares what each sign of a trained network gives with a frozen one's hidden bits. */
  function expectSameBits(trained: Trainer, frozen: ReturnType<typeof plainLayers>, inputs: Uint8Array): void {
    const signs = trained.layers.filter(({ layer }) => layer.kind === "sign");
    for (let from = 0; from < 1000; from += 40) {
      trained.classify(inputs.subarray(from * 784, (from + 40) * 784));
      for (const [l, { output }] of signs.entries()) {
        if (!("rows" in output)) throw new Error("sign gives bits");
        for (let b = 0; b < 40; b++) {
          for (let j = 0; j < output.columns; j++) {
            if (getBit(output, b, j) !== getBit(frozen[l]!, from + b, j)) {
              throw new Error(`layer ${l}, image ${from + b}, neuron ${j}`);
            }
          }
        }
      }
    }
  }

  test("a network of float32 weights has no frozen form", async () => {
    const { trainer } = await run({ ...small, linear: "normal", activation: "relu", epochs: 1 }, some(300, 10));
    expect(() => trainer.freeze()).toThrow(expect.objectContaining({ code: "freeze" }));
  });
});

test("given weights: a network begins with the signs of a frozen model, or with a checkpoint's numbers", async () => {
  const data = some(300, 10);
  const { trainer, checkpoints } = await run({ ...small, epochs: 1 }, data);
  const weights = trainer.freeze().model.layers.map((layer) => layer.weights);
  const recipe: Recipe = { ...small, epochs: 1, learningRate: 1e-30, init: { kind: "file", path: "model.onebit" } };
  const fromBits = await run(recipe, data, { weights: { kind: "bits", weights } });
  const latent = decodeCheckpoint(fromBits.checkpoints[0]!).arrays.get("0.weights")!;
  for (let k = 0; k < latent.length; k++) {
    expect(latent[k]! >= 0).toBe(getBit(weights[0]!, Math.floor(k / 784), k % 784) === 1);
  }
  const checkpoint = decodeCheckpoint(checkpoints[0]!);
  const fromCheckpoint = await run(recipe, data, { weights: { kind: "checkpoint", checkpoint } });
  expect(decodeCheckpoint(fromCheckpoint.checkpoints[0]!).arrays.get("0.weights")).toEqual(
    checkpoint.arrays.get("0.weights"),
  );
  await expect(
    run({ ...recipe, layers: [784, 65, 10] }, data, { weights: { kind: "checkpoint", checkpoint } }),
  ).rejects.toThrow("the network takes 650");
  await expect(run(recipe, data)).rejects.toMatchObject({
    code: "argument",
    message: expect.stringContaining("model.onebit"),
  });
});
