/** Every format a frozen model can be exported to: one table. The command line's options, help and `verify`, and the
 *  functions of `exporters`, are made from it. */

import type { ModelFile } from "../model/file.ts";
import { cFormat } from "./c/format.ts";
import type { ExportFile } from "./files.ts";
import { type CommonOptions, exportFiles, type Format } from "./format.ts";
import { jsonFormat } from "./json.ts";
import { npzFormat } from "./npz.ts";
import { onnxFormat } from "./onnx/onnx.ts";
import { qonnxFormat } from "./onnx/qonnx.ts";
import type { FormatOptions, Given } from "./options.ts";
import { textFormat } from "./text/format.ts";
import { vhdlFormat } from "./vhdl/format.ts";

/** The formats by name: title, options with their checks, files, and the ways to verify them. `exporters` is the
 *  short way to the files. */
export const formats = {
  text: textFormat,
  npz: npzFormat,
  json: jsonFormat,
  c: cFormat,
  onnx: onnxFormat,
  qonnx: qonnxFormat,
  vhdl: vhdlFormat,
} as const;

/** The name of a format, as `--format` takes it: "text", "c", "vhdl" … */
export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** A model's files in a format. */
export type Exporter<F> =
  F extends Format<infer O> ? (model: ModelFile, options?: Given<O> & CommonOptions) => ExportFile[] : never;

/** A function a format, by the format's name. */
export type Exporters = { readonly [K in FormatName]: Exporter<(typeof formats)[K]> };

/** A function a format: `exporters.c(model, { name: "digits" })`. It takes what `trainer.freeze()`, `loadModel` and
 *  `decodeModel` return. Pure, in Node and in a page. Throws `model` when the model is inconsistent or has a layer that the
 *  format cannot express, `argument` for options that the format does not take. */
export const exporters: Exporters = Object.fromEntries(
  Object.entries(formats).map(([name, format]) => [
    name,
    (model: ModelFile, options?: Given<FormatOptions> & CommonOptions) => exportFiles(format as Format, model, options),
  ]),
) as unknown as Exporters;
