/** A frozen model as model.onnx: standard operators only (opset 13), exact in every runtime.
 *
 *    images uint8 [batch, inputs]  →  scores int32 [batch, classes], class int64 [batch]
 *
 *  Between the layers, bits are the float32 numbers 0 and 1. With b = (x + 1) / 2 and w = ±1,
 *      Σ b·w = agreements − (number of weights −1),
 *  so a neuron fires iff Σ b·w >= T − negatives. Each product is a sum of less than 2²⁴ integers ±1, or of pixels below 2²⁴ in
 *  all (MAX_WIDTH): exact in float32 in any order. Scores are integers throughout. Weights are stored as int8. */

import { type BitMatrix, rowOnes, unpackSigns } from "../../core/bits.ts";
import type { ModelFile } from "../../model/file.ts";
import { type FrozenModel, layerSizes, type Operand } from "../../model/model.ts";
import { type ExportFile, withModel } from "../files.ts";
import { defineFormat } from "../format.ts";
import { visit } from "../visit.ts";
import { FLOAT, Graph, INT8, INT32, INT64, UINT8 } from "./graph.ts";
import { runtimes } from "./runtime.ts";

export const onnxFormat = defineFormat({
  id: "onnx",
  title: "ONNX, standard operators",
  options: {},
  files: (file, _, writer) => withModel("onnx", file, writer, writeOnnx(file, writer)),
  targets: runtimes({ type: "uint8", complete: (file) => file }),
});

/** model.onnx. `writer` is what writes it, e.g. "onebit 0.2.0". */
export function writeOnnx({ model, hash }: ModelFile, writer: string): ExportFile[] {
  const graph = new Graph();
  let x = firstInput(graph, model);
  visit(model, "onnx", {
    dense({ operand, weights, thresholds }, i) {
      const negatives = negativesOf(operand, weights);
      const least = graph.tensor(
        `least_${i}`,
        FLOAT,
        [weights.rows],
        thresholds.map((t, j) => t - negatives[j]!),
      );
      const fires = graph.node("GreaterOrEqual", [product(graph, x, weights, i), least], `fires_${i}`);
      x = graph.node("Cast", [fires], `bits_${i + 1}`, { to: FLOAT });
    },
    output({ operand, weights, scale, offset }, i) {
      const negatives = negativesOf(operand, weights);
      const sums = graph.node("Cast", [product(graph, x, weights, i)], "sums", { to: INT64 });
      const a = graph.tensor("scale", INT64, [weights.rows], scale);
      const b = graph.tensor(
        "offset",
        INT64,
        [weights.rows],
        Array.from(offset, (b, j) => b + scale[j]! * negatives[j]!),
      );
      const scaled = graph.node("Mul", [sums, a], "scaled");
      const wide = graph.node("Add", [scaled, b], "wide_scores");
      graph.node("Cast", [wide], "scores", { to: INT32 });
      // The first of equal scores is the default of ArgMax.
      graph.node("ArgMax", ["scores"], "class", { axis: 1, keepdims: 0 });
    },
  });
  const sizes = layerSizes(model);
  const bytes = graph.encode({
    name: sizes.join("-"),
    writer,
    domains: [{ name: "", version: 13 }],
    inputs: [{ name: "images", type: UINT8, shape: ["batch", sizes[0]!] }],
    outputs: [
      { name: "scores", type: INT32, shape: ["batch", sizes.at(-1)!] },
      { name: "class", type: INT64, shape: ["batch"] },
    ],
    metadata: { "onebit.model": hash },
  });
  return [{ name: "model.onnx", chunks: [bytes] }];
}

function firstInput(graph: Graph, { encoder }: FrozenModel): string {
  const pixels = graph.node("Cast", ["images"], "pixels", { to: FLOAT });
  if (encoder.kind === "pixels") return pixels;
  const above = graph.node("Greater", [pixels, graph.tensor("threshold", FLOAT, [], [encoder.threshold])], "above");
  return graph.node("Cast", [above], "bits_0", { to: FLOAT });
}

/** x · Wᵀ */
function product(graph: Graph, x: string, weights: BitMatrix, i: number): string {
  const stored = graph.tensor(`weights_${i}`, INT8, [weights.columns, weights.rows], transposedSigns(weights));
  return graph.node("MatMul", [x, graph.node("Cast", [stored], `float_weights_${i}`, { to: FLOAT })], `products_${i}`);
}

/** The ±1 values [columns, rows] of a matrix. */
export function transposedSigns(weights: BitMatrix): Int8Array {
  const { rows, columns } = weights;
  const signs = unpackSigns(weights);
  return Int8Array.from({ length: rows * columns }, (_, i) => signs[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** What Σ b·w lacks of the operand. */
function negativesOf(operand: Operand, weights: BitMatrix): Int32Array {
  return rowOnes(weights).map((ones) => (operand === "sum" ? 0 : weights.columns - ones));
}
