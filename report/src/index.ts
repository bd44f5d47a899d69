/** All experiments, in the order of the report's page. */

import { otherData } from "./beyond-data.ts";
import { gradientBits } from "./beyond-gradient-bits.ts";
import { optimizers } from "./beyond-optimizer.ts";
import { stepSizes } from "./beyond-step.ts";
import { thresholds } from "./beyond-threshold.ts";
import type { Experiment } from "./experiment.ts";
import { structure } from "./fig-2.1.ts";
import { neuron } from "./fig-2.2.ts";
import { activations } from "./fig-2.3.ts";
import { chainRule } from "./fig-2.7.ts";
import { learningRate } from "./fig-2.8.ts";
import { signFunction } from "./fig-3.1.ts";
import { binaryLinear } from "./fig-3.2.ts";
import { batchNorm } from "./fig-3.3.ts";
import { learningRates } from "./fig-4.1.ts";
import { batchSizes } from "./fig-4.2.ts";
import { thresholdImages } from "./fig-5.1.ts";
import { overlay } from "./fig-5.5.ts";
import { slope } from "./slope-2.4.ts";
import { linear } from "./tab-3.4.ts";
import { epochTimes } from "./tab-4.3.ts";
import { binarizations } from "./tab-5.7.ts";
import { textExport } from "./tab-6.1.ts";
import { binarizationTimes } from "./time-5.1.ts";

export const experiments: readonly Experiment[] = [
  structure,
  neuron,
  activations,
  slope,
  chainRule,
  learningRate,
  signFunction,
  binaryLinear,
  batchNorm,
  linear,
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
