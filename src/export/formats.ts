/** Every format a frozen model can be exported to: one table, which the command line offers as it is. */

import type { ModelFile } from "../model/file.ts";
import type { ExportFile } from "./files.ts";
import { exportText, type Order } from "./text.ts";

export interface FormatOptions {
  /** What writes the files, e.g. "onebit 0.1.0". */
  readonly writer: string;
  /** Of the weights in `text`; "source" unless given. */
  readonly order?: Order;
}

/** A model's files. Pure; throws `model` when the model is inconsistent. */
export type Format = (file: ModelFile, options: FormatOptions) => ExportFile[];

export const formats = {
  text: ({ model, info }, options) => exportText(model, { ...options, info }),
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];
