/** A trainer as a user has it: arrays of their own, loops, looking, stopping, going on. */

import { beforeAll, describe, expect, test } from "vitest";
import { randomWords } from "../../src/core/random.ts";
import { dataSet } from "../../src/data/given.ts";
import { floats, probability, threshold } from "../../src/encoders/index.ts";
import { batchNorm, binaryDense, dense, scale, sign, softmax } from "../../src/layers/index.ts";
import { sequential } from "../../src/network/sequential.ts";
import { adam, sgd } from "../../src/optim/optimizers.ts";
import { cosine } from "../../src/optim/schedules.ts";
import { type CompileOptions, compile } from "../../src/train/compile.ts";
import type { Trainer } from "../../src/train/trainer.ts";

/** Bars: pictures of 6 × 6 with a bright row, column or diagonal, and noise. */
function bars(count: number, seed: number) {
  const next = randomWords(seed, "bars");
  const inputs = new Uint8Array(count * 36);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 3;
    const at = next() % 6;
    for (let r = 0; r < 6; r++) {
      for (let c = 0; c < 6; c++) {
        const on = [r === at, c === at, (r + at) % 6 === c][i % 3];
        inputs[i * 36 + r * 6 + c] = (on ? 200 : 30) + (next() >>> 27);
      }
    }
  }
  return { inputs, labels };
}

const classes = ["row", "column", "diagonal"];
const data = dataSet({ ...bars(600, 1), shape: [6, 6, 1], classes, test: bars(150, 2) });
const network = sequential(threshold(127), [binaryDense(40), batchNorm(), sign(), binaryDense(3), scale()]);
const options: CompileOptions = {
  optimizer: adam({ rate: 0.01, clip: true }),
  schedule: cosine(),
  batch: 50,
  threads: 1,
};

describe("a trainer that was fitted", () => {
  let trainer: Trainer;
  beforeAll(async () => {
    trainer = await compile(network, data, options);
    expect(await trainer.fit({ epochs: 12 })).toBe("epochs");
    return () => trainer.close();
  });

  test("knows where it stands", () => {
    expect([trainer.epoch, trainer.steps, trainer.stopped]).toEqual([12, 12 * 10, "epochs"]);
    expect(trainer.rows.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
  });

  test("evaluates, with the names of its classes", () => {
    const { accuracy, confusion, recall, classes: named, count } = trainer.evaluate(data.test!);
    expect(named).toEqual(classes);
    expect(count).toBe(150);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(confusion.flat().reduce((a, b) => a + b)).toBe(150);
    expect(recall.length).toBe(3);
  });

  test("predicts names, and its frozen model the same", () => {
    const inputs = data.test!.inputs as Uint8Array;
    const model = trainer.freeze({ note: "bars" });
    expect(model.predict(inputs)).toEqual(trainer.predict(inputs));
    expect(model.classes).toEqual(classes);
    expect(model.info).toEqual({ note: "bars" });
    expect(new Set(trainer.predict(inputs))).toEqual(new Set(classes));
  });

  test("shows its layers", () => {
    expect(trainer.layers.map(({ title, shape }) => `${title} ${shape}`)).toEqual([
      "binaryDense(40) 40",
      "batchNorm 40",
      "sign 40",
      "binaryDense(3) 3",
      "scale() 3",
    ]);
    trainer.classify((data.test!.inputs as Uint8Array).subarray(0, 36));
    const [sums, , bits] = trainer.layers.map(({ output }) => output);
    expect((sums as Int32Array).subarray(0, 40).every((a) => Math.abs(a) <= 36 && a % 2 === 0)).toBe(true);
    expect(bits).toMatchObject({ rows: 50, columns: 40 });
  });

  test("refuses samples of another size or kind", () => {
    expect(() => trainer.classify(new Uint8Array(35))).toThrow(
      "35 numbers are not a whole number of samples of 6 × 6 × 1",
    );
    expect(() => trainer.classify(new Float32Array(36))).toThrow("takes a Uint8Array");
    expect(() => trainer.evaluate({ inputs: new Uint8Array(36), labels: Uint8Array.of(7) })).toThrow(
      expect.objectContaining({ code: "data" }),
    );
  });
});

test("leaving a loop stops between epochs and loses nothing: going on gives the bytes of one fit", async () => {
  const whole = await compile(network, data, options);
  const parts = await compile(network, data, options);
  for await (const { epoch } of whole.fit({ epochs: 6 })) expect(epoch).toBe(whole.epoch);
  for await (const { epoch } of parts.fit({ epochs: 6 })) if (epoch === 4) break;
  expect([parts.epoch, parts.stopped]).toEqual([4, "break"]);
  await parts.fit({ epochs: 2 });
  expect(parts.freeze().hash).toBe(whole.freeze().hash);
  await whole.close();
  await parts.close();
});

test("patience stops what no longer rises", async () => {
  const trainer = await compile(network, data, { ...options, optimizer: sgd({ rate: 1e-30 }) });
  expect(await trainer.fit({ epochs: 100, patience: 3 })).toBe("patience");
  const accuracies = trainer.rows.map((row) => row.validationAccuracy!);
  expect(accuracies.indexOf(Math.max(...accuracies))).toBe(trainer.epoch - 1 - 3);
  // Another fit has patience anew; a run that is resumed has not.
  const before = trainer.epoch;
  expect(await trainer.fit({ epochs: 100, patience: 3, resumes: true })).toBe("patience");
  expect(trainer.epoch).toBe(before);
  await trainer.fit({ epochs: 100, patience: 2 });
  expect(trainer.epoch).toBeGreaterThanOrEqual(before + 3);
  await trainer.close();
});

test("a loop of one's own: steps on chosen samples learn", async () => {
  const trainer = await compile(network, data, { ...options, validation: 0 });
  const losses: number[] = [];
  for (let step = 0; step < 120; step++) {
    const indices = Array.from({ length: 50 }, (_, b) => (step * 50 + b) % 600);
    losses.push(trainer.step(indices).loss);
  }
  expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  expect(trainer.steps).toBe(120);
  expect(() => trainer.step([1, 2])).toThrow("a step takes 50 samples, not 2");
  expect(() => trainer.step(new Array(50).fill(600))).toThrow("there is no training sample 600");
  await trainer.close();
});

test("a step is its parts: forward, loss, backward, update", async () => {
  const float = { ...options, gradients: "float32", validation: 0 } as const;
  const [whole, parts] = [await compile(network, data, float), await compile(network, data, float)];
  for (let step = 0; step < 3; step++) {
    const indices = Array.from({ length: 50 }, (_, b) => step * 50 + b);
    const { loss } = whole.step(indices);
    parts.forward((data.train.inputs as Uint8Array).subarray(step * 50 * 36, (step + 1) * 50 * 36));
    const own = parts.loss(indices.map((i) => data.train.labels[i]!));
    expect(own.loss).toBe(loss);
    parts.backward(own.d);
    parts.update();
  }
  expect(parts.freeze().hash).toBe(whole.freeze().hash);
  const integers = await compile(network, data, options);
  expect(() => integers.backward(new Float32Array(150))).toThrow(
    "with int6 gradients, those of weights are never stored",
  );
  expect(() => parts.forward(new Uint8Array(36))).toThrow("50 samples of 6 × 6 × 1 are 1800 numbers, not 36");
  expect(() => parts.loss([0])).toThrow("a batch has 50 labels, not 1");
  expect(() => parts.loss(new Array(50).fill(3))).toThrow("sample 0 has label 3, but the 3 classes are 0 … 2");
  for (const trainer of [whole, parts, integers]) await trainer.close();
});

test("a forward pass stands on nothing but its batch and the step: what was encoded or saved before does not show", async () => {
  const stack = sequential(probability(), [binaryDense(8), batchNorm(), sign(), binaryDense(3), scale()]);
  const float = { ...options, gradients: "float32" } as const;
  const [fresh, looked] = [await compile(stack, data, float), await compile(stack, data, float)];
  const batch = (data.train.inputs as Uint8Array).subarray(0, 50 * 36);
  looked.encode(batch, { repetition: 7 });
  const before = looked.checkpoint();
  expect(looked.forward(batch)).toEqual(fresh.forward(batch));
  expect(looked.checkpoint()).not.toEqual(before); // running estimates
  expect(looked.checkpoint()).toEqual(fresh.checkpoint());
  const scores = fresh.forward(batch).slice();
  fresh.update({ rate: 1e-30 }); // moves nothing, but the next draw is another
  expect(fresh.forward(batch)).not.toEqual(scores);
  for (const trainer of [fresh, looked]) await trainer.close();
});

test("checkpoints: another trainer goes on from one, and a longer run from the same", async () => {
  const first = await compile(network, data, options);
  await first.fit({ epochs: 2 });
  const saved = first.checkpoint();
  await first.fit({ epochs: 1 });
  const second = await compile(network, data, options);
  second.restore(saved);
  expect([second.epoch, second.rows.length]).toEqual([2, 2]);
  await second.fit({ epochs: 1 });
  expect(second.freeze().hash).toBe(first.freeze().hash);
  const other = await compile(network, data, { ...options, batch: 49 });
  expect(() => other.restore(saved)).toThrow("the checkpoint was trained with another batch");
  for (const trainer of [first, second, other]) await trainer.close();
});

test("floats into normal layers: XOR, and no frozen form", async () => {
  const xor = {
    inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
    labels: [0, 1, 1, 0],
    shape: [2],
    classes: ["same", "other"],
  };
  const stack = sequential(floats(), [dense(16), batchNorm(), sign(), dense(2)]);
  const trainer = await compile(stack, xor, { batch: 4, validation: 0, optimizer: adam({ rate: 0.05 }), threads: 1 });
  await trainer.fit({ epochs: 200 });
  expect(trainer.predict(xor.inputs)).toEqual(["same", "other", "other", "same"]);
  expect(() => trainer.freeze()).toThrow(expect.objectContaining({ code: "freeze" }));
  await trainer.close();
});

test("an epoch of probability goes through its samples once a repetition, each time encoded anew", async () => {
  const stack = sequential(probability({ repetitions: 3 }), [
    binaryDense(8),
    batchNorm(),
    sign(),
    binaryDense(3),
    scale(),
  ]);
  const trainer = await compile(stack, data, options);
  await trainer.fit({ epochs: 2 });
  expect(trainer.steps).toBe(2 * 3 * 10);
  const batch = (data.train.inputs as Uint8Array).subarray(0, 50 * 36);
  const bits = (repetition: number) => {
    const encoded = trainer.encode(batch, { repetition });
    return "rows" in encoded ? encoded.bytes.join() : "";
  };
  expect(bits(0)).toBe(bits(0));
  expect(bits(0)).not.toBe(bits(1));
  await trainer.close();
});

test("fit refuses what cannot be", async () => {
  const trainer = await compile(network, { shape: [6, 6, 1], classes }, { threads: 1 });
  expect(() => trainer.fit({ epochs: 1 })).toThrow("there is nothing to train on");
  await trainer.close();
  const fitted = await compile(network, data, { ...options, validation: 0 });
  expect(() => fitted.fit({ epochs: 1.5 })).toThrow("epochs is 1.5");
  expect(() => fitted.fit({ epochs: 1, patience: 2 })).toThrow("no samples are held out");
  expect(() => fitted.fit({ epochs: 1, targetAccuracy: 97 })).toThrow("targetAccuracy is 97");
  await fitted.close();
});

test("a softmax under log-softmax trains too: layers without a frozen form are layers", async () => {
  const trainer = await compile(sequential(threshold(127), [dense(3), softmax()]), data, { threads: 1 });
  await trainer.fit({ epochs: 1 });
  expect(Number.isFinite(trainer.rows[0]!.trainLoss)).toBe(true);
  await trainer.close();
});

describe("what would go wrong in silence is an error", () => {
  const indices = Array.from({ length: 50 }, (_, i) => i);
  const made = async (more: CompileOptions = {}) => await compile(network, data, { ...options, ...more });

  test("two fits at once: the second is refused, the first goes on", async () => {
    const trainer = await made();
    const [first, second] = await Promise.allSettled([trainer.fit({ epochs: 2 }), trainer.fit({ epochs: 2 })]);
    expect(first).toMatchObject({ status: "fulfilled", value: "epochs" });
    expect(second).toMatchObject({ reason: { code: "argument", message: expect.stringContaining("under way") } });
    expect(trainer.rows.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(await trainer.fit({ epochs: 1 })).toBe("epochs");
    await trainer.close();
  });

  test("options of fit that are misspelt or of another type", async () => {
    const trainer = await made();
    expect(() => trainer.fit({ epochs: 1, patince: 2 } as never)).toThrow('fit: there is no key "patince"');
    expect(() => trainer.fit(undefined as never)).toThrow("fit takes an object of options, not undefined");
    expect(() => trainer.fit({ epochs: 1, signal: {} as never })).toThrow("signal is an Object, not an AbortSignal");
    await trainer.close();
  });

  test("a rate that is NaN would lose all weights", async () => {
    const trainer = await made();
    expect(() => trainer.step(indices, { rate: Number.NaN })).toThrow("rate is NaN");
    expect(() => trainer.step(indices, { rate: -1 })).toThrow("rate is -1");
    expect(() => trainer.step(undefined as never)).toThrow("a step takes 50 samples");
    await trainer.close();
  });

  test("what is not samples, or not numbers", async () => {
    const trainer = await made();
    expect(() => trainer.evaluate(data as never)).toThrow("evaluate takes samples, not a data set");
    expect(() => trainer.evaluate(undefined as never)).toThrow("not undefined");
    expect(() => trainer.predict([1, 2] as never)).toThrow("this network takes a Uint8Array, not an Array");
    expect(() => trainer.restore(undefined as never)).toThrow("the checkpoint is undefined, not a Uint8Array");
    await trainer.close();
    const real = await compile(sequential(floats(), [dense(3)]), { shape: [4] }, { threads: 1 });
    const numbers = Float32Array.of(0, 0, Number.NaN, 0);
    expect(() => real.predict(numbers)).toThrow("the inputs: number 2 of sample 0 is NaN");
    await real.close();
  });

  test("a trainer that was closed says so at once, and still freezes", async () => {
    const trainer = await made({ threads: 2 });
    await trainer.close();
    await expect(trainer.fit({ epochs: 1 })).rejects.toMatchObject({ code: "worker", message: /closed/ });
    expect(trainer.freeze().classes).toEqual(classes);
  }, 5000);
});

test("the weights of a checkpoint are given as its bytes", async () => {
  const first = await compile(network, data, options);
  await first.fit({ epochs: 1 });
  const weights = { kind: "checkpoint", checkpoint: first.checkpoint() } as const;
  const second = await compile(network, data, { ...options, weights });
  expect(second.freeze().hash).toBe(first.freeze().hash);
  await first.close();
  await second.close();
});
