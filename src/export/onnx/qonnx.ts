/** A frozen model as model.onnx in QONNX, the dialect that FINN and hls4ml read: quantization is a node of its own.
 *
 *    images float32 [batch, inputs], pixels 0 … 255  →  scores [batch, classes]
 *
 *  BipolarQuant (domain qonnx.custom_op.general, version 1; inputs X and scale, no attributes) gives scale where X >= 0 and
 *  −scale elsewhere: sign(0) = +1, as here. Bits are ±1, so a pre-activation is a = 2p − n and
 *      p >= T       is  a − (2T − n) >= 0
 *      A · p + B    is  (A / 2) a + (A n / 2 + B)
 *      pixel > t    is  pixel − (t + 1) >= 0.
 *  All numbers are integers below 2²⁴, or halves of such, so float32 is exact; where A and B are too large for that, the
 *  scores are float64. FINN and hls4ml take the former only: a head of one common scale, A = 1 and B = 0, always is. */

import type { BitMatrix } from "../../core/bits.ts";
import { concat } from "../../core/bytes.ts";
import type { ModelFile } from "../../model/file.ts";
import { type FrozenOutput, layerSizes, operandRange } from "../../model/model.ts";
import { type ExportFile, withModel } from "../files.ts";
import { defineFormat } from "../format.ts";
import { visit } from "../visit.ts";
import { DOUBLE, FLOAT, Graph, node, operatorSet } from "./graph.ts";
import { transposedSigns } from "./onnx.ts";
import { message, string } from "./protobuf.ts";
import { runtimes } from "./runtime.ts";

export const qonnxFormat = defineFormat({
  id: "qonnx",
  title: "QONNX, the dialect of FINN and hls4ml",
  options: {},
  files: (file, _, writer) => withModel("qonnx", file, writer, writeQonnx(file, writer)),
  targets: runtimes({ type: "float32", complete: (file) => concat([file, bipolarQuantFunction()]) }),
});

/** model.onnx. `writer` is what writes it, e.g. "onebit 0.2.0". */
export function writeQonnx({ model, hash }: ModelFile, writer: string): ExportFile[] {
  const graph = new Graph();
  const scale = graph.tensor("unit_scale", FLOAT, [], [1]);
  const quantized = (x: string, output: string) => graph.node("BipolarQuant", [x, scale], output, {}, DOMAIN);
  const product = (x: string, weights: BitMatrix, i: number) => {
    const { rows, columns } = weights;
    const latent = graph.tensor(`weights_${i}`, FLOAT, [columns, rows], transposedSigns(weights));
    return graph.node("MatMul", [x, quantized(latent, `bipolar_weights_${i}`)], `products_${i}`);
  };
  let x = "images";
  if (model.encoder.kind === "threshold") {
    const least = graph.tensor("threshold", FLOAT, [], [model.encoder.threshold + 1]);
    x = quantized(graph.node("Sub", [x, least], "above"), "bits_0");
  }
  let type: number = FLOAT;
  visit(model, "qonnx", {
    dense({ operand, weights, thresholds }, i) {
      const least = thresholds.map((t) => (operand === "sum" ? t : 2 * t - weights.columns));
      const bias = graph.tensor(`thresholds_${i}`, FLOAT, [weights.rows], least);
      x = quantized(graph.node("Sub", [product(x, weights, i), bias], `above_${i}`), `bits_${i + 1}`);
    },
    output(layer, i) {
      type = scores(graph, product(x, layer.weights, i), layer);
    },
  });
  const sizes = layerSizes(model);
  const bytes = graph.encode({
    name: sizes.join("-"),
    writer,
    domains: [
      { name: "", version: 13 },
      { name: DOMAIN, version: 1 },
    ],
    inputs: [{ name: "images", type: FLOAT, shape: ["batch", sizes[0]!] }],
    outputs: [{ name: "scores", type, shape: ["batch", sizes.at(-1)!] }],
    metadata: { "onebit.model": hash },
  });
  return [{ name: "model.onnx", chunks: [bytes] }];
}

/** What, put behind the bytes of a QONNX file, defines BipolarQuant there by standard operators, as a local function, for
 *  runtimes that lack it. (A protocol buffer behind another one adds its fields to it.) */
function bipolarQuantFunction(): Uint8Array {
  return message(25, [
    string(1, "BipolarQuant"),
    ...["X", "scale"].map((input) => string(4, input)),
    string(5, "Y"),
    message(7, node("Sub", ["scale", "scale"], "zero")),
    message(7, node("GreaterOrEqual", ["X", "zero"], "positive")),
    message(7, node("Neg", ["scale"], "negative")),
    message(7, node("Where", ["positive", "scale", "negative"], "Y")),
    message(9, operatorSet({ name: "", version: 13 })),
    string(10, DOMAIN),
  ]);
}

/** The domain of QONNX's operators. */
const DOMAIN = "qonnx.custom_op.general";

/** Adds the node "scores" and returns its type. */
function scores(graph: Graph, sums: string, { operand, weights, scale, offset }: FrozenOutput): number {
  const half = operand === "sum" ? 1 : 0.5;
  const a = Array.from(scale, (a) => half * a);
  const b = Array.from(offset, (b, j) => (operand === "sum" ? b : a[j]! * weights.columns + b));
  const { highest } = operandRange(operand, weights.columns);
  const exact = a.every((a, j) => (Math.abs(a) * highest + Math.abs(b[j]!)) / half <= 2 ** 24);
  const type = exact ? FLOAT : DOUBLE;
  const x = exact ? sums : graph.node("Cast", [sums], "wide_sums", { to: DOUBLE });
  const scaled = graph.node("Mul", [x, graph.tensor("scale", type, [a.length], a)], "scaled");
  graph.node("Add", [scaled, graph.tensor("offset", type, [b.length], b)], "scores");
  return type;
}
