/** All experiments, in the order of the report's page. */

import type { Experiment } from "../experiment.ts";
import { activations } from "./activations.ts";
import { batchNorm } from "./batch-norm.ts";
import { batchSizes } from "./batch-sizes.ts";
import { binarizationTimes } from "./binarization-times.ts";
import { binarizations } from "./binarizations.ts";
import { binaryLinear } from "./binary-linear.ts";
import { chainRule } from "./chain-rule.ts";
import { epochTimes } from "./epoch-times.ts";
import { gradientBits } from "./gradient-bits.ts";
import { learningRates } from "./learning-rates.ts";
import { linearLayers } from "./linear-layers.ts";
import { lowAndHighRates } from "./low-and-high-rates.ts";
import { neuron } from "./neuron.ts";
import { optimizers } from "./optimizers.ts";
import { otherData } from "./other-data.ts";
import { overlay } from "./overlay.ts";
import { signFunction } from "./sign-function.ts";
import { slope } from "./slope.ts";
import { stepSizes } from "./step-sizes.ts";
import { structure } from "./structure.ts";
import { textExport } from "./text-export.ts";
import { thresholdImages } from "./threshold-images.ts";
import { thresholds } from "./thresholds.ts";

export const experiments: readonly Experiment[] = [
  structure,
  neuron,
  activations,
  slope,
  chainRule,
  lowAndHighRates,
  signFunction,
  binaryLinear,
  batchNorm,
  linearLayers,
  learningRates,
  batchSizes,
  epochTimes,
  thresholdImages,
  overlay,
  binarizations,
  binarizationTimes,
  textExport,
  stepSizes,
  otherData,
  optimizers,
  thresholds,
  gradientBits,
];
