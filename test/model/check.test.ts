import { describe, expect, test } from "vitest";
import { bitMatrix } from "../../src/core/bits.ts";
import { checkModel } from "../../src/model/check.ts";
import {
  type FrozenDense,
  type FrozenModel,
  type FrozenOutput,
  hiddenOf,
  MAX_WIDTH,
  outputOf,
} from "../../src/model/model.ts";
import { withHidden as changeHidden, withOutput as changeOutput, randomModel } from "./random-model.ts";

const good = randomModel([9, 5, 4, 3], "threshold", 1);
const onPixels = randomModel([9, 5, 3], "pixels", 1);

const withHidden = (index: number, change: Partial<FrozenDense>) => changeHidden(good, index, change);
const withOutput = (change: Partial<FrozenOutput>) => changeOutput(good, change);

function dirty(): FrozenModel {
  const { weights } = hiddenOf(good)[0]!;
  const bytes = weights.bytes.slice();
  bytes[2 * weights.stride + 1]! |= 1 << 1; // bit 9 of row 2
  return withHidden(0, { weights: { ...weights, bytes } });
}

const thresholds = (...values: number[]) => Int32Array.from(values);

describe("checkModel", () => {
  test.each([
    ["three layers", good],
    ["pixels", onPixels],
    ["no hidden layer", randomModel([9, 3], "threshold", 1)],
    ["no hidden layer on pixels", randomModel([9, 3], "pixels", 1)],
    ["a shape of a picture", { ...good, shape: [3, 3, 1] }],
    ["one neuron a layer", randomModel([1, 1, 1], "threshold", 1)],
    ["always and never", withHidden(0, { thresholds: thresholds(0, 10, 0, 10, 5) })],
    [
      "scores at the ends of int32",
      withOutput({ scale: thresholds(0, 1, -1), offset: thresholds(-(2 ** 31), 2 ** 31 - 5, -(2 ** 31) + 4) }),
    ],
  ])("accepts %s", (_, model) => {
    expect(() => checkModel(model)).not.toThrow();
  });

  test.each<[string, FrozenModel]>([
    ['the encoder is of kind "grey"', { ...good, encoder: { kind: "grey" } as unknown as FrozenModel["encoder"] }],
    ["the encoder's threshold is 256, not", { ...good, encoder: { kind: "threshold", threshold: 256 } }],
    ["the encoder's threshold is -1, not", { ...good, encoder: { kind: "threshold", threshold: -1 } }],
    ["the encoder's threshold is 1.5, not", { ...good, encoder: { kind: "threshold", threshold: 1.5 } }],
    ["the shape is [], not a list of positive integers", { ...good, shape: [] }],
    ["the shape is [3,0], not", { ...good, shape: [3, 0] }],
    ["it has 0 layers, not 1 … 255", { ...good, layers: [] }],
    ["it has 256 layers, not 1 … 255", { ...good, layers: Array.from({ length: 256 }, () => outputOf(good)) }],
    [
      'layers[0] is of the unknown kind "conv"',
      {
        ...good,
        layers: good.layers.map((layer) => ({ ...layer, kind: "conv" as unknown as "dense" }) as FrozenDense),
      },
    ],
    ["the last layer, layers[1], is of kind dense, not output", { ...good, layers: hiddenOf(good) }],
    ["layers[0] is the output, but other layers follow it", { ...good, layers: [outputOf(good), outputOf(good)] }],
    ["layers[0] takes 9 inputs, a sample of 2 × 5 gives 10", { ...good, shape: [2, 5] }],
    ["layers[1] has operand sum; on bits it is agreements", withHidden(1, { operand: "sum" })],
    ["layers[0] has operand sum; on threshold it is agreements", withHidden(0, { operand: "sum" })],
    ["layers[0] has operand agreements; on pixels it is sum", { ...good, encoder: { kind: "pixels" } }],
    ["layers[2] has operand sum", withOutput({ operand: "sum" })],
    ["layers[1] takes 6 inputs, the layer before it gives 5", withHidden(1, { weights: bitMatrix(4, 6) })],
    [
      "layers[2] takes 4 inputs, the layer before it gives 6",
      withHidden(1, { weights: bitMatrix(6, 5), thresholds: new Int32Array(6) }),
    ],
    [
      "layers[0] is 0 × 9; a width is an integer of 1",
      withHidden(0, { weights: bitMatrix(0, 9), thresholds: thresholds() }),
    ],
    [`layers[2] is 3 × ${MAX_WIDTH + 1}`, withOutput({ weights: bitMatrix(3, MAX_WIDTH + 1) })],
    [
      "layers[0] holds 79 bytes of weights, not 5 rows of 16",
      withHidden(0, { weights: { rows: 5, columns: 9, stride: 16, bytes: new Uint8Array(79) } }),
    ],
    [
      "layers[0] holds 160 bytes of weights, not 5 rows of 16",
      withHidden(0, { weights: { rows: 5, columns: 9, stride: 32, bytes: new Uint8Array(160) } }),
    ],
    ["layers[0], neuron 2: padding bit 9 is 1", dirty()],
    ["layers[0] has 4 thresholds for 5 neurons", withHidden(0, { thresholds: new Int32Array(4) })],
    ["layers[0], neuron 3: the threshold is 11, not 0 … 10", withHidden(0, { thresholds: thresholds(0, 0, 0, 11, 0) })],
    ["layers[0], neuron 4: the threshold is -1, not 0 … 10", withHidden(0, { thresholds: thresholds(0, 0, 0, 0, -1) })],
    [
      "layers[0], neuron 1: the threshold is 2297, not -2295 … 2296",
      changeHidden(onPixels, 0, { thresholds: thresholds(0, 2297, 0, 0, 0) }),
    ],
    ["layers[2] has 2 scales and 3 offsets for 3 classes", withOutput({ scale: new Int32Array(2) })],
    [
      "layers[2], class 1: scores of 1·p + 2147483644 leave int32",
      withOutput({ scale: thresholds(0, 1, 0), offset: thresholds(0, 2 ** 31 - 4, 0) }),
    ],
    [
      "layers[2], class 2: scores of -2147483648·p + 0 leave int32",
      withOutput({ scale: thresholds(0, 0, -(2 ** 31)), offset: thresholds(0, 0, 0) }),
    ],
  ])("refuses: %s", (message, model) => {
    expect(() => checkModel(model, "x.onebit")).toThrow(
      expect.objectContaining({
        code: "model",
        message: expect.stringContaining(`x.onebit is inconsistent: ${message}`),
      }),
    );
  });
});
