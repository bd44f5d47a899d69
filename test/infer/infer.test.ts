import { describe, expect, test } from "vitest";
import { plainClassify, plainScores } from "../../src/infer/plain.ts";
import { loadModel, OnebitError } from "../../src/infer.ts";
import { encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomImages, randomModel } from "../model/random-model.ts";

describe.each(["threshold", "pixels"] as const)("a loaded model on %s", (kind) => {
  const model = randomModel([20, 9, 4], kind, 1);
  const loaded = loadModel(encodeModel(model, { note: "test" }));

  test("tells what it is", () => {
    expect(loaded).toMatchObject({ model, info: { note: "test" }, hash: modelHash(model), inputs: 20, classes: 4 });
  });

  test("takes one image or several", () => {
    const images = randomImages(6, 20, 1);
    expect(loaded.scores(images)).toEqual(plainScores(model, images, 6));
    expect(loaded.classify(images)).toEqual(plainClassify(model, images, 6));
    const single = Array.from({ length: 6 }, (_, i) => loaded.classify(images.subarray(20 * i, 20 * (i + 1)))[0]);
    expect(single).toEqual([...loaded.classify(images)]);
  });

  test.each<[string, string, unknown]>([
    ["shape", "19 bytes are not a whole number of images of 20 pixels", new Uint8Array(19)],
    ["argument", "there are no images", new Uint8Array(0)],
    ["argument", "images are a Uint8Array of 8-bit pixels", Array.from({ length: 20 }, () => 0)],
    ["argument", "images are a Uint8Array of 8-bit pixels", new Float32Array(20)],
  ])("refuses (%s): %s", (code, message, images) => {
    for (const call of [loaded.classify, loaded.scores]) {
      expect(() => call(images as Uint8Array)).toThrow(expect.objectContaining({ code, message }));
    }
  });
});

test("a broken file is a OnebitError", () => {
  expect(() => loadModel(new Uint8Array(100))).toThrow(OnebitError);
});

test("an ArrayBuffer, as fetch gives it, is asked to be wrapped", () => {
  expect(() => loadModel(new ArrayBuffer(100) as unknown as Uint8Array)).toThrow(
    expect.objectContaining({ code: "argument", hint: "Wrap an ArrayBuffer: new Uint8Array(buffer)." }),
  );
});
