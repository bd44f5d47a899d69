/** A frozen model as model.json, for anything that reads JSON. */

import { type BitMatrix, getBit } from "../core/bits.ts";
import type { FrozenModel } from "../model/model.ts";
import { type ExportFile, textFile } from "./files.ts";

/** {"input": {"kind": "threshold", "threshold": 127}, "layers": [
 *    {"operand": "agreements", "inputs": n, "weights": ["0110…", …], "thresholds": [T, …]}, …,
 *    {"operand": "agreements", "inputs": n, "weights": ["0110…", …], "scale": [A, …], "offset": [B, …]}]}
 *  A text of weights is a neuron's row: character k, 1 for +1 and 0 for −1, belongs to input k. */
export function exportJson({ input, hidden, output }: FrozenModel): ExportFile[] {
  const layers = [
    ...hidden.map(({ operand, weights, thresholds }) => ({ ...head(operand, weights), thresholds: [...thresholds] })),
    { ...head(output.operand, output.weights), scale: [...output.scale], offset: [...output.offset] },
  ];
  return [textFile("model.json", `${JSON.stringify({ input, layers })}\n`)];
}

function head(operand: string, weights: BitMatrix): object {
  const row = (j: number) => Array.from({ length: weights.columns }, (_, k) => getBit(weights, j, k)).join("");
  return { operand, inputs: weights.columns, weights: Array.from({ length: weights.rows }, (_, j) => row(j)) };
}
