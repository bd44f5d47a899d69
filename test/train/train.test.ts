/** Training as a whole: what it may not depend on, that it can be stopped and resumed, and that freezing is exact. */

import { describe, expect, test } from "vitest";
import type { RunConfig } from "../../src/config/config.ts";
import { presets } from "../../src/config/presets.ts";
import { getBit } from "../../src/core/bits.ts";
import { sha256Hex } from "../../src/core/hash.ts";
import { bytesOf, type DataSet, type DataSetWithTest, firstOf } from "../../src/data/dataset.ts";
import { freeze } from "../../src/freeze/freeze.ts";
import { classify, hiddenBits } from "../../src/infer/run.ts";
import { modelHash } from "../../src/model/hash.ts";
import { loadDataSet } from "../../src/node/data-sets.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { runEpoch } from "../../src/train/epoch.ts";
import { buildNetwork } from "../../src/train/network.ts";
import { NUMERICS } from "../../src/train/numerics.ts";
import { type TrainOptions, type TrainResult, train } from "../../src/train/train.ts";
import { openTrained } from "../../src/train/trained.ts";

const mnist = await loadDataSet("mnist");

const some = (train: number, test: number): DataSetWithTest => ({
  ...mnist,
  train: firstOf(mnist.train, train),
  test: firstOf(mnist.test, test),
});

/** Odd widths, so that every kernel meets a ragged end. */
const small: RunConfig = {
  ...presets.quick,
  layers: [784, 65, 33, 10],
  validation: 100,
  epochs: 2,
  batch: 50,
};

async function run(config: RunConfig, data: DataSet, options: TrainOptions = {}) {
  const checkpoints: Uint8Array[] = [];
  const training = train(config, data, options);
  for (;;) {
    const next = await training.next();
    if (next.done) {
      next.value.network.close();
      return { result: next.value as TrainResult, checkpoints };
    }
    if (next.value.kind === "epoch") checkpoints.push(next.value.checkpoint);
  }
}

/** All that training changed: the arrays of a checkpoint. (Its rows hold wall times.) */
const trainedBytes = (checkpoint: Uint8Array) =>
  sha256Hex(
    Buffer.concat(
      [...decodeCheckpoint(checkpoint).arrays.values()].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
    ),
  );

describe("the same seed gives the same bytes", () => {
  const variants: [string, Partial<RunConfig>][] = [
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
  ];
  // The reference's threads take turns in the order that shows a missing barrier (machine.ts).
  test.each(variants)("%s: reference, one thread and three threads", async (_, changes) => {
    const config = { ...small, ...changes, epochs: 1 };
    const data = some(300, 10);
    const expected = await run(config, data, { kernels: "reference" });
    for (const options of [{ threads: 1 }, { threads: 3 }, { kernels: "reference", threads: 3 }] as const) {
      const { checkpoints, result } = await run(config, data, options);
      expect(trainedBytes(checkpoints[0]!)).toBe(trainedBytes(expected.checkpoints[0]!));
      expect(result.rows.map((row) => ({ ...row, seconds: 0 }))).toEqual(
        expected.result.rows.map((row) => ({ ...row, seconds: 0 })),
      );
    }
  });

  test("the default network after one epoch on 6,000 images has the committed hash, with one and two threads", async () => {
    const config = { ...presets.quick, epochs: 1, validation: 1000 };
    for (const threads of [1, 2]) {
      const { result } = await run(config, some(7000, 10), { threads });
      // Other bytes are another version of the numerics: results that were kept under the old one are not theirs.
      expect({ numerics: NUMERICS, model: modelHash(freeze(result.network)) }).toEqual({
        numerics: 2,
        model: "8a18b76f2e16c613b947b7a4c835aaab871302ee1f83beda2db3bd6569f6926e",
      });
    }
  });
});

test("each step of each epoch rounds gradients anew", async () => {
  const images = some(400, 10);
  const network = await buildNetwork(small, images, {});
  const all = Int32Array.from({ length: 400 }, (_, i) => i);
  const draws: number[] = [];
  for (const epoch of [1, 2]) for (const _ of runEpoch(network, all, epoch)) draws.push(network.board.rounding[2]!);
  expect(new Set(draws).size).toBe(16);
  network.close();
});

test("a run resumed from its first checkpoint ends in the same bytes", async () => {
  const data = some(1100, 10);
  const whole = await run(small, data);
  const resumed = await run(small, data, { checkpoint: whole.checkpoints[0]! });
  expect(resumed.checkpoints.length).toBe(1);
  expect(trainedBytes(resumed.checkpoints[0]!)).toBe(trainedBytes(whole.checkpoints[1]!));
  expect(trainedBytes(whole.checkpoints[0]!)).not.toBe(trainedBytes(whole.checkpoints[1]!));
});

test("a checkpoint is refused when the images have changed, whatever order the configuration's keys have", async () => {
  const data = some(400, 10);
  const { checkpoints } = await run({ ...small, epochs: 1 }, data);
  const options = { checkpoint: checkpoints[0]! };
  const shuffledKeys = Object.fromEntries(Object.entries({ ...small, epochs: 1 }).reverse()) as unknown as RunConfig;
  expect((await run(shuffledKeys, data, options)).result.rows.length).toBe(1);
  const inputs = data.train.inputs.with(5, 255);
  const changed = { ...data, train: { ...data.train, inputs } };
  await expect(run({ ...small, epochs: 1 }, changed, options)).rejects.toThrow("other images");
});

test("a checkpoint of another configuration, truncated or altered is refused", async () => {
  const data = some(400, 10);
  const { checkpoints } = await run({ ...small, epochs: 1 }, data);
  const bytes = checkpoints[0]!;
  await expect(run({ ...small, seed: 2 }, data, { checkpoint: bytes })).rejects.toThrow("another configuration");
  expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 5))).toThrow("truncated or altered");
  expect(() => decodeCheckpoint(bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1))).toThrow(
    "truncated or altered",
  );
  expect(() => decodeCheckpoint(bytes.subarray(0, 20))).toThrow("truncated or altered");
  expect(() => decodeCheckpoint(new Uint8Array())).toThrow("no checkpoint");
});

test("a signal stops the run, and the target accuracy does", async () => {
  const data = some(1100, 10);
  const controller = new AbortController();
  const training = train({ ...small, epochs: 1000 }, data, { signal: controller.signal });
  let last = await training.next();
  while (!last.done) {
    if (last.value.kind === "epoch") controller.abort();
    last = await training.next();
  }
  expect(last.value.stopped).toBe("signal");
  expect(last.value.rows.length).toBe(1);
  const { result } = await run({ ...small, epochs: 50, targetAccuracy: 0.3 }, data);
  expect(result.stopped).toBe("target");
  expect(result.rows.at(-1)!.validationAccuracy).toBeGreaterThanOrEqual(0.3);
});

test.each([
  [{ linear: "normal", activation: "relu", hidden: "none" }, 1e20, /^the loss .* at step \d of epoch 1$/],
  [{ head: "batch-norm" }, 1e38, /^6\.weights .* at the end of epoch 1$/], // sign hides it from the loss
] as [Partial<RunConfig>, number, RegExp][])("a rate that overflows is reported, %o %d", async (net, rate, message) => {
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
  ] as [string, Partial<RunConfig>][])("%s: classes and every hidden bit of 1,000 images agree", async (_, changes) => {
    const data = some(2100, 1000);
    const { result, checkpoints } = await run({ ...small, ...changes, batch: 40 }, data);
    const network = await openTrained(checkpoints.at(-1)!);
    const model = freeze(network);
    expect(modelHash(model)).toBe(modelHash(freeze(result.network)));
    const { count } = data.test;
    const images = bytesOf(data.test);
    expect([...classify(model, images, count)]).toEqual([...network.predict(images, count)]);

    const frozen = hiddenBits(model, images, count);
    const signs = network.stages.filter((stage) => stage.role.kind === "sign");
    const pixels = 784;
    for (let from = 0; from < count; from += 40) {
      network.predict(images.subarray(from * pixels, (from + 40) * pixels), 40);
      for (const [l, { output }] of signs.entries()) {
        if (output.kind !== "bits") throw new Error("sign gives bits");
        const trained = { rows: 40, columns: output.width, stride: output.stride, bytes: output.data };
        for (let b = 0; b < 40; b++) {
          for (let j = 0; j < output.width; j++) {
            if (getBit(trained, b, j) !== getBit(frozen[l]!, from + b, j))
              throw new Error(`layer ${l}, image ${from + b}, neuron ${j}`);
          }
        }
      }
    }
  });

  test("a network of float32 weights has no frozen form", async () => {
    const { result } = await run({ ...small, linear: "normal", activation: "relu", epochs: 1 }, some(300, 10));
    expect(() => freeze(result.network)).toThrow(expect.objectContaining({ code: "freeze" }));
  });
});

test("given weights: a network begins with the signs of a frozen model, or with a checkpoint's numbers", async () => {
  const data = some(300, 10);
  const { result, checkpoints } = await run({ ...small, epochs: 1 }, data);
  const { hidden, output } = freeze(result.network);
  const weights = [...hidden, output].map((layer) => layer.weights);
  const config = { ...small, epochs: 1, learningRate: 1e-30 };
  const fromBits = await run(config, data, { init: { kind: "bits", weights } });
  const latent = decodeCheckpoint(fromBits.checkpoints[0]!).arrays.get("0.weights")!;
  for (let k = 0; k < latent.length; k++) {
    expect(latent[k]! >= 0).toBe(getBit(weights[0]!, Math.floor(k / 784), k % 784) === 1);
  }
  const checkpoint = decodeCheckpoint(checkpoints[0]!);
  const fromCheckpoint = await run(config, data, { init: { kind: "checkpoint", checkpoint } });
  expect(decodeCheckpoint(fromCheckpoint.checkpoints[0]!).arrays.get("0.weights")).toEqual(
    checkpoint.arrays.get("0.weights"),
  );
  await expect(
    run({ ...config, layers: [784, 65, 10] }, data, { init: { kind: "checkpoint", checkpoint } }),
  ).rejects.toThrow("the network takes 650");
});
