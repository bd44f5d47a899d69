import { afterEach, describe, expect, test, vi } from "vitest";
import { plainClassify, plainLayers, plainScores } from "../../src/infer/plain.ts";
import { loadModel, modelOf, OnebitError, open } from "../../src/infer.ts";
import { encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomImages, randomModel } from "../model/random-model.ts";

describe.each(["threshold", "pixels"] as const)("a loaded model on %s", (kind) => {
  const model = randomModel([20, 9, 4], kind, 1);
  const loaded = loadModel(encodeModel(model, { note: "test" }));

  test("tells what it is", () => {
    expect(loaded).toMatchObject({ model, info: { note: "test" }, hash: modelHash(model), inputs: 20, shape: [20] });
    expect(loaded.classes).toEqual(["0", "1", "2", "3"]);
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

describe("a model in memory", () => {
  const model = { ...randomModel([20, 9, 4], "threshold", 1), shape: [4, 5, 1] };
  const file = { model, info: { note: "test" }, hash: modelHash(model), classes: ["cat", "dog", "hen", "cow"] };
  const images = randomImages(6, 20, 1);

  test("has an engine, names and hidden bits, and encodes to its file", () => {
    const made = modelOf(file);
    expect(made).toMatchObject({ engine: "wasm", shape: [4, 5, 1], classes: file.classes });
    expect("engineNote" in made).toBe(false);
    const classes = plainClassify(model, images, 6);
    expect(made.classify(images)).toEqual(classes);
    expect(made.predict(images)).toEqual(Array.from(classes, (j) => file.classes[j]));
    expect(new Set(made.predict(images)).size).toBeGreaterThan(1);
    expect(made.layers(images)).toEqual(plainLayers(model, images, 6));
    expect(made.encode()).toEqual(encodeModel(model, file.info, file.classes));
    expect(loadModel(made.encode())).toMatchObject(file);
  });

  test("is checked", () => {
    expect(() => modelOf({ ...file, classes: ["cat"] })).toThrow("the model has 1 names for 4 classes");
    const encoder = { kind: "threshold", threshold: 300 } as const;
    expect(() => modelOf({ ...file, model: { ...model, encoder } })).toThrow("the encoder's threshold is 300");
  });

  test("says that plain was asked for, and knows no other engine", () => {
    expect(modelOf(file, { engine: "plain" })).toMatchObject({ engine: "plain", engineNote: expect.any(String) });
    expect(() => modelOf(file, { engine: "gpu" as "wasm" })).toThrow('there is no engine "gpu"');
  });
});

describe("open", () => {
  const model = randomModel([20, 9, 4], "pixels", 1);
  const bytes = encodeModel(model, { note: "opened" });
  const images = randomImages(6, 20, 1);
  afterEach(() => vi.unstubAllGlobals());
  const address = (content: Uint8Array) =>
    `data:application/octet-stream;base64,${Buffer.from(content).toString("base64")}`;

  test.each<[string, string | URL | ArrayBuffer | Uint8Array]>([
    ["bytes", bytes],
    ["a buffer", bytes.slice().buffer],
    ["an address", address(bytes)],
    ["a URL", new URL(address(bytes))],
  ])("takes %s", async (_, source) => {
    const opened = await open(source);
    expect(opened).toMatchObject({ model, info: { note: "opened" }, hash: modelHash(model), engine: "wasm" });
    expect(opened.scores(images)).toEqual(plainScores(model, images, 6));
  });

  test("takes the plain engine, and hosts without crypto", async () => {
    vi.stubGlobal("crypto", undefined);
    const opened = await open(bytes, { engine: "plain" });
    expect(opened.engine).toBe("plain");
    expect(opened.scores(images)).toEqual(plainScores(model, images, 6));
  });

  test("refuses every alteration of a byte, by the host's hash", async () => {
    for (let at = 0; at < bytes.length; at++) {
      const copy = bytes.slice();
      copy[at]! ^= 1;
      await expect(open(copy)).rejects.toMatchObject({ code: "model" });
    }
  });

  test("says what cannot be fetched, and why", async () => {
    const wrong = { code: "argument", message: "a model is an address, an ArrayBuffer or a Uint8Array" };
    await expect(open(7 as unknown as string)).rejects.toMatchObject(wrong);
    await expect(open("data:nothing")).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("data:nothing cannot be fetched: "),
    });
    vi.stubGlobal("fetch", async () => new Response("", { status: 404, statusText: "Not Found" }));
    await expect(open("./model.onebit")).rejects.toMatchObject({
      code: "file",
      message: "./model.onebit cannot be fetched: the server answers 404 Not Found",
    });
    vi.stubGlobal("fetch", async () => new Response("<!doctype html>"));
    await expect(open("./model.onebit")).rejects.toMatchObject({
      code: "model",
      message: "./model.onebit is not a .onebit file: it does not start with its magic",
    });
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
