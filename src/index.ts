/** onebit: train a binarized network, freeze it to bits and integers, and take it anywhere. Runs in Node and in a page; what
 *  needs files is onebit/node, what only classifies onebit/infer.
 *
 *  ```ts
 *  import { adam, batchNorm, binaryDense, compile, cosine, exporters, scale, sequential, sign, threshold } from "onebit";
 *
 *  const network = sequential(threshold(127), [binaryDense(64), batchNorm(), sign(), binaryDense(2), scale()]);
 *  const data = { inputs: pixels, labels, shape: [28, 28, 1], classes: ["cat", "dog"] };
 *  const trainer = await compile(network, data, { optimizer: adam({ rate: 1e-3, clip: true }), schedule: cosine() });
 *  for await (const { epoch, validationAccuracy } of trainer.fit({ epochs: 20 })) console.log(epoch, validationAccuracy);
 *  const model = trainer.freeze();
 *  model.predict(pixels); // ["cat", "dog", "dog", …]
 *  const files = exporters.c(model);
 *  await trainer.close();
 *  ```
 *
 *  @module onebit */

// A network's values.

export type { Encoder, EncoderContext, EncoderDefinition, EncoderStage } from "./encoders/encoder.ts";
export * from "./encoders/index.ts";
export type { ActivationName } from "./layers/activations.ts";
export type { BatchNormOptions } from "./layers/batch-norm.ts";
export type { BinaryDenseOptions } from "./layers/binary-dense.ts";
export type { DenseOptions } from "./layers/dense.ts";
export * from "./layers/index.ts";
export type { Layer } from "./layers/layer.ts";
export type { SignOptions, Surrogate } from "./layers/sign.ts";
export { type Network, networkTitle, parseNetwork, sequential } from "./network/sequential.ts";
export { type LayerRow, summarize } from "./network/summary.ts";

// What trains it.

export * from "./losses/losses.ts";
export * from "./optim/optimizers.ts";
export * from "./optim/schedules.ts";

// Data.

export type { DataSet, DataSetWithTest, Samples } from "./data/dataset.ts";
export { dataSet, type GivenData, type GivenInputs, type GivenSamples } from "./data/given.ts";
export { type DimensionsCheck, encodeIdx, type IdxArray, parseIdx } from "./data/idx.ts";
export { type DataSpec, dataSpecText, parseDataSpec } from "./data/spec.ts";
export { mnistDigit } from "./images/digit.ts";
export type { GreyPicture } from "./images/grey.ts";

// Training.

export { type Checkpoint, decodeCheckpoint } from "./train/checkpoint.ts";
export { type CompileOptions, compile, openCheckpoint, type WithoutData } from "./train/compile.ts";
export { type Evaluation, evaluate } from "./train/evaluate.ts";
export type { Fit, FitOptions, Stopped } from "./train/fit.ts";
export type { GivenWeights } from "./train/initial.ts";
export type { EpochRow, Progress } from "./train/metrics.ts";
export type { LayerView, StepOptions, StepResult, Trainer } from "./train/trainer.ts";

// The frozen model, and where it goes.

export type { ExportFile } from "./export/files.ts";
export type { CommonOptions, Explanation, Format, Host, Outcome, Subject, Target } from "./export/format.ts";
export { type Exporter, type Exporters, exporters, type FormatName, formats } from "./export/formats.ts";
export { importText, type TextLayout } from "./export/text/read.ts";
export { loadModel, type Model, type ModelOptions, modelOf } from "./infer/model.ts";
export { open } from "./infer/open.ts";
export { decodeModel, encodeModel, type ModelFile, type ModelInfo } from "./model/file.ts";
export { modelHash } from "./model/hash.ts";
export type { FrozenDense, FrozenEncoder, FrozenLayer, FrozenModel, FrozenOutput } from "./model/model.ts";

// Runs as the command line has them: recipes, configurations, results that are kept.

export type { GradientKind, Init, Plan, RunConfig } from "./config/config.ts";
export { expand } from "./config/expand.ts";
export type { Recipe } from "./config/keys.ts";
export { presets } from "./config/presets.ts";
export { parseConfig } from "./config/read.ts";
export { parseRecipe, type RecipeOverrides, recipeKey } from "./config/recipe.ts";
export { measureKey, type Run, type RunRow, runKey, runRow } from "./runs/runs.ts";
export { compileRun, fitRun, train } from "./train/train.ts";

// A layer of one's own.

export type { Arena } from "./kernels/arena.ts";
export type { KernelName } from "./kernels/kernels.ts";
export type { Program } from "./kernels/program.ts";
export type { Freezer, Line } from "./layers/freezer.ts";
export {
  addStep,
  type Backward,
  type Buffer,
  type Context,
  type Initial,
  type LayerDefinition,
  type Mode,
  type Optimization,
  type Parameter,
  type ParameterRole,
  type Quantization,
  type Stage,
} from "./layers/layer.ts";
export {
  type Bits,
  type Bytes,
  bits,
  bytes,
  type Float32,
  float32,
  type Int32,
  int32,
  type Kind,
  type Signal,
} from "./layers/signal.ts";

// Bits, shapes, JSON, errors.

export { type BitMatrix, bitMatrix, getBit, packSigns, rowBytes, setBit, unpackSigns } from "./core/bits.ts";
export { OnebitError, type OnebitErrorCode } from "./core/errors.ts";
export type { Definition, Family, OptionsSchema, Value } from "./core/family.ts";
export { canonicalJson, type Json, type JsonObject } from "./core/json.ts";
export { NUMERICS } from "./core/numerics.ts";
export type { Shape } from "./core/shape.ts";
