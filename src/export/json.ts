/** A frozen model as model.json, for anything that reads JSON. */

import { getBit } from "../core/bits.ts";
import type { FrozenLayer, FrozenModel } from "../model/model.ts";
import { type ExportFile, textFile, withModel } from "./files.ts";
import { defineFormat } from "./format.ts";
import { numpy } from "./numpy.ts";
import { visit } from "./visit.ts";

export const jsonFormat = defineFormat({
  id: "json",
  title: "JSON, a row of weights as a text of 0 and 1",
  options: {},
  files: (file, _, writer) => withModel("json", file, writer, writeJson(file.model)),
  targets: [numpy("model.json")],
});

/** {"input": {"kind": "threshold", "threshold": 127}, "layers": [
 *    {"operand": "agreements", "inputs": n, "weights": ["0110…", …], "thresholds": [T, …]}, …,
 *    {"operand": "agreements", "inputs": n, "weights": ["0110…", …], "scale": [A, …], "offset": [B, …]}]}
 *  A text of weights is a neuron's row: character k, 1 for +1 and 0 for −1, belongs to input k. */
function writeJson(model: FrozenModel): ExportFile[] {
  const layers = visit<object>(model, "json", {
    dense: (layer) => ({ ...head(layer), thresholds: [...layer.thresholds] }),
    output: (layer) => ({ ...head(layer), scale: [...layer.scale], offset: [...layer.offset] }),
  });
  return [textFile("model.json", `${JSON.stringify({ input: model.encoder, layers })}\n`)];
}

function head({ operand, weights }: FrozenLayer): object {
  const row = (j: number) => Array.from({ length: weights.columns }, (_, k) => getBit(weights, j, k)).join("");
  return { operand, inputs: weights.columns, weights: Array.from({ length: weights.rows }, (_, j) => row(j)) };
}
