/** A run from its configuration: what the command line and others do who have one. */

import type { RunConfig } from "../config/config.ts";
import type { DataSet } from "../data/dataset.ts";
import { type CompileOptions, compile } from "./compile.ts";
import type { Fit, FitOptions } from "./fit.ts";
import type { Trainer } from "./trainer.ts";

/** The trainer of a run. Throws as `compile` does. */
export function compileRun(
  config: RunConfig,
  data: DataSet,
  options: Pick<CompileOptions, "threads" | "kernels" | "workerTimeout" | "weights"> = {},
): Promise<Trainer> {
  const { network, data: _, epochs: _e, targetAccuracy: _t, patience: _p, ...plan } = config;
  return compile(network, data, { ...plan, ...options });
}

/** Trains a run to its end, from where the trainer is: it may have been restored. */
export function fitRun(
  trainer: Trainer,
  { epochs, targetAccuracy, patience }: RunConfig,
  options: Pick<FitOptions, "signal" | "watch" | "onProgress"> = {},
): Fit {
  return trainer.fit({
    epochs: Math.max(0, epochs - trainer.epoch),
    targetAccuracy,
    patience,
    resumes: true,
    ...options,
  });
}

/** Trains a run from its beginning and returns its trainer, which the caller closes. Throws as `compile` and `fit` do. */
export async function train(
  config: RunConfig,
  data: DataSet,
  options: Parameters<typeof compileRun>[2] & Parameters<typeof fitRun>[2] = {},
): Promise<Trainer> {
  const { signal, watch, onProgress, ...machine } = options;
  const trainer = await compileRun(config, data, machine);
  try {
    await fitRun(trainer, config, {
      ...(signal && { signal }),
      ...(watch && { watch }),
      ...(onProgress && { onProgress }),
    });
    return trainer;
  } catch (error) {
    await trainer.close();
    throw error;
  }
}
