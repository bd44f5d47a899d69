import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { OnebitError } from "../../src/core/errors.ts";
import { below, randomWords } from "../../src/core/random.ts";
import { checkModel } from "../../src/model/check.ts";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomModel } from "./random-model.ts";

const small = randomModel([9, 5, 4, 3], "threshold", 1);
const file = encodeModel(small, { accuracy: 0.5 });
const headerLength = new DataView(file.buffer).getUint32(12, true);

/** The file with the SHA-256 of its changed content. */
function sealed(content: Uint8Array): Uint8Array {
  return Uint8Array.from([...content, ...createHash("sha256").update(content).digest()]);
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

test("encodeModel refuses what decodeModel would", () => {
  expect(() => encodeModel({ ...small, input: { kind: "threshold", threshold: 256 } })).toThrow(/inconsistent/);
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
  const badThreshold = file.slice(0, -32);
  badThreshold[16 + headerLength + 10] = 0xff; // 77 weights take 10 bytes; hidden[0], neuron 0 is next

  test.each([
    ["is no .onebit file", new Uint8Array(0)],
    ["is no .onebit file", new TextEncoder().encode("PK\x03\x04 something else, long enough to hold a model file")],
    ["is no .onebit file", Uint8Array.from([...file.subarray(0, 7), 0x0d, 0x0a, ...file.subarray(8)])],
    ["is truncated: it has 40 bytes", file.subarray(0, 40)],
    ["is of format version 2; this onebit reads up to 1", version(2)],
    ["claims format version 0", version(0)],
    ["is truncated or altered", file.subarray(0, -1)],
    ["is truncated or altered", Uint8Array.from([...file, 0])],
    ["claims a header longer than itself", sealed(longHeader)],
    ["has a header that is no JSON", withHeader("{")],
    ["has a header that is no JSON", sealed(file.slice(0, -32).fill(0xff, 20, 21))],
    ["has a header without hash, info or input", withHeader("[]")],
    ["has a header without hash, info or input", withHeader(header({ info: null }))],
    ["has the unknown input", withHeader(header({ input: { kind: "threshold", threshold: "127" } }))],
    [
      "is inconsistent: the input's threshold is 256",
      withHeader(header({ input: { kind: "threshold", threshold: 256 } })),
    ],
    ["has the layers [9], not 2 … 256 widths", withHeader(header({ layers: [9] }))],
    ["has the layers [1,1,1,1,1,1", withHeader(header({ layers: new Array(257).fill(1) }))],
    ["has the layers [9,5,4,0]", withHeader(header({ layers: [9, 5, 4, 0] }))],
    ["has the layers [9,5.5,4,3]", withHeader(header({ layers: [9, 5.5, 4, 3] }))],
    ['has the layers "9"', withHeader(header({ layers: "9" }))],
    [
      "holds 38 bytes of a model of 65793-65793-65793, which takes 1082845868",
      withHeader(header({ layers: [65793, 65793, 65793] })),
    ],
    ["holds 38 bytes of a model of 9-5-4-30", withHeader(header({ layers: [9, 5, 4, 30] }))],
    ["names its model 0000", withHeader(header({ hash: "0000" }))],
    ["is inconsistent: hidden[0], neuron 0: the threshold is 15, not 0 … 10", sealed(badThreshold)],
  ])("refuses what %s", (message, bytes) => {
    expect(() => decodeModel(bytes, "net.onebit")).toThrow(
      expect.objectContaining({ code: "model", message: expect.stringContaining(`net.onebit ${message}`) }),
    );
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
