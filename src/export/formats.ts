/** Every format a frozen model can be exported to: one table, which the command line offers as it is. */

import { scores } from "../infer/run.ts";
import { encodeModel, type ModelFile } from "../model/file.ts";
import type { FrozenModel } from "../model/model.ts";
import { exportC } from "./c/c.ts";
import { type ExportFile, MODEL, withManifest } from "./files.ts";
import { identifier } from "./identifier.ts";
import { exportJson } from "./json.ts";
import { exportNpz } from "./npz.ts";
import { exportOnnx } from "./onnx/onnx.ts";
import { exportQonnx } from "./onnx/qonnx.ts";
import { exportText, type Order } from "./text.ts";
import { testImages } from "./vectors.ts";
import type { Vectors } from "./vhdl/vectors.ts";
import { exportVhdl, type VhdlOptions } from "./vhdl/vhdl.ts";

export interface FormatOptions {
  /** What writes the files, e.g. "onebit 0.1.0". */
  readonly writer: string;
  /** Of the weights in `text`; "source" unless given. */
  readonly order?: Order;
  /** Of functions and files in `c`, "model" unless given; of the top level in `vhdl`, "bnn" unless given. */
  readonly name?: string;
  /** Folding and test vectors of `vhdl`; unless given, the preset "mid" and some patterns. */
  readonly vhdl?: Omit<VhdlOptions, "writer" | "name">;
}

/** A model's files. Pure; throws `model` when the model is inconsistent. */
export type Format = (file: ModelFile, options: FormatOptions) => ExportFile[];

export const formats = {
  text: ({ model, info }, options) => exportText(model, { ...options, info }),
  npz: (file, { writer }) => withModel("npz", file, writer, exportNpz(file.model)),
  json: (file, { writer }) => withModel("json", file, writer, exportJson(file.model)),
  c: (file, options) => withModel("c", file, options.writer, exportC(file, options)),
  onnx: (file, { writer }) => withModel("onnx", file, writer, exportOnnx(file, writer)),
  qonnx: (file, { writer }) => withModel("qonnx", file, writer, exportQonnx(file, writer)),
  vhdl: (file, { writer, name, vhdl = { cycles: "mid", vectors: patterns(file.model) } }) =>
    withModel(
      "vhdl",
      file,
      writer,
      exportVhdl(file, { ...vhdl, ...(name !== undefined && { name: identifier(name).toLowerCase() }), writer }),
    ),
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** Test vectors where no images are at hand. */
function patterns(model: FrozenModel): Vectors {
  const count = 20;
  const images = testImages(model, count);
  return { images, count, scores: scores(model, images, count) };
}

/** The files, the model itself, which `onebit verify` compares them with, and manifest.json. */
function withModel(name: string, file: ModelFile, writer: string, files: readonly ExportFile[]): ExportFile[] {
  const model = { name: MODEL, chunks: [encodeModel(file.model, file.info)] };
  return withManifest(`onebit-${name}`, file, writer, [...files, model]);
}
