/** A model's name for what it computes. */

import { int32Bytes } from "../core/bytes.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { scoreBytes, weightStream } from "./body.ts";
import { type FrozenModel, hiddenOf, layerSizes } from "./model.ts";

/** SHA-256, in hexadecimal, of the model's content alone: equal for equal models, whatever file they came from, however
 *  they were trained. It covers, in this order (docs/format.md has it in Python):
 *    {"input":…,"layers":[sizes]}\n   canonical JSON, ASCII; input is the encoder
 *    weights                          all layers, row after row, as one bit stream
 *    thresholds                       int32 little-endian, all hidden layers
 *    A and B                          int32 little-endian, A_0, B_0, A_1, B_1 …
 *  (The operands follow from the encoder's kind.) Expects a model that `checkModel` accepts. */
export function modelHash(model: FrozenModel): string {
  return sha256Hex(...hashedContent(model, weightStream(model), scoreBytes(model)));
}

/** What the hash covers, given the model's weights and scores as a file has them. */
export function hashedContent(model: FrozenModel, weights: Uint8Array, scores: Uint8Array): Uint8Array[] {
  const head = `${canonicalJson({ input: model.encoder, layers: layerSizes(model) })}\n`;
  const thresholds = hiddenOf(model).map((layer) => int32Bytes(layer.thresholds));
  return [new TextEncoder().encode(head), weights, ...thresholds, scores];
}
