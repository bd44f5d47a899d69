import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/core/json.ts";

describe("canonicalJson", () => {
  test("sorts keys at every level and keeps the order of arrays", () => {
    expect(canonicalJson({ b: [2, { d: null, c: "ü\n" }], a: true })).toBe('{"a":true,"b":[2,{"c":"ü\\n","d":null}]}');
  });

  test("is what JSON.parse reads back", () => {
    const value = { x: [1.5, -0.25, 1e300], y: { z: "" }, "": [] };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });

  test.each([
    ["accuracy.test is NaN", { accuracy: { test: Number.NaN } }],
    ["a.1 is Infinity", { a: [0, Number.POSITIVE_INFINITY] }],
    ["the value is undefined", undefined],
    ["when is undefined", { when: undefined }],
    ["n is 1", { n: 1n }],
  ])("refuses: %s", (message, value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: "argument", message: expect.stringContaining(message) }),
    );
  });

  test("refuses a cycle", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow(/nested more than 64 deep/);
  });
});
