/** Whether a frozen model is consistent. What is read from a file, imported or built by hand passes here before use, so
 *  that engines and exporters need no checks of their own. */

import { type BitMatrix, dirtyPadding, rowBytes } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { type FrozenModel, MAX_WIDTH, type Operand, operandOf, operandRange } from "./model.ts";

/** Throws `model`, naming the layer and neuron (both counted from 0), unless all of this holds. `name` is the file's name,
 *  for messages.
 *  - the input is known and a threshold on it is 0 … 255;
 *  - each width is 1 … MAX_WIDTH and each layer takes what the one before it gives;
 *  - only a first layer on pixels sums, all others count agreements;
 *  - padding bits are 0;
 *  - there is one threshold a neuron, within lowest … highest + 1 of the operand;
 *  - there is one A and one B a class, and no score leaves int32. */
export function checkModel(model: FrozenModel, name = "the model"): void {
  const fault = (what: string) => new OnebitError("model", `${name} is inconsistent: ${what}`);
  checkInput(model, fault);
  let width: number | undefined;
  for (const [i, layer] of model.hidden.entries()) {
    const layerName = `hidden[${i}]`;
    checkOperand(layer.operand, model, i, layerName, fault);
    checkWeights(layer.weights, width, layerName, fault);
    checkThresholds(layer.thresholds, layer.operand, layer.weights, layerName, fault);
    width = layer.weights.rows;
  }
  checkOperand(model.output.operand, model, model.hidden.length, "output", fault);
  checkWeights(model.output.weights, width, "output", fault);
  checkScores(model, fault);
}

function checkInput({ input }: FrozenModel, fault: Fault): void {
  if (input.kind === "pixels") return;
  if (input.kind !== "threshold")
    throw fault(`the input is of kind ${JSON.stringify((input as { kind: unknown }).kind)}`);
  if (!Number.isInteger(input.threshold) || input.threshold < 0 || input.threshold > 255) {
    throw fault(`the input's threshold is ${input.threshold}, not an integer of 0 … 255`);
  }
}

function checkOperand(operand: Operand, model: FrozenModel, index: number, layer: string, fault: Fault): void {
  const expected = operandOf(model.input.kind, index);
  if (operand !== expected) {
    throw fault(`${layer} has operand ${operand}; on ${index === 0 ? model.input.kind : "bits"} it is ${expected}`);
  }
}

function checkWeights(weights: BitMatrix, width: number | undefined, layer: string, fault: Fault): void {
  const { rows, columns, stride, bytes } = weights;
  for (const size of [rows, columns]) {
    if (!Number.isInteger(size) || size < 1 || size > MAX_WIDTH) {
      throw fault(`${layer} is ${rows} × ${columns}; a width is an integer of 1 … ${MAX_WIDTH}`);
    }
  }
  if (width !== undefined && columns !== width) {
    throw fault(`${layer} takes ${columns} inputs, the layer before it gives ${width}`);
  }
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

function checkScores({ output }: FrozenModel, fault: Fault): void {
  const { weights, scale, offset, operand } = output;
  if (scale.length !== weights.rows || offset.length !== weights.rows) {
    throw fault(`output has ${scale.length} scales and ${offset.length} offsets for ${weights.rows} classes`);
  }
  const { lowest, highest } = operandRange(operand, weights.columns);
  for (const [j, a] of scale.entries()) {
    for (const score of [a * lowest + offset[j]!, a * highest + offset[j]!]) {
      if (score !== (score | 0)) throw fault(`output, class ${j}: scores of ${a}·p + ${offset[j]} leave int32`);
    }
  }
}

/** Makes the error that says what is wrong. */
type Fault = (what: string) => OnebitError;
