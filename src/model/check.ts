/** Whether a frozen model is consistent. What is read from a file, imported or built by hand passes here before use, so
 *  that engines and exporters need no checks of their own. */

import { type BitMatrix, dirtyPadding, rowBytes } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { brief } from "../core/json.ts";
import { shapeText } from "../core/shape.ts";
import {
  type FrozenEncoder,
  type FrozenLayer,
  type FrozenModel,
  type FrozenOutput,
  inputsOf,
  MAX_LAYERS,
  MAX_WIDTH,
  type Operand,
  operandOf,
  operandRange,
} from "./model.ts";

/** Throws `model`, naming the layer and neuron (both counted from 0), unless all of this holds. `name` is the file's name,
 *  for messages.
 *  - the encoder is known and a threshold on it is 0 … 255;
 *  - the last layer is the output, all before it are dense, and there are no more than MAX_LAYERS;
 *  - each width is 1 … MAX_WIDTH; the first layer takes the numbers of the shape, each other what the one before it gives;
 *  - only a first layer on pixels sums, all others count agreements;
 *  - padding bits are 0;
 *  - there is one threshold a neuron, within lowest … highest + 1 of the operand;
 *  - there is one A and one B a class, and no score leaves int32. */
export function checkModel(model: FrozenModel, name = "the model"): void {
  const fault = (what: string) => new OnebitError("model", `${name} is inconsistent: ${what}`);
  checkEncoder(model.encoder, fault);
  const { shape, layers } = model;
  if (!Array.isArray(shape) || shape.length < 1 || !shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw fault(`the shape is ${brief(shape)}, not a list of positive integers`);
  }
  if (!Array.isArray(layers) || layers.length < 1 || layers.length > MAX_LAYERS) {
    throw fault(`it has ${layers?.length ?? "no"} layers, not 1 … ${MAX_LAYERS}`);
  }
  let width = inputsOf(model);
  let before = `a sample of ${shapeText(shape)}`;
  for (const [i, layer] of layers.entries()) {
    const layerName = layerNameOf(i);
    checkKind(layer, i + 1 === layers.length, layerName, fault);
    checkOperand(layer.operand, model.encoder, i, layerName, fault);
    checkWeights(layer.weights, width, before, layerName, fault);
    if (layer.kind === "output") checkScores(layer, layerName, fault);
    else checkThresholds(layer.thresholds, layer.operand, layer.weights, layerName, fault);
    width = layer.weights.rows;
    before = "the layer before it";
  }
}

/** What messages call a layer. */
export function layerNameOf(index: number): string {
  return `layers[${index}]`;
}

function checkEncoder(encoder: FrozenEncoder, fault: Fault): void {
  if (encoder?.kind === "pixels") return;
  if (encoder?.kind !== "threshold") {
    throw fault(`the encoder is of kind ${brief((encoder as { kind?: unknown } | undefined)?.kind)}`);
  }
  if (!Number.isInteger(encoder.threshold) || encoder.threshold < 0 || encoder.threshold > 255) {
    throw fault(`the encoder's threshold is ${encoder.threshold}, not an integer of 0 … 255`);
  }
}

function checkKind({ kind }: FrozenLayer, last: boolean, layer: string, fault: Fault): void {
  if (kind !== "dense" && kind !== "output") throw fault(`${layer} is of the unknown kind ${brief(kind)}`);
  if (last && kind !== "output") throw fault(`the last layer, ${layer}, is of kind ${kind}, not output`);
  if (!last && kind === "output") throw fault(`${layer} is the output, but other layers follow it`);
}

function checkOperand(operand: Operand, { kind }: FrozenEncoder, index: number, layer: string, fault: Fault): void {
  const expected = operandOf(kind, index);
  if (operand !== expected) {
    throw fault(`${layer} has operand ${operand}; on ${index === 0 ? kind : "bits"} it is ${expected}`);
  }
}

function checkWeights(weights: BitMatrix, width: number, before: string, layer: string, fault: Fault): void {
  const { rows, columns, stride, bytes } = weights;
  for (const size of [rows, columns]) {
    if (!Number.isInteger(size) || size < 1 || size > MAX_WIDTH) {
      throw fault(`${layer} is ${rows} × ${columns}; a width is an integer of 1 … ${MAX_WIDTH}`);
    }
  }
  if (columns !== width) throw fault(`${layer} takes ${columns} inputs, ${before} gives ${width}`);
  if (stride !== rowBytes(columns) || bytes.length !== rows * stride) {
    throw fault(`${layer} holds ${bytes.length} bytes of weights, not ${rows} rows of ${rowBytes(columns)}`);
  }
  const dirty = dirtyPadding(weights);
  if (dirty) throw fault(`${layer}, neuron ${dirty.row}: padding bit ${dirty.column} is 1`);
}

function checkThresholds(
  thresholds: Int32Array,
  operand: Operand,
  weights: BitMatrix,
  layer: string,
  fault: Fault,
): void {
  if (thresholds.length !== weights.rows) {
    throw fault(`${layer} has ${thresholds.length} thresholds for ${weights.rows} neurons`);
  }
  const { lowest, highest } = operandRange(operand, weights.columns);
  const j = thresholds.findIndex((t) => t < lowest || t > highest + 1);
  if (j >= 0) throw fault(`${layer}, neuron ${j}: the threshold is ${thresholds[j]}, not ${lowest} … ${highest + 1}`);
}

function checkScores({ weights, scale, offset, operand }: FrozenOutput, layer: string, fault: Fault): void {
  if (scale.length !== weights.rows || offset.length !== weights.rows) {
    throw fault(`${layer} has ${scale.length} scales and ${offset.length} offsets for ${weights.rows} classes`);
  }
  const { lowest, highest } = operandRange(operand, weights.columns);
  for (const [j, a] of scale.entries()) {
    for (const score of [a * lowest + offset[j]!, a * highest + offset[j]!]) {
      if (score !== (score | 0)) throw fault(`${layer}, class ${j}: scores of ${a}·p + ${offset[j]} leave int32`);
    }
  }
}

/** Makes the error that says what is wrong. */
type Fault = (what: string) => OnebitError;
