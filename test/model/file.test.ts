import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OnebitError } from "../../src/core/errors.ts";
import { below, randomWords } from "../../src/core/random.ts";
import { plainScores } from "../../src/infer/plain.ts";
import { checkModel } from "../../src/model/check.ts";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { layerSizes } from "../../src/model/model.ts";
import { randomImages, randomModel } from "./random-model.ts";

const small = randomModel([9, 5, 4, 3], "threshold", 1);
const file = encodeModel(small, { accuracy: 0.5 });
const headerLength = new DataView(file.buffer).getUint32(12, true);

/** The file with the SHA-256 of its changed header. */
function sealed(content: Uint8Array): Uint8Array {
  const { buffer, byteOffset } = content;
  const length = content.length < 16 ? 0 : new DataView(buffer, byteOffset).getUint32(12, true);
  const digest = createHash("sha256")
    .update(content.subarray(0, 16 + length))
    .digest();
  return Uint8Array.from([...content, ...digest]);
}

const dense = (units: number) => ({ kind: "dense", units });
const output = (units: number) => ({ kind: "output", units });

/** The hash that the small model would have with this threshold. */
function hashOf({ threshold }: { threshold: number }): string {
  return modelHash({ ...small, encoder: { kind: "threshold", threshold } });
}

/** The small file with another header. */
function withHeader(header: string, body = file.subarray(16 + headerLength, -32)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = file.slice(0, 16);
  new DataView(start.buffer).setUint32(12, text.length, true);
  return sealed(Uint8Array.from([...start, ...text, ...body]));
}

function header(change: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(new TextDecoder().decode(file.subarray(16, 16 + headerLength))), ...change });
}

/** The error that `bytes` gives, or the hash of the model. */
function outcome(bytes: Uint8Array): string {
  try {
    const { model } = decodeModel(bytes);
    checkModel(model);
    return modelHash(model);
  } catch (error) {
    if (error instanceof OnebitError && error.code === "model") return "refused";
    throw error;
  }
}

describe("a round trip", () => {
  const kinds = ["threshold", "pixels"] as const;
  const shapes = [
    [1, 1],
    [1, 1, 1],
    [9, 5, 4, 3],
    [63, 64, 65, 2],
    [127, 128, 129, 10],
    [784, 7, 300],
  ];
  test.each(kinds.flatMap((kind) => shapes.map((sizes) => ({ kind, sizes }))))("$kind $sizes", ({ kind, sizes }) => {
    const model = randomModel(sizes, kind, 3);
    const info = { training: { epochs: 3, note: "grüße" }, license: "MIT" };
    const bytes = encodeModel(model, info);
    expect(decodeModel(bytes)).toEqual({ model, info, hash: modelHash(model) });
    expect(encodeModel(structuredClone(model), { license: "MIT", training: { note: "grüße", epochs: 3 } })).toEqual(
      bytes,
    );
  });

  test("shape and names of classes travel beside the model", () => {
    const model = { ...small, shape: [3, 3, 1] };
    const classes = ["cat", "dog", "bird"];
    const bytes = encodeModel(model, {}, classes);
    expect(decodeModel(bytes)).toEqual({ model, info: {}, hash: modelHash(small), classes });
    expect(encodeModel(model, {}, ["0", "1", "2"])).toEqual(encodeModel(model));
    expect(() => encodeModel(model, {}, ["cat", "dog"])).toThrow("the model has 2 names for 3 classes");
    expect(() => encodeModel(model, {}, ["cat", "dog", "cat"])).toThrow('has two classes named "cat"');
  });

  test("reads from the middle of a larger buffer", () => {
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(decodeModel(shifted.subarray(3)).model).toEqual(small);
  });

  test("the report's network takes at most 250,000 bytes", () => {
    const model = randomModel([784, 500, 1024, 1024, 10], "threshold", 1);
    const bytes = encodeModel(model);
    expect(bytes.length).toBeLessThanOrEqual(250_000 - 1000); // leaves a kilobyte for info
    expect(decodeModel(bytes).hash).toBe(modelHash(model));
  });
});

describe("a file of format version 1", () => {
  // Written by the code of that version, with the hash and scores it gave.
  const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const known = JSON.parse(fixture("version-1.json").toString());
  test.each(["threshold", "pixels"])("on %s: the same model, hash and scores", (kind) => {
    const bytes = new Uint8Array(fixture(`version-1-${kind}.onebit`));
    const file = decodeModel(bytes);
    const { hash, layers, scores } = known[kind];
    expect(file).toMatchObject({ hash, info: { note: "written by format version 1" }, model: { shape: [20] } });
    expect(modelHash(file.model)).toBe(hash);
    expect(layerSizes(file.model)).toEqual(layers);
    expect([...plainScores(file.model, randomImages(5, 20, 1), 5)]).toEqual(scores);
    expect(decodeModel(encodeModel(file.model, file.info))).toEqual(file);
    for (let at = 0; at < bytes.length; at++) {
      const copy = bytes.slice();
      copy[at]! ^= 4;
      expect(outcome(copy)).toBe("refused");
    }
  });
});

test("encodeModel refuses what decodeModel would", () => {
  expect(() => encodeModel({ ...small, encoder: { kind: "threshold", threshold: 256 } })).toThrow(/inconsistent/);
  expect(() => encodeModel(small, { accuracy: Number.NaN })).toThrow(/info.accuracy is NaN/);
});

describe("decodeModel", () => {
  const version = (value: number) => {
    const copy = file.slice(0, -32);
    new DataView(copy.buffer).setUint32(8, value, true);
    return sealed(copy);
  };
  const longHeader = file.slice(0, -32);
  new DataView(longHeader.buffer).setUint32(12, 0xffffffff, true);
  const badThreshold = file.slice();
  badThreshold[16 + headerLength + 10] = 0xff; // 77 weights take 10 bytes; layers[0], neuron 0 is next

  test.each([
    ["is not a .onebit file", new Uint8Array(0)],
    ["is not a .onebit file", new TextEncoder().encode("PK\x03\x04 something else, long enough to hold a model file")],
    ["is not a .onebit file", Uint8Array.from([...file.subarray(0, 7), 0x0d, 0x0a, ...file.subarray(8)])],
    ["is truncated: it has 40 bytes", file.subarray(0, 40)],
    ["is of format version 3; this onebit reads up to 2", version(3)],
    ["claims format version 0", version(0)],
    ["is truncated or altered", file.subarray(0, -1)],
    ["is truncated or altered", Uint8Array.from([...file, 0])],
    ["is truncated or altered: it is shorter than its header says", sealed(longHeader)],
    ["has a header that is not JSON", withHeader("{")],
    ["has a header that is not JSON", sealed(file.slice(0, -32).fill(0xff, 20, 21))],
    ["has a header without hash or info", withHeader("[]")],
    ["has a header without hash or info", withHeader(header({ info: null }))],
    ["has the unknown encoder", withHeader(header({ encoder: { kind: "threshold", threshold: "127" } }))],
    [
      "is inconsistent: the encoder's threshold is 256",
      withHeader(header({ encoder: { kind: "threshold", threshold: 256 }, hash: hashOf({ threshold: 256 }) })),
    ],
    ["has the layers [], not a list of 1 … 255 objects", withHeader(header({ layers: [] }))],
    ["has the layers [1], not a list", withHeader(header({ layers: [1] }))],
    ["has the layers [{", withHeader(header({ layers: Array.from({ length: 256 }, () => dense(1)) }))],
    ['has the layers "9"', withHeader(header({ layers: "9" }))],
    [
      'has layers[0] of the unknown kind "conv"',
      withHeader(header({ layers: [{ kind: "conv", units: 3 }, output(3)] })),
    ],
    ["has layers[1] of kind dense, where output must be", withHeader(header({ layers: [dense(5), dense(3)] }))],
    ["has layers[0] of kind output, where dense must be", withHeader(header({ layers: [output(5), output(3)] }))],
    ["has layers[0] of 0 units, not 1 … 65793", withHeader(header({ layers: [dense(0), output(3)] }))],
    ["has layers[0] of 5.5 units", withHeader(header({ layers: [dense(5.5), output(3)] }))],
    ["has the shape [], not up to 4 sizes", withHeader(header({ shape: [] }))],
    ["has the shape [9,0], not", withHeader(header({ shape: [9, 0] }))],
    ["has the shape [65793,2], not", withHeader(header({ shape: [65793, 2] }))],
    ["has the shape undefined, not", withHeader(header({ shape: undefined }))],
    ["has classes that are not a list of names", withHeader(header({ classes: [0, 1, 2] }))],
    ["has 2 names for 3 classes", withHeader(header({ classes: ["a", "b"] }))],
    ['has two classes named "a"', withHeader(header({ classes: ["a", "b", "a"] }))],
    [
      "is truncated or altered: it holds 38 bytes of a model of 65793-65793-65793, which takes 1082845868",
      withHeader(header({ shape: [65793], layers: [dense(65793), output(65793)] })),
    ],
    [
      "is truncated or altered: it holds 38 bytes of a model of 9-5-4-30",
      withHeader(header({ layers: [dense(5), dense(4), output(30)] })),
    ],
    ["is truncated or altered: it names its model 0000", withHeader(header({ hash: "0000" }))],
    ["is truncated or altered: it names its model", badThreshold],
  ])("refuses what %s", (message, bytes) => {
    expect(() => decodeModel(bytes, "net.onebit")).toThrow(
      expect.objectContaining({ code: "model", message: expect.stringContaining(`net.onebit ${message}`) }),
    );
  });

  test("refuses bits that fill up a stream and are not 0", () => {
    // 9 · 3 + 3 · 2 = 33 bits of weights in 5 bytes, 3 · 4 bits of thresholds in 2.
    const bytes = encodeModel(randomModel([9, 3, 2], "threshold", 1));
    const body = 16 + new DataView(bytes.buffer).getUint32(12, true);
    const filled = (at: number) => {
      const copy = bytes.slice();
      copy[body + at]! |= 0x80;
      return copy;
    };
    for (const at of [4, 6]) {
      expect(() => decodeModel(filled(at))).toThrow("altered: bits behind the last weight or threshold are not 0");
    }
  });

  test("refuses every truncation", () => {
    const kept = Array.from({ length: file.length }, (_, length) => outcome(file.subarray(0, length)));
    expect(kept.filter((text) => text !== "refused")).toEqual([]);
  });

  test("refuses each of 2,000 alterations of one to three bytes", () => {
    const next = randomWords(1, "mutations");
    for (let run = 0; run < 2000; run++) {
      const copy = file.slice();
      for (let i = below(next(), 3); i >= 0; i--) copy[below(next(), copy.length)]! ^= 1 + below(next(), 255);
      if (Buffer.compare(copy, file) !== 0) expect(outcome(copy)).toBe("refused");
    }
  });

  test("2,000 alterations under a right SHA-256 are refused or leave the same model", () => {
    const next = randomWords(2, "mutations");
    const counts = { refused: 0, same: 0 };
    for (let run = 0; run < 2000; run++) {
      const copy = file.slice(0, -32);
      copy[below(next(), copy.length)]! ^= 1 << below(next(), 8);
      const result = outcome(sealed(copy));
      if (result === "refused") counts.refused++;
      else if (result === modelHash(small)) counts.same++;
    }
    expect(counts.refused + counts.same).toBe(2000);
    expect(counts.same).toBeGreaterThan(0); // a changed info, a filled-up bit
    expect(counts.refused).toBeGreaterThan(1500);
  });
});
