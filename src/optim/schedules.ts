/** Learning-rate schedules: what becomes of a rate as training goes on. Each is a value, {kind, …options}. */

import * as z from "zod/mini";
import { type Definition, Family, type Value } from "../core/family.ts";

/** A schedule: `constant()`, `steps(…)` or `cosine()`. */
export interface Schedule extends Value {}

export interface ScheduleDefinition<V extends Schedule = Schedule> extends Definition<V> {
  /** The rate at `progress` epochs into a run of `epochs`; progress is fractional within an epoch. */
  at(schedule: V, rate: number, progress: number, epochs: number): number;
}

const constantDefinition: ScheduleDefinition = {
  kind: "constant",
  options: z.object({}),
  at: (_, rate) => rate,
};

/** Options of `steps`. */
export interface StepsOptions {
  /** Epochs between two steps. */
  readonly stepSize: number;
  /** What each multiplies the rate by. */
  readonly gamma: number;
}
interface Steps extends Schedule, StepsOptions {}

const stepsDefinition: ScheduleDefinition<Steps> = {
  kind: "step",
  options: z.object({
    stepSize: z.int().check(z.minimum(1), z.maximum(2 ** 31 - 1)),
    gamma: z.number().check(z.positive()),
  }),
  at({ stepSize, gamma }, rate, progress) {
    let scaled = rate;
    for (let epoch = stepSize; epoch <= progress; epoch += stepSize) scaled *= gamma;
    return scaled;
  },
};

const cosineDefinition: ScheduleDefinition = {
  kind: "cosine",
  options: z.object({}),
  at: (_, rate, progress, epochs) => rate * (0.5 + 0.5 * cosPi(progress / epochs)),
};

/** The schedules, by kind: `schedules.kinds` names them. */
export const schedules = new Family<ScheduleDefinition>("schedule", [
  constantDefinition,
  stepsDefinition,
  cosineDefinition,
]);

/** The same rate all along. */
export const constant = (): Schedule => schedules.make("constant", {});

/** rate · gamma^(completed epochs div stepSize): PyTorch's StepLR, the report's outlook. Throws `argument`. */
export const steps = (options: StepsOptions): Schedule => schedules.make("step", options);

/** rate · (1 + cos(π · progress/epochs))/2, to 0 over all epochs. Loshchilov and Hutter 2017. */
export const cosine = (): Schedule => schedules.make("cosine", {});

/** cos(πx) for 0 <= x <= 1, from its Taylor series, the same on every host; the error is below 1e-15. */
function cosPi(x: number): number {
  if (x > 0.5) return -cosPi(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 12; k++) {
    term *= -square / ((2 * k - 1) * (2 * k));
    sum += term;
  }
  return sum;
}
