/** A frozen model as text that a VHDL import buffer reads character by character (report, chapter 6). docs/conventions.md
 *  describes the four files. Nothing here touches a file system. */

import { type BitMatrix, getBit } from "../../core/bits.ts";
import type { ModelFile } from "../../model/file.ts";
import { type FrozenDense, type FrozenOutput, thresholdBits } from "../../model/model.ts";
import { type ExportFile, withManifest } from "../files.ts";
import { visit } from "../visit.ts";
import { BITS, COMPARISON, NEWLINE, type Order, place, SCORES, TEXT, THRESHOLDS, WEIGHTS, ZERO } from "./layout.ts";

/** weights.txt (a chunk per layer), thresholds.txt, scores.txt and manifest.json of a model. All of it is ASCII but texts of
 *  `info` and names of classes. Throws `model` when the model is inconsistent. */
export function writeText(file: ModelFile, order: Order, writer: string): ExportFile[] {
  const { model } = file;
  const weights: Uint8Array[] = [];
  const thresholds: Uint8Array[] = [];
  const scores: Uint8Array[] = [];
  const stored: object[] = [];
  visit(model, TEXT, {
    dense(layer) {
      const { operand } = layer;
      weights.push(weightText(layer.weights, order));
      thresholds.push(thresholdText(layer));
      const encoding = operand === "sum" ? "two's complement" : "unsigned";
      stored.push({ operand, bits: thresholdBits(operand, layer.weights.columns), encoding });
    },
    output(layer) {
      weights.push(weightText(layer.weights, order));
      scores.push(scoreText(layer));
    },
  });
  const files: ExportFile[] = [
    { name: WEIGHTS, chunks: weights },
    { name: THRESHOLDS, chunks: thresholds },
    { name: SCORES, chunks: scores },
  ];
  return withManifest(TEXT, file, writer, files, { order, bits: BITS, comparison: COMPARISON, thresholds: stored });
}

/** A character per weight. */
function weightText(m: BitMatrix, order: Order): Uint8Array {
  const text = new Uint8Array(m.rows * m.columns);
  for (let row = 0; row < m.rows; row++) {
    for (let c = 0; c < m.columns; c++) text[place(m, order, row, c)] = ZERO + getBit(m, row, c);
  }
  return text;
}

/** A line per neuron: its threshold in binary, most significant bit first. */
function thresholdText({ operand, weights, thresholds }: FrozenDense): Uint8Array {
  const bits = thresholdBits(operand, weights.columns);
  const text = new Uint8Array(thresholds.length * (bits + 1));
  for (const [j, threshold] of thresholds.entries()) {
    const line = j * (bits + 1);
    for (let k = 0; k < bits; k++) text[line + k] = ZERO + ((threshold >> (bits - 1 - k)) & 1);
    text[line + bits] = NEWLINE;
  }
  return text;
}

/** A line per class: A and B in decimal. */
function scoreText({ scale, offset }: FrozenOutput): Uint8Array {
  return new TextEncoder().encode(Array.from(scale, (a, j) => `${a} ${offset[j]}\n`).join(""));
}
