/** What `compile` checks: that layers, data and options fit together, and that no option is without effect. */

import { describe, expect, test } from "vitest";
import { floats, pixels, threshold } from "../../src/encoders/index.ts";
import { activation, batchNorm, binaryDense, dense, scale, sign } from "../../src/layers/index.ts";
import { type Network, parseNetwork, sequential } from "../../src/network/sequential.ts";
import { adam, bop, sgd } from "../../src/optim/optimizers.ts";
import { type CompileOptions, compile } from "../../src/train/compile.ts";

const COUNT = 40;
const inputs = Uint8Array.from({ length: COUNT * 12 }, (_, i) => (i * 37) % 256);
const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 3);
const data = { inputs, labels, shape: [4, 3, 1], classes: ["cat", "dog", "fish"] };
const network = sequential(threshold(127), [binaryDense(8), batchNorm(), sign(), binaryDense(3), scale()]);
const normalOnFloats = sequential(floats(), [dense(3)]);
const normal = sequential(pixels(), [dense(8), activation("relu"), dense(3)]);

async function faultOf(stack: Network, given: object, options: CompileOptions = {}) {
  try {
    const trainer = await compile(stack, given as typeof data, { threads: 1, ...options });
    await trainer.close();
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error("it was accepted");
}

test("what fits is a trainer, to the last sample", async () => {
  for (const options of [{}, { batch: 36, validation: 4 }, { batch: 40, validation: 0, shift: 2 }]) {
    const trainer = await compile(network, data, { threads: 1, ...options });
    expect(trainer.classes).toEqual(["cat", "dog", "fish"]);
    expect(trainer.shape).toEqual([4, 3, 1]);
    await trainer.close();
  }
});

test("options that are left out have their defaults", async () => {
  const trainer = await compile(network, data, { threads: 1 });
  expect(trainer.plan).toMatchObject({ batch: 36, validation: 4, seed: 1, shift: 0, gradients: "int6" });
  expect(trainer.plan.optimizer).toEqual(adam());
  await trainer.close();
});

describe("it refuses", () => {
  const fewer = sequential(threshold(127), [binaryDense(2), scale()]);
  const meant = parseNetwork({ ...network, inputs: 784 }, "x");
  test.each<[string, Network, object, CompileOptions, string, string]>([
    [
      "a network for other samples",
      meant,
      data,
      {},
      "shape",
      "the network takes 784 numbers, but the samples have 4 × 3 × 1 = 12",
    ],
    ["too few outputs", fewer, data, {}, "config", "the network ends with 2 outputs, but there are 3 classes"],
    ["a network without an output", sequential(threshold(1), [binaryDense(3)]), data, {}, "kind", "which gives int32"],
    ["a validation split that is all", network, data, { validation: 40 }, "config", "has 40 training samples"],
    [
      "a batch that is too large",
      network,
      data,
      { batch: 37, validation: 4 },
      "config",
      "only 36 samples are left to train on (40 without",
    ],
    ["a shift that is too large", network, data, { shift: 3 }, "config", "shift is 3, but the pictures are 4 × 3"],
    [
      "a shift of what is not a picture",
      network,
      { ...data, shape: [12] },
      { shift: 1 },
      "argument",
      "shift moves pictures",
    ],
    [
      "a shift of float32 numbers",
      normalOnFloats,
      { ...data, inputs: Float32Array.from(inputs) },
      { shift: 1 },
      "argument",
      "shift moves pictures of 8-bit numbers, but the samples of data are 4 × 3 × 1 float32 numbers",
    ],
    [
      "a batch of 1 with batch norm",
      network,
      data,
      { batch: 1 },
      "config",
      "batch is 1, too few samples for batchNorm",
    ],
    [
      "bytes for floats",
      sequential(floats(), [dense(3)]),
      data,
      {},
      "config",
      "the encoder floats takes float32 numbers",
    ],
    ["integer gradients for normal layers", normal, data, { gradients: "int6" }, "argument", "gradients is int6"],
    [
      "clip for normal layers",
      normal,
      data,
      { optimizer: adam({ clip: true }) },
      "argument",
      "clip keeps latent weights",
    ],
    [
      "clip for what steps no latent weights",
      network,
      data,
      { optimizer: bop({ rest: adam({ clip: true }) }) },
      "argument",
      "none that adam steps",
    ],
    [
      "decay for what steps no weights",
      network,
      data,
      { optimizer: bop({ rest: sgd({ weightDecay: 0.1 }) }) },
      "argument",
      "weightDecay shrinks weights, but there are none that sgd steps",
    ],
    ["bop for the rest of bop", network, data, { optimizer: bop({ rest: bop() }) }, "argument", "bop is for binary"],
    ["bop for normal layers", normal, data, { optimizer: bop() }, "argument", "bop is for binary weights"],
    [
      "a file of weights that nobody read",
      network,
      data,
      { init: { kind: "file", path: "a.onebit" } },
      "argument",
      "no weights were given",
    ],
    ["a seed that is not one", network, data, { seed: -1 }, "argument", "compile: seed: too small"],
    [
      "a batch that is not a number",
      network,
      data,
      { batch: "9" as never },
      "argument",
      "compile: batch: expected number",
    ],
    ["an option of fit", network, data, { patience: 5 } as never, "argument", 'there is no key "patience"'],
    ["an option that is misspelt", network, data, { batchSize: 9 } as never, "argument", 'there is no key "batchSize"'],
    [
      "an optimizer that is none",
      network,
      data,
      { optimizer: { kind: "lion" } },
      "argument",
      'no optimizer of kind "lion"',
    ],
    [
      "an option that is misspelt, and which was meant",
      network,
      data,
      { optimiser: 1 } as never,
      "argument",
      "optimiser",
    ],
    ["a loss that is a text", network, data, { loss: "nll" as never }, "argument", "loss is not a loss"],
    [
      "an optimizer that is a function",
      network,
      data,
      { optimizer: adam as never },
      "argument",
      "optimizer is not an optimizer",
    ],
    ["a name in place of data", network, "mnist" as never, {}, "argument", "compile: the data is a string"],
    ["no data", network, undefined as never, {}, "argument", "compile: the data is undefined"],
    ["data without anything", network, {}, {}, "argument", "compile: the data: a shape is an array of sizes"],
    [
      "inputs under another name",
      network,
      { images: inputs, labels, shape: [4, 3, 1] },
      {},
      "argument",
      'there is no key "images"',
    ],
    ["a shape of two sizes, without data", network, { shape: [4, 3] }, {}, "argument", "has 2 sizes, not 1 or 3"],
    [
      "weights of no kind",
      network,
      data,
      { weights: { kind: "model" } as never },
      "argument",
      "the weights (an Object)",
    ],
    ["weights as bare bytes", network, data, { weights: new Uint8Array(9) as never }, "argument", "(a Uint8Array)"],
    [
      "a checkpoint that is not one",
      network,
      data,
      { weights: { kind: "checkpoint", checkpoint: new Uint8Array(99) } },
      "checkpoint",
      "is not a checkpoint of onebit",
    ],
    [
      "an init that a checkpoint leaves without effect",
      network,
      data,
      { init: { kind: "uniform", range: 1 }, weights: { kind: "checkpoint", checkpoint: new Uint8Array(99) } },
      "argument",
      "init is uniform",
    ],
    [
      "a loss with an option it does not have",
      network,
      data,
      { loss: { kind: "nll", smooth: 0 } as never },
      "argument",
      'loss: there is no key "smooth"',
    ],
    [
      "a shape that is none",
      network,
      { shape: "28" },
      {},
      "argument",
      "compile: the data: a shape is an array of sizes",
    ],
    [
      "classes of one name",
      network,
      { shape: [12], classes: ["a", "b", "a"] },
      {},
      "argument",
      'compile: the data: the classes 0 and 2 are both called "a"',
    ],
    ["a label beyond the classes", network, { ...data, labels: labels.with(7, 3) }, {}, "data", "label"],
    ["fewer inputs than labels", network, { ...data, inputs: inputs.subarray(12) }, {}, "data", ""],
    ["half a sample", network, { ...data, inputs: inputs.subarray(1) }, {}, "data", ""],
  ])("%s", async (_, stack, given, options, code, message) => {
    expect(await faultOf(stack, given, options)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test("a network of more weights than memory has", async () => {
    const huge = sequential(threshold(1), [
      binaryDense(65535),
      scale(),
      sign(),
      binaryDense(65535),
      scale(),
      sign(),
      binaryDense(3),
      scale(),
    ]);
    expect(await faultOf(huge, data)).toMatchObject({
      code: "config",
      message: expect.stringContaining("4,295,819,250 weights"),
    });
  });
});

test("numbers that are not finite are refused, with their place", async () => {
  const real = Float32Array.from(inputs, (x) => x / 255);
  real[29] = Number.NaN;
  const fault = await faultOf(sequential(floats(), [dense(3)]), { ...data, inputs: real });
  expect(fault).toMatchObject({ code: "data" });
  expect(fault.message).toMatch(/NaN/);
});

test("options that are not an object are refused", async () => {
  await expect(compile(network, data, null as never)).rejects.toThrow("compile takes an object of options, not null");
});

test("a misspelt option is told with the one that was meant", async () => {
  expect((await faultOf(network, data, { optimiser: adam() } as never)).hint).toBe('Did you mean "optimizer"?');
  expect(() => adam({ lr: 1 } as never)).toThrow(expect.objectContaining({ hint: 'Did you mean "rate"?' }));
  expect(() => adam(0.1 as never)).toThrow("adam takes an object of options, not a number");
});
