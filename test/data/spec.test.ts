import { describe, expect, it } from "vitest";
import { dataSpecText, parseDataSpec } from "../../src/data/spec.ts";

describe("what names a data set", () => {
  it.each([
    ["mnist", { kind: "named", name: "mnist" }],
    ["fashion-mnist:3000", { kind: "named", name: "fashion-mnist", limit: 3000 }],
    ["idx:my data/v1:2", { kind: "idx", folder: "my data/v1:2" }],
    ["idx:mnist:3000", { kind: "idx", folder: "mnist:3000" }],
  ])("%s", (text, spec) => {
    expect(parseDataSpec(text)).toEqual(spec);
    expect(dataSpecText(parseDataSpec(text))).toBe(text);
  });

  it.each(["", "idx", "idx:", "mnist:", "mnist:0", "mnist:x", "mnist:1:2", "MNIST", "-x", "a b"])(
    'not "%s"',
    (text) => {
      expect(() => parseDataSpec(text)).toThrow(
        expect.objectContaining({
          code: "argument",
          message: `there is no data set "${text}"`,
          hint: "Give the name of one (mnist), its name and a number of samples (mnist:3000), or idx:DIR.",
        }),
      );
    },
  );
});
