/** The keys of a recipe, each declared once: what it may be, when it came, how it is written as a flag, and what it means.
 *  The types, the schema, the command line's flags and help, and what a result is known by follow from here. */

import * as z from "zod/mini";
import { activationKinds, surrogates } from "../kernels/layout.ts";
import { MAX_UNITS } from "../layers/units.ts";
import { losses } from "../losses/losses.ts";
import { optimizers } from "../optim/optimizers.ts";
import { type Schedule, schedules } from "../optim/schedules.ts";
import { count, gradientKinds, namedInit, planOptions, positive, runOptions } from "./config.ts";

/** How a key is written on the command line. */
export interface Flag {
  /** Without the dashes, where it is not the key's own name: "lr". */
  readonly name?: string;
  /** What it takes, for help and messages; a switch, which `--no-NAME` turns off, has none. */
  readonly forms?: string;
  /** What a text stands for, undefined for nothing; the schema judges it. A word stands for itself unless given. */
  readonly read?: (text: string) => unknown;
}

export interface Key<S extends z.ZodMiniType = z.ZodMiniType> {
  readonly schema: S;
  readonly help: string;
  readonly flag: Flag;
  /** Of keys that came after the first results were kept: what a recipe without them means. Results and run folders from before
   *  stay what they are, for a result is not known by keys with this value (src/config/recipe.ts). */
  readonly default?: z.output<S>;
  /** The networks it has a say in; undefined: all. */
  readonly of?: "binary" | "normal";
}

const key = <S extends z.ZodMiniType>(
  schema: S,
  help: string,
  flag: Flag,
  more: Pick<Key<S>, "default" | "of"> = {},
): Key<S> => ({ schema, help, flag, ...more });

/** The number that a text is. */
export const real = (text: string) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);

/** Key of alternatives: its words are its forms. */
const word = <const W extends readonly [string, ...string[]]>(
  words: W,
  help: string,
  more: { default?: W[number]; of?: "binary" | "normal" } = {},
) => key(z.enum(words), help, { forms: words.join(" | ") }, more);

const share = z.number().check(z.minimum(0), z.lt(1));
const names = <T extends object>(table: T) => Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];

/** An optimizer by name, with its constants: {name: "adam", beta1: 0.9}. */
export type NamedOptimizer = { readonly name: string } & Constants;
type Constants = Readonly<Record<string, unknown>>;

/** What optimizers have as options, and recipes as keys of their own or not at all. */
const ELSEWHERE = ["rate", "clip", "weightDecay", "rest"];

const namedOptimizer = z.discriminatedUnion(
  "name",
  optimizers.kinds.map((name) => {
    const { shape } = optimizers.of({ kind: name }).options;
    const own = Object.entries(shape).filter(([option]) => !ELSEWHERE.includes(option));
    return z.strictObject({ name: z.literal(name), ...Object.fromEntries(own) });
  }) as unknown as [z.ZodMiniObject, ...z.ZodMiniObject[]],
) as unknown as z.ZodMiniType<NamedOptimizer>;

/** Keys that recipes have had from the first. */
const firstKeys = {
  data: key(runOptions.data, "data set", { forms: "NAME | NAME:SAMPLES | idx:DIR" }),
  validation: key(planOptions.validation, "training samples held out for validation", {
    forms: "a number of samples",
    read: real,
  }),
  binarize: key(
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("threshold"), threshold: count(0, 255) }),
      z.strictObject({ kind: z.literal("probability"), repetitions: count(1, 1000) }),
      z.strictObject({ kind: z.literal("none") }),
    ]),
    "how 8-bit pixels become bits; none: they enter the first layer as they are",
    { forms: "threshold:0…255 | probability:REPETITIONS | none", read: readBinarize },
  ),
  shift: key(planOptions.shift, "move each training picture at random, by up to this many pixels", {
    forms: "0…255",
    read: real,
  }),
  layers: key(
    z.array(count(1, MAX_UNITS)).check(z.minLength(2), z.maxLength(256)),
    "widths from the input to the classes",
    {
      forms: `two or more widths of 1…${MAX_UNITS}, e.g. 784,500,10`,
      read: (text) => text.split(",").map(real),
    },
  ),
  linear: word(["binary", "normal"], "±1 or float32 weights"),
  hidden: word(
    ["batch-norm", "scale", "none"],
    "what follows each hidden layer's sums: batch norm, one common scale, or nothing",
  ),
  activation: word(
    ["sign", ...names(activationKinds), "softmax", "identity"],
    "between the layers; binary networks take sign",
  ),
  head: word(["scale", "batch-norm", "none"], "what follows the last layer's sums"),
  loss: word(losses.kinds as [string, ...string[]], "loss"),
  gradients: word(gradientKinds, "of binary layers: integers of this many bits, rounded at random, or float32", {
    of: "binary",
  }),
  optimizer: key(namedOptimizer, "optimizer; bop flips binary weights, and Adam steps the rest", {
    forms: [...optimizers.kinds, "sgd:MOMENTUM (0 or more, below 1)", "bop:GAMMA:THRESHOLD"].join(" | "),
    read: readOptimizer,
  }),
  learningRate: key(positive, "learning rate", { name: "lr", forms: "a positive number", read: real }),
  schedule: key(schedules.schema() as z.ZodMiniType<Schedule & Constants>, "schedule of the learning rate", {
    forms: "constant | step:EPOCHS:FACTOR | cosine",
    read: readSchedule,
  }),
  clip: key(z.boolean(), "keep latent weights in ±1", {}, { of: "binary" }),
  init: key(namedInit, "initial weights; FILE is a checkpoint or a model", {
    forms: "fan-in | uniform:RANGE | FILE",
    read: readInit,
  }),
  epochs: key(runOptions.epochs, "passes through the training samples", { forms: "1…100000", read: real }),
  batch: key(planOptions.batch, "samples a step", { forms: "1…65536", read: real }),
  seed: key(planOptions.seed, "seed of all random numbers", { forms: "an integer of 0 or more", read: real }),
  targetAccuracy: key(runOptions.targetAccuracy, "stop when the validation accuracy reaches it", {
    forms: "0.97 | 97 | 97%",
    read: readAccuracy,
  }),
} satisfies Readonly<Record<string, Key>>;

/** Keys that came later, each with a default. */
const laterKeys = {
  surrogate: word(names(surrogates), "gradient in place of sign's", { default: "hard-tanh" }),
  zero: key(
    z.union([z.literal(1), z.literal(-1)]),
    "sign(0) in training; the frozen network agrees with it",
    { forms: "1 | -1", read: real },
    { default: 1 },
  ),
  bias: word(["none", "binary"], "biases of binary layers: none, or ±1", { default: "none", of: "binary" }),
  offset: key(
    z.boolean(),
    "learn an offset a neuron behind the scale of hidden layers; it costs nothing in hardware",
    {},
    { default: false, of: "binary" },
  ),
  smoothing: key(share, "label smoothing of nll", { forms: "0 or more, below 1", read: real }, { default: 0 }),
  weightDecay: key(
    z.number().check(z.minimum(0)),
    "decoupled decay of weights",
    { name: "weight-decay", forms: "0 or more", read: real },
    { default: 0 },
  ),
  patience: key(
    runOptions.patience,
    "stop when the validation accuracy has not risen for this many epochs",
    { forms: "a number of epochs", read: real },
    { default: null },
  ),
} satisfies Readonly<Record<string, Key>>;

export const keys = { ...firstKeys, ...laterKeys };

export type KeyName = keyof typeof keys;
export const keyNames = Object.keys(keys) as KeyName[];

/** A whole recipe: every key has a value. */
export type Recipe = { readonly [K in KeyName]: z.output<(typeof keys)[K]["schema"]> };

/** What recipes without the later keys mean. */
export const laterDefaults = Object.fromEntries(
  Object.entries(laterKeys).map(([name, { default: value }]) => [name, value]),
) as Pick<Recipe, keyof typeof laterKeys>;

function readBinarize(text: string): unknown {
  const [kind, value, ...more] = text.split(":");
  if (more.length > 0) return undefined;
  if (kind === "none" && value === undefined) return { kind };
  if (kind === "threshold" && value !== undefined) return { kind, threshold: real(value) };
  if (kind === "probability" && value !== undefined) return { kind, repetitions: real(value) };
  return undefined;
}

/** Constants that the text leaves out are the schema's defaults. */
function readOptimizer(text: string): unknown {
  if (text.startsWith("sgd:")) return { name: "sgd", momentum: real(text.slice(4)) ?? null };
  const [name, gamma, threshold, ...more] = text.split(":");
  if (name !== "bop" || gamma === undefined) return { name: text };
  if (threshold === undefined || more.length > 0) return undefined;
  return { name, gamma: real(gamma) ?? null, threshold: real(threshold) ?? null };
}

function readSchedule(text: string): unknown {
  const [kind, size, gamma, ...more] = text.split(":");
  if (kind === "step") {
    return more.length === 0 ? { kind, stepSize: real(size ?? ""), gamma: real(gamma ?? "") } : undefined;
  }
  return size === undefined ? { kind } : undefined;
}

function readInit(text: string): unknown {
  if (text === "fan-in") return { kind: "uniform", range: "fan-in" };
  if (text === "uniform") return undefined;
  if (text.startsWith("uniform:")) return { kind: "uniform", range: real(text.slice(8)) };
  return { kind: "file", path: text };
}

/** Up to 1 it is a share, above and with % a percentage. */
function readAccuracy(text: string): unknown {
  const percent = text.endsWith("%");
  const value = real(percent ? text.slice(0, -1) : text);
  return value !== undefined && (percent || value > 1) ? value / 100 : value;
}
