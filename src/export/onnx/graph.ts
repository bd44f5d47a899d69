/** ONNX files: nodes, tensors and the model around them. Field numbers are those of onnx.proto (IR version 8). */

import { concat } from "../../core/bytes.ts";
import { bytes, integer, type Message, message, string } from "./protobuf.ts";

/** onnx.TensorProto.DataType */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;
export const DOUBLE = 11;

const WRITERS = {
  [FLOAT]: [4, DataView.prototype.setFloat32],
  [INT8]: [1, DataView.prototype.setInt8],
  [INT64]: [
    8,
    function (this: DataView, at: number, value: number) {
      this.setBigInt64(at, BigInt(value), true);
    },
  ],
  [DOUBLE]: [8, DataView.prototype.setFloat64],
} as const;

/** The domain of the standard operators is "". */
export interface Domain {
  readonly name: string;
  readonly version: number;
}

/** A tensor's name, element type and dimensions; a text is a dimension that any size fits. */
export interface Value {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

/** A graph under construction. Values are named by texts. */
export class Graph {
  readonly #nodes: Uint8Array[] = [];
  readonly #tensors: Uint8Array[] = [];

  /** Adds a node with one output and returns the output's name. Attributes are integers. */
  node(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number>> = {},
    domain = "",
  ): string {
    this.#nodes.push(message(1, node(op, inputs, output, attributes, domain)));
    return output;
  }

  /** Adds a constant and returns its name. */
  tensor(name: string, type: keyof typeof WRITERS, shape: readonly number[], values: ArrayLike<number>): string {
    const [size, write] = WRITERS[type];
    const raw = new Uint8Array(size * values.length);
    const view = new DataView(raw.buffer);
    for (let i = 0; i < values.length; i++) write.call(view, size * i, values[i]!, true);
    const dimensions = shape.map((length) => integer(1, length));
    this.#tensors.push(message(5, [...dimensions, integer(2, type), string(8, name), bytes(9, raw)]));
    return name;
  }

  /** The file. */
  encode(options: {
    readonly name: string;
    readonly writer: string;
    readonly domains: readonly Domain[];
    readonly inputs: readonly Value[];
    readonly outputs: readonly Value[];
    readonly metadata: Readonly<Record<string, string>>;
  }): Uint8Array {
    const { name, writer, domains, inputs, outputs, metadata } = options;
    return concat([
      integer(1, IR_VERSION),
      string(2, writer),
      message(7, [
        ...this.#nodes,
        string(2, name),
        ...this.#tensors,
        ...inputs.map((input) => message(11, valueInfo(input))),
        ...outputs.map((output) => message(12, valueInfo(output))),
      ]),
      ...domains.map((domain) => message(8, operatorSet(domain))),
      ...Object.entries(metadata).map(([key, value]) => message(14, [string(1, key), string(2, value)])),
    ]);
  }
}

/** onnx.NodeProto; its arguments are those of `Graph.node`. */
export function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
  domain = "",
): Message {
  return [
    ...inputs.map((name) => string(1, name)),
    string(2, output),
    string(3, output),
    string(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, [string(1, name), integer(3, value), integer(20, INT)]),
    ),
    ...(domain === "" ? [] : [string(7, domain)]),
  ];
}

/** onnx.OperatorSetIdProto */
export function operatorSet({ name, version }: Domain): Message {
  return [string(1, name), integer(2, version)];
}

const IR_VERSION = 8;
/** onnx.AttributeProto.AttributeType.INT */
const INT = 2;

function valueInfo({ name, type, shape }: Value): Message {
  const dimensions = shape.map((size) => message(1, [typeof size === "number" ? integer(1, size) : string(2, size)]));
  return [string(1, name), message(2, [message(1, [integer(1, type), message(2, dimensions)])])];
}
