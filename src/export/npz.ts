/** A frozen model as arrays for NumPy: model.npz, a zip of .npy files.
 *
 *    weights_0 … weights_k       int8 [neurons, inputs], ±1; the last one is the output layer
 *    thresholds_0 …              int32 [neurons] of each hidden layer
 *    scale, offset               int32 [classes]
 *    input_threshold             int32 []: bit = pixel > it; absent when the first layer takes pixels
 *
 *  A .npy file is a magic, a version, the length of a header, the header (a Python literal, padded with spaces so that the
 *  data starts at a multiple of 64 bytes) and the data (numpy.lib.format, version 1.0). */

import { zipSync } from "fflate";
import { type BitMatrix, unpackSigns } from "../core/bits.ts";
import { int32Bytes } from "../core/bytes.ts";
import type { FrozenModel } from "../model/model.ts";
import { type ExportFile, withModel } from "./files.ts";
import { defineFormat } from "./format.ts";
import { numpy } from "./numpy.ts";
import { visit } from "./visit.ts";

export const npzFormat = defineFormat({
  id: "npz",
  title: "NumPy arrays",
  options: {},
  files: (file, _, writer) => withModel("npz", file, writer, writeNpz(file.model)),
  targets: [numpy("model.npz")],
});

/** model.npz. The same bytes for the same model. */
function writeNpz(model: FrozenModel): ExportFile[] {
  const weights: Record<string, Uint8Array> = {};
  const numbers: Record<string, Uint8Array> = {};
  const signs = (matrix: BitMatrix) => npy("|i1", [matrix.rows, matrix.columns], unpackSigns(matrix));
  visit(model, "npz", {
    dense(layer, i) {
      weights[`weights_${i}`] = signs(layer.weights);
      numbers[`thresholds_${i}`] = int32(layer.thresholds);
    },
    output(layer, i) {
      weights[`weights_${i}`] = signs(layer.weights);
      numbers.scale = int32(layer.scale);
      numbers.offset = int32(layer.offset);
    },
  });
  const { encoder } = model;
  if (encoder.kind === "threshold") {
    numbers.input_threshold = npy("<i4", [], int32Bytes(Int32Array.of(encoder.threshold)));
  }
  const arrays = { ...weights, ...numbers };
  const files = Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
  return [{ name: "model.npz", chunks: [zipSync(files, { mtime: EPOCH })] }];
}

/** The first moment that a zip can name; in local time, as a zip has no zone. */
const EPOCH = new Date(1980, 0, 1);

function int32(values: Int32Array): Uint8Array {
  return npy("<i4", [values.length], int32Bytes(values));
}

function npy(type: string, shape: readonly number[], data: Uint8Array | Int8Array): Uint8Array {
  const tuple = shape.map((size) => `${size},`).join(" ");
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(data, 10 + padded.length);
  return bytes;
}
