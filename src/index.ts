/** onebit: train a binarized network, freeze it to bits and integers, and take it anywhere. */

export { meanOfRepetitions, probabilityImage, thresholdImage } from "./binarize/binarize.ts";
export { checkAgainstData } from "./config/check.ts";
export type { RunConfig } from "./config/config.ts";
export { presets } from "./config/presets.ts";
export { parseConfig } from "./config/schema.ts";
export { type BitMatrix, bitMatrix, getBit, packSigns, rowBytes, setBit, unpackSigns } from "./core/bits.ts";
export { OnebitError, type OnebitErrorCode } from "./core/errors.ts";
export type { DataSet, ImageSet } from "./data/dataset.ts";
export { loadDataSet } from "./data/files.ts";
export { encodeIdx, parseIdx } from "./data/idx.ts";
export type { ExportFile } from "./export/files.ts";
export { defineFormat, exportFiles, type Format, type Host, type Outcome, type Subject, type Target } from "./export/format.ts";
export { exporters, type FormatName, formats } from "./export/formats.ts";
export { importText, type TextLayout } from "./export/text/read.ts";
export { type Visitor, visit } from "./export/visit.ts";
export { freeze } from "./freeze/freeze.ts";
export type { Inputs } from "./infer/inputs.ts";
export { loadModel, type Model, type ModelOptions, modelOf } from "./infer/model.ts";
export { open } from "./infer/open.ts";
export { plainClassify, plainLayers, plainScores } from "./infer/plain.ts";
export { activation, scale, sign, softmax } from "./layers/activations.ts";
export { batchNorm } from "./layers/batch-norm.ts";
export { binaryDense } from "./layers/binary-dense.ts";
export { dense } from "./layers/dense.ts";
export type { Layer } from "./layers/layer.ts";
export { sequential } from "./layers/sequential.ts";
export { decodeModel, encodeModel, type ModelFile, type ModelInfo } from "./model/file.ts";
export { modelHash } from "./model/hash.ts";
export type {
  FrozenDense,
  FrozenEncoder,
  FrozenLayer,
  FrozenModel,
  FrozenOutput,
  Operand,
} from "./model/model.ts";
export type { EpochRow } from "./train/metrics.ts";
export { type LayerRow, summarize } from "./train/summary.ts";
export { type TrainEvent, type TrainOptions, type TrainResult, train } from "./train/train.ts";
export { openTrained, type TrainedNetwork } from "./train/trained.ts";
