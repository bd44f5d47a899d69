/** What determines a trained network, to the last bit: plain values. (The number of threads is not part of it.) */

import * as z from "zod/mini";
import { checked } from "../core/check.ts";
import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { type Loss, losses } from "../losses/losses.ts";
import { type Network, parseNetwork } from "../network/sequential.ts";
import { type Optimizer, optimizers } from "../optim/optimizers.ts";
import { type Schedule, schedules } from "../optim/schedules.ts";

/** How binary layers on bits compute gradients: as integers of so many bits, rounded at random, or in float32. */
export const gradientKinds = ["int4", "int5", "int6", "int8", "float32"] as const;
/** "int4", "int5", "int6", "int8" or "float32". */
export type GradientKind = (typeof gradientKinds)[number];

/** First weights: uniform in ±range ("fan-in": ±1/√inputs, PyTorch's default); those of a file, a checkpoint or a model; or
 *  some that were handed over. */
export type Init =
  | { readonly kind: "uniform"; readonly range: number | "fan-in" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "given" };

/** All that a step of training depends on, beside the data. */
export interface Plan {
  readonly network: Network;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** "float32" for networks without a binary layer on bits. */
  readonly gradients: GradientKind;
  readonly init: Init;
  /** Samples a step. */
  readonly batch: number;
  readonly seed: number;
  /** Samples of the training set that are held out. */
  readonly validation: number;
  /** Each training picture is moved by up to so many pixels in each direction, anew each epoch. */
  readonly shift: number;
}

/** A run: its plan, its data and how long it goes on. `config.json` of a run's folder, with its version. */
export interface RunConfig extends Plan {
  /** As `loadDataSet` takes it: "mnist", "idx:DIR" … */
  readonly data: string;
  readonly epochs: number;
  /** Stop when the validation accuracy reaches it (0 … 1; report, section 2.4.2), or null. */
  readonly targetAccuracy: number | null;
  /** Stop when the validation accuracy has not risen for so many epochs, or null. */
  readonly patience: number | null;
}

const MAX_COUNT = 2 ** 31 - 1;
export const positive = z.number().check(z.positive());
export const count = (lowest: number, highest = MAX_COUNT) => z.int().check(z.minimum(lowest), z.maximum(highest));

const uniform = z.strictObject({
  kind: z.literal("uniform"),
  range: z.union([positive, z.literal("fan-in")], { error: 'expected a positive number or "fan-in"' }),
});
const file = z.strictObject({ kind: z.literal("file"), path: z.string().check(z.minLength(1)) });
/** First weights as a recipe may name them. */
export const namedInit = z.discriminatedUnion("kind", [uniform, file]);

/** The numbers and words of a plan, each by itself. */
export const planOptions = {
  gradients: z.enum(gradientKinds),
  init: z.discriminatedUnion("kind", [uniform, file, z.strictObject({ kind: z.literal("given") })]),
  batch: count(1, 65_536),
  seed: z.int().check(z.minimum(0)),
  validation: count(0),
  shift: count(0, 255),
};

export const planSchema = z.strictObject(planOptions);

/** How long a run goes on. */
export const runOptions = {
  data: z.string().check(z.minLength(1)),
  epochs: count(1, 100_000),
  targetAccuracy: z.nullable(z.number().check(z.positive(), z.maximum(1))),
  patience: z.nullable(count(1, 100_000)),
};

/** Of `config.json`. Files without one hold a recipe, as they did before version 2. */
export const CONFIG_VERSION = 2;

/** The plan that JSON stands for. Throws `config`, naming the place. */
export function parsePlan(value: unknown, where: string): Plan {
  return { ...parseValues(value, where), ...checked(planSchema, numbersOf(value), where, "config") };
}

/** The run that `config.json` stands for. Throws `config`, naming the place. */
export function parseRun(value: unknown, where: string): RunConfig {
  const numbers = z.strictObject({ ...planOptions, ...runOptions });
  return { ...parseValues(value, where), ...checked(numbers, numbersOf(value), where, "config") };
}

function parseValues(value: unknown, where: string) {
  if (!isObject(value)) throw new OnebitError("config", `${where} does not hold a JSON object`);
  return {
    network: parseNetwork(value.network, `${where}: network`),
    loss: losses.parse(value.loss, `${where}: loss`),
    optimizer: optimizers.parse(value.optimizer, `${where}: optimizer`),
    schedule: schedules.parse(value.schedule, `${where}: schedule`),
  };
}

/** Without the values that are parsed by their families, and without the version. */
function numbersOf(value: unknown): object {
  const {
    network: _n,
    loss: _l,
    optimizer: _o,
    schedule: _s,
    version: _v,
    ...numbers
  } = value as Record<string, unknown>;
  return numbers;
}
