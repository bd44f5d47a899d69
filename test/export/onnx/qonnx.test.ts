/** A QONNX file has the structure that the dialect publishes (docs/qonnx-custom-ops/bipolarquant_v1.md of QONNX). That it
 *  computes the right scores is tested by test/cli/verify.test.ts. */

import { describe, expect, test } from "vitest";
import { writeOnnx } from "../../../src/export/onnx/onnx.ts";
import { writeQonnx } from "../../../src/export/onnx/qonnx.ts";
import { modelHash } from "../../../src/model/hash.ts";
import { randomModel } from "../../model/random-model.ts";
import { messages, readFields, texts } from "./reader.ts";

// onnx.proto: ModelProto graph = 7, opset_import = 8; GraphProto node = 1, initializer = 5, input = 11, output = 12;
// NodeProto input = 1, output = 2, op_type = 4, attribute = 5, domain = 7; TensorProto dims = 1, data_type = 2, name = 8,
// raw_data = 9; OperatorSetIdProto domain = 1, version = 2.
function parse(bytes: Uint8Array) {
  const model = readFields(bytes);
  const [graph] = messages(model[7]);
  const nodes = messages(graph![1]).map((node) => ({
    op: texts(node[4])[0]!,
    domain: texts(node[7])[0] ?? "",
    inputs: texts(node[1]),
    outputs: texts(node[2]),
    attributes: (node[5] ?? []).length,
  }));
  const tensors = new Map(
    messages(graph![5]).map((tensor) => [
      texts(tensor[8])[0]!,
      { dims: tensor[1] ?? [], type: tensor[2]![0], raw: tensor[9]![0] as Uint8Array },
    ]),
  );
  const domains = messages(model[8]).map((set) => [texts(set[1])[0], set[2]![0]]);
  const names = (field: number) => messages(graph![field]).map((value) => texts(value[1])[0]);
  return { nodes, tensors, domains, inputs: names(11), outputs: names(12) };
}

const model = randomModel([20, 9, 7, 3], "threshold", 1);
const file = { model, info: {}, hash: modelHash(model) };
const bytesOf = ([file]: ReturnType<typeof writeOnnx>) => file!.chunks[0]!;

describe("QONNX", () => {
  const { nodes, tensors, domains, inputs, outputs } = parse(bytesOf(writeQonnx(file, "test")));
  const quantizers = nodes.filter(({ op }) => op === "BipolarQuant");

  test("imports the standard operators and QONNX's, version 1", () => {
    expect(domains).toEqual([
      ["", 13],
      ["qonnx.custom_op.general", 1],
    ]);
  });

  test("BipolarQuant has inputs X and scale, one output, no attribute, and the domain", () => {
    for (const node of quantizers) {
      expect(node).toMatchObject({ domain: "qonnx.custom_op.general", attributes: 0 });
      expect(node.inputs).toHaveLength(2);
      expect(node.outputs).toHaveLength(1);
    }
  });

  test("its scale is an initializer, float32 1: the output is BIPOLAR", () => {
    for (const { inputs } of quantizers) {
      const scale = tensors.get(inputs[1]!)!;
      expect(scale).toMatchObject({ dims: [], type: 1 });
      expect(new DataView(scale.raw.buffer, scale.raw.byteOffset).getFloat32(0, true)).toBe(1);
    }
  });

  test("quantizes the input, the weights of each layer and each hidden layer, and nothing else is not standard", () => {
    const quantized = quantizers.map(({ outputs }) => outputs[0]);
    expect(quantized).toEqual([
      "bits_0",
      "bipolar_weights_0",
      "bits_1",
      "bipolar_weights_1",
      "bits_2",
      "bipolar_weights_2",
    ]);
    const others = nodes.filter(({ op }) => op !== "BipolarQuant");
    expect(new Set(others.map(({ op }) => op))).toEqual(new Set(["Sub", "MatMul", "Mul", "Add"]));
    expect(others.every(({ domain }) => domain === "")).toBe(true);
  });

  test("every value is made before it is used, once", () => {
    const made = new Set([...tensors.keys(), ...inputs]);
    for (const node of nodes) {
      for (const input of node.inputs) expect(made).toContain(input);
      for (const output of node.outputs) {
        expect(made).not.toContain(output);
        made.add(output);
      }
    }
    for (const output of outputs) expect(made).toContain(output);
  });
});

test("ONNX has standard operators only, and int8 weights", () => {
  const { nodes, tensors, domains } = parse(bytesOf(writeOnnx(file, "test")));
  expect(domains).toEqual([["", 13]]);
  expect(nodes.every(({ domain }) => domain === "")).toBe(true);
  expect(tensors.get("weights_0")).toMatchObject({ dims: [20, 9], type: 3 });
});
