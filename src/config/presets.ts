/** Named recipes: plain data that a user's keys are laid over. */

import { laterDefaults, type Recipe } from "./keys.ts";

/** The report's network and choices: sections 3 and 4, learning rate 1.5, batch 100, threshold input. It names no
 *  optimizer: Adadelta is an assumption, see docs/decisions/optimizer-of-the-report.md. */
const report: Recipe = {
  data: "mnist",
  validation: 5000,
  binarize: { kind: "threshold", threshold: 127 },
  shift: 0,
  layers: [784, 500, 1024, 1024, 10],
  linear: "binary",
  hidden: "batch-norm",
  activation: "sign",
  head: "batch-norm",
  loss: "nll",
  gradients: "int6",
  optimizer: { name: "adadelta", rho: 0.9, epsilon: 1e-6 },
  learningRate: 1.5,
  schedule: { kind: "constant" },
  clip: false,
  init: { kind: "uniform", range: "fan-in" },
  epochs: 50,
  batch: 100,
  seed: 1,
  targetAccuracy: null,
  ...laterDefaults,
};

/** The same network, trained in minutes: what `npm start` runs. */
const quick: Recipe = {
  ...report,
  head: "scale",
  optimizer: { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1e-3,
  schedule: { kind: "cosine" },
  clip: true,
  epochs: 20,
};

/** The presets by name. `quick` is what recipes are laid over unless they name another; `report` is the student
 *  report's set-up. */
export const presets = { quick, report } as const satisfies Readonly<Record<string, Recipe>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
