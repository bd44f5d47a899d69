/** A configuration's keys as command-line flags: how each is written, and what the text stands for. */

import type { z } from "zod";
import { OnebitError } from "../core/errors.ts";
import type { RunConfig } from "./config.ts";
import { fields } from "./schema.ts";

export interface ConfigFlag {
  /** As it is typed, without the dashes: "lr". */
  readonly name: string;
  readonly key: keyof RunConfig;
  /** What it takes, for help and messages; undefined for a switch, which `--no-<name>` turns off. */
  readonly forms?: string;
  readonly help: string;
  /** The value that a text stands for, undefined for none; the schema checks its range. */
  readonly read?: (text: string) => unknown;
}

const real = (text: string) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
const word = (text: string) => text;

export const configFlags: readonly ConfigFlag[] = [
  { name: "data", key: "data", forms: "mnist | fashion-mnist | mnist:IMAGES | idx:DIR", help: "data set", read: word },
  {
    name: "validation",
    key: "validation",
    forms: "a number of images",
    help: "training images held out for validation",
    read: real,
  },
  {
    name: "binarize",
    key: "binarize",
    forms: "threshold:0…255 | probability:REPETITIONS | none",
    help: "how pixels become bits",
    read: readBinarize,
  },
  {
    name: "shift",
    key: "shift",
    forms: "0…255 pixels",
    help: "move each training image at random, by up to so much",
    read: real,
  },
  {
    name: "layers",
    key: "layers",
    forms: "two or more widths of 1…65535, e.g. 784,500,10",
    help: "widths from the input to the classes",
    read: (text) => text.split(",").map(real),
  },
  { name: "linear", key: "linear", forms: "binary | normal", help: "±1 or float32 weights", read: word },
  {
    name: "hidden",
    key: "hidden",
    forms: "batch-norm | scale | none",
    help: "what follows each hidden layer",
    read: word,
  },
  {
    name: "activation",
    key: "activation",
    forms: "sign | relu | sigmoid | tanh | hard-tanh | softmax | identity",
    help: "between the layers; binary networks take sign",
    read: word,
  },
  { name: "head", key: "head", forms: "scale | batch-norm", help: "what follows the last layer", read: word },
  { name: "loss", key: "loss", forms: "nll | squared-hinge", help: "loss", read: word },
  {
    name: "gradients",
    key: "gradients",
    forms: "int4 | int5 | int6 | int8 | float32",
    help: "of binary layers: integers of so many bits, rounded at random, or float32",
    read: word,
  },
  {
    name: "optimizer",
    key: "optimizer",
    forms: "sgd | sgd:MOMENTUM (0 or more, below 1) | adadelta | adam",
    help: "optimizer",
    read: readOptimizer,
  },
  { name: "lr", key: "learningRate", forms: "a positive number", help: "learning rate", read: real },
  {
    name: "schedule",
    key: "schedule",
    forms: "constant | step:EPOCHS:FACTOR | cosine",
    help: "schedule of the learning rate",
    read: readSchedule,
  },
  { name: "clip", key: "clip", help: "keep latent weights in ±1" },
  {
    name: "init",
    key: "init",
    forms: "fan-in | uniform:RANGE | FILE",
    help: "initial weights; FILE is a checkpoint or a model",
    read: readInit,
  },
  { name: "epochs", key: "epochs", forms: "1…100000", help: "passes through the training images", read: real },
  { name: "batch", key: "batch", forms: "1…65536", help: "images a step", read: real },
  { name: "seed", key: "seed", forms: "an integer of 0 or more", help: "seed of all random numbers", read: real },
  {
    name: "target-accuracy",
    key: "targetAccuracy",
    forms: "0.97 | 97 | 97%",
    help: "stop when the validation accuracy reaches it",
    read: readAccuracy,
  },
];

/** The value of a flag. Throws `argument`, showing what is allowed, when `text` stands for none. */
export function readFlag(flag: ConfigFlag, text: string): unknown {
  const schema: z.ZodType = fields[flag.key];
  const result = schema.safeParse(flag.read?.(text));
  if (result.success) return result.data;
  throw new OnebitError("argument", `--${flag.name} does not take "${text}"`, `It takes ${flag.forms}.`);
}

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
  return { name: text };
}

function readSchedule(text: string): unknown {
  const [kind, size, gamma, ...more] = text.split(":");
  if (kind === "step")
    return more.length === 0 ? { kind, stepSize: real(size ?? ""), gamma: real(gamma ?? "") } : undefined;
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
