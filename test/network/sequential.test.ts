/** Networks as values: what fits is a network, what does not is an error of types and of values. */

import { describe, expect, test } from "vitest";
import { floats, threshold } from "../../src/encoders/index.ts";
import { batchNorm, binaryDense, dense, scale, sign } from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { checkOutput, networkTitle, parseNetwork, sequential, shapesOf } from "../../src/network/sequential.ts";

const network = sequential(threshold(127), [binaryDense(500), batchNorm(), sign(), binaryDense(10), scale()]);

test("shapes follow from the layers", () => {
  expect(shapesOf(network, [28, 28, 1])).toEqual([[28, 28, 1], [500], [500], [500], [10], [10]]);
  expect(networkTitle(network, [28, 28, 1])).toBe("784-500-10 binary");
});

test("a network is JSON", () => {
  const text = JSON.stringify(network);
  expect(JSON.parse(text)).toEqual({
    encoder: { kind: "threshold", threshold: 127 },
    layers: [
      { kind: "binary-dense", units: 500, bias: false, zero: 1 },
      { kind: "batch-norm", epsilon: 1e-5, momentum: 0.1 },
      { kind: "sign", gradient: "hard-tanh", zero: 1 },
      { kind: "binary-dense", units: 10, bias: false, zero: 1 },
      { kind: "scale", factor: "fan-in" },
    ],
  });
  expect(parseNetwork(JSON.parse(text), "my.json")).toEqual(network);
});

test("options that are left out have their defaults", () => {
  const value = {
    encoder: { kind: "threshold", threshold: 3 },
    layers: [{ kind: "binary-dense", units: 2 }, { kind: "scale" }],
  };
  expect(parseNetwork(value, "x")).toEqual(sequential(threshold(3), [binaryDense(2), scale()]));
});

test("a layer that is fed the wrong kind does not compile, and says so at run time", () => {
  expect(() =>
    sequential(threshold(127), [
      binaryDense(500),
      // @ts-expect-error: binaryDense gives int32, sign takes float32
      sign(),
    ]),
  ).toThrow("layers[1], sign, takes float32, but binaryDense(500) gives int32");
  // @ts-expect-error: binaryDense takes bits or bytes
  expect(() => sequential(floats(), [binaryDense(3)])).toThrow("but the encoder floats gives float32");
});

test("a stack put together at run time is checked there", () => {
  const layers: Layer[] = [dense(5), binaryDense(3)];
  expect(() => sequential(threshold(127), layers)).toThrow(expect.objectContaining({ code: "kind" }));
  expect(() => sequential(threshold(127), [])).toThrow("the network has no layers");
});

test("a network without an output is refused", () => {
  expect(() => checkOutput(sequential(threshold(1), [binaryDense(3)]))).toThrow(
    expect.objectContaining({
      code: "kind",
      message: expect.stringContaining("ends with binaryDense(3), which gives int32"),
    }),
  );
  expect(() => checkOutput(sequential(threshold(1), [binaryDense(3), scale(), sign()]))).toThrow("gives bits");
});

describe("parseNetwork refuses", () => {
  const encoder = { kind: "threshold", threshold: 1 };
  test.each([
    [null, "my.json is not a network"],
    [{ encoder }, "my.json is not a network"],
    [{ encoder, layers: [], lairs: 1 }, 'there is no key "lairs"'],
    [
      { encoder, layers: [{ kind: "binary-dens", units: 3 }] },
      'my.json.layers[0]: there is no layer of kind "binary-dens"',
    ],
    [{ encoder, layers: [{ kind: "binary-dense" }] }, "my.json.layers[0]: units: expected number, received undefined"],
    [{ encoder, layers: [{ kind: "sign", gradients: "tanh" }] }, 'there is no key "gradients"'],
    [{ encoder, layers: [{ kind: "sign", gradient: "relu" }] }, "my.json.layers[0]: gradient: expected one of"],
    [{ encoder: { kind: "otsu" }, layers: [] }, 'my.json.encoder: there is no encoder of kind "otsu"'],
    [{ encoder, layers: [7] }, "my.json.layers[0] is not a layer: it has no kind"],
    [{ inputs: 0, encoder, layers: [{ kind: "dense", units: 1 }] }, "inputs is 0"],
  ])("%j", (value, message) => {
    expect(() => parseNetwork(value, "my.json")).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });
});

test("what is not a stack of layers is refused", () => {
  const encoder = threshold(127);
  expect(() => sequential(encoder, binaryDense(3) as never)).toThrow("layers are an Object, not an array");
  expect(() => sequential(encoder, [null] as never)).toThrow("layers[0] is not a layer, but null");
  expect(() => sequential(encoder, [binaryDense(3), batchNorm] as never)).toThrow("layers[1] is not a layer");
});
