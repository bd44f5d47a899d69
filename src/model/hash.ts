/** A model's name for what it computes. */

import { int32Bytes } from "../core/bytes.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { BitWriter } from "./bitstream.ts";
import { type FrozenModel, layerSizes } from "./model.ts";

/** SHA-256, in hexadecimal, of the model's content alone: equal for equal models, whatever file they came from, however
 *  they were trained. It covers, in this order (docs/format.md has it in Python):
 *    {"input":…,"layers":[sizes]}\n   canonical JSON, ASCII
 *    weights                          all layers, row after row, as one bit stream
 *    thresholds                       int32 little-endian, all hidden layers
 *    A and B                          int32 little-endian, A_0, B_0, A_1, B_1 …
 *  (The operands follow from the input's kind.) Expects a model that `checkModel` accepts. */
export function modelHash(model: FrozenModel): string {
  const head = `${canonicalJson({ input: model.input, layers: layerSizes(model) })}\n`;
  return sha256Hex(
    new TextEncoder().encode(head),
    weightStream(model),
    ...model.hidden.map((layer) => int32Bytes(layer.thresholds)),
    scoreBytes(model),
  );
}

/** The weights of all layers as one bit stream. */
export function weightStream(model: FrozenModel): Uint8Array {
  const matrices = [...model.hidden, model.output].map((layer) => layer.weights);
  const stream = new BitWriter(matrices.reduce((sum, m) => sum + m.rows * m.columns, 0));
  for (const m of matrices) stream.writeMatrix(m);
  return stream.bytes;
}

/** A_0, B_0, A_1, B_1 … as int32 little-endian. */
export function scoreBytes({ output }: FrozenModel): Uint8Array {
  const pairs = new Int32Array(2 * output.scale.length);
  for (let j = 0; j < output.scale.length; j++) pairs.set([output.scale[j]!, output.offset[j]!], 2 * j);
  return int32Bytes(pairs);
}
