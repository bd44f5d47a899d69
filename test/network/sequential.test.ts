/** Stacks: what fits is built, what does not is an error of types and of values. */

import { expect, test } from "vitest";
import { scale, sign } from "../../src/layers/activations.ts";
import { batchNorm } from "../../src/layers/batch-norm.ts";
import { binaryDense } from "../../src/layers/binary-dense.ts";
import { dense } from "../../src/layers/dense.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { sequential } from "../../src/layers/sequential.ts";

test("widths follow from the layers", () => {
  const stack = sequential("bits", 784, [binaryDense(500), batchNorm(), sign(), binaryDense(10), scale(0.05)]);
  expect(stack.widths).toEqual([784, 500, 500, 500, 10, 10]);
});

test("a layer that is fed the wrong kind does not compile, and says so at run time", () => {
  expect(() =>
    sequential("bits", 784, [
      binaryDense(500),
      // @ts-expect-error: binaryDense gives int32, sign takes float32
      sign(),
    ]),
  ).toThrow("layers[1], sign, takes float32, but binaryDense(500) gives int32");
  // @ts-expect-error: binaryDense takes bits or bytes
  expect(() => sequential("float32", 5, [binaryDense(3)])).toThrow("but the input gives float32");
});

test("a stack put together at run time is checked there", () => {
  const layers: Layer[] = [dense(5), binaryDense(3)];
  expect(() => sequential("bits", 4, layers)).toThrow(expect.objectContaining({ code: "kind" }));
});
