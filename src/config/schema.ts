/** What a configuration may be. `fields` describes each key by itself; check.ts what must hold between them.
 *  docs/config.schema.json is made from here (test/config/schema.test.ts keeps it true). */

import { z } from "zod";
import { OnebitError } from "../core/errors.ts";
import { checkConfig } from "./check.ts";
import type { RunConfig } from "./config.ts";
import { nearest } from "./nearest.ts";
import { presetNames, presets } from "./presets.ts";

export type ConfigOverrides = Partial<RunConfig> & { readonly preset?: string };

/** The configuration that `value`, what a user's JSON holds, stands for: laid over the preset it names (default
 *  "report"), with `overrides` (from flags) on top of both. `where` is the file's name, for messages.
 *  Throws `config`, naming the key, when a key is unknown or its value not allowed, or when values do not fit together. */
export function parseConfig(value: unknown, where: string, overrides: ConfigOverrides = {}): RunConfig {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OnebitError("config", `${where} holds no JSON object`);
  }
  const given: Record<string, unknown> = { preset: "report", ...value, ...overrides };
  const { preset, $schema: _, ...rest } = given;
  const name = presetNames.find((known) => known === preset);
  if (name === undefined) {
    const known = `The presets are ${presetNames.join(", ")}.`;
    throw new OnebitError("config", `${where}: there is no preset ${JSON.stringify(preset)}`, known);
  }
  const merged = { ...presets[name], ...rest };
  const result = whole.safeParse(merged);
  if (!result.success) {
    const { issues } = result.error;
    // A key that is misspelt is often missing, too: the name is what to tell.
    throw configError(issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!, merged, where);
  }
  checkConfig(result.data, where);
  return result.data;
}

/** The JSON Schema of what `parseConfig` takes. Cross-checks between keys are beyond it. */
export function configJsonSchema(): object {
  const given = whole.partial().extend({
    $schema: z.string().optional(),
    preset: z.enum(presetNames).optional().describe('The configuration that this one is laid over; default "report".'),
  });
  return z.toJSONSchema(given.meta({ title: "Configuration of a onebit run" }), { io: "input" });
}

const MAX_COUNT = 2 ** 31 - 1;
const decay = () => z.number().min(0).lt(1);

const binarize = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("threshold"), threshold: z.int().min(0).max(255) }),
  z.strictObject({ kind: z.literal("probability"), repetitions: z.int().min(1).max(1000) }),
  z.strictObject({ kind: z.literal("none") }),
]);

const optimizer = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("sgd"), momentum: decay().default(0) }),
  z.strictObject({
    name: z.literal("adadelta"),
    rho: decay().default(0.9),
    epsilon: z.number().positive().default(1e-6),
  }),
  z.strictObject({
    name: z.literal("adam"),
    beta1: decay().default(0.9),
    beta2: decay().default(0.999),
    epsilon: z.number().positive().default(1e-8),
  }),
]);

const schedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({ kind: z.literal("step"), stepSize: z.int().min(1).max(MAX_COUNT), gamma: z.number().positive() }),
  z.strictObject({ kind: z.literal("cosine") }),
]);

const range = z.union([z.number().positive(), z.literal("fan-in")], 'expected a positive number or "fan-in"');
const init = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("uniform"), range }),
  z.strictObject({ kind: z.literal("file"), path: z.string().min(1) }),
]);

/** Each key of a configuration; config.ts says what they mean. */
export const fields = {
  data: z
    .string()
    .regex(
      /^((mnist|fashion-mnist)(:[1-9]\d{0,8})?|idx:.+)$/,
      'expected "mnist", "fashion-mnist", one of them with a number of images ("mnist:3000"), or "idx:DIR"',
    )
    .describe("The data set; mnist:3000 is the first 3,000 images of it."),
  validation: z.int().min(0).max(MAX_COUNT).describe("Images of the training set that are held out for validation."),
  binarize: binarize.describe("How 8-bit pixels become bits; none: they enter the first layer as they are."),
  shift: z.int().min(0).max(255).describe("Each training image is moved by up to so many pixels, anew each epoch."),
  layers: z.array(z.int().min(1).max(65_535)).min(2).max(256).describe("Widths from the input to the classes."),
  linear: z.enum(["binary", "normal"]).describe("±1 or float32 weights."),
  hidden: z
    .enum(["batch-norm", "scale", "none"])
    .describe("What follows each hidden layer: batch norm, one common scale (binary layers), or nothing."),
  activation: z
    .enum(["sign", "relu", "sigmoid", "tanh", "hard-tanh", "softmax", "identity"])
    .describe("Between the layers; a binary network takes sign."),
  head: z.enum(["scale", "batch-norm"]).describe("What follows the last layer: one common scale, or batch norm."),
  loss: z.enum(["nll", "squared-hinge"]),
  gradients: z
    .enum(["int4", "int5", "int6", "int8", "float32"])
    .describe(
      "Gradients of binary layers on bits: integers of so many bits, rounded at random, or float32. Others are in float32.",
    ),
  optimizer,
  learningRate: z.number().positive(),
  schedule: schedule.describe("How the learning rate goes on; step: times gamma every stepSize epochs."),
  clip: z.boolean().describe("Keeps latent weights of binary layers in ±1."),
  init: init.describe("Initial weights: uniform in ±range (fan-in: ±1/sqrt(inputs)), or of a checkpoint or model."),
  epochs: z.int().min(1).max(100_000),
  batch: z.int().min(1).max(65_536).describe("Images a step."),
  seed: z.int().min(0),
  targetAccuracy: z.number().positive().max(1).nullable().describe("Stop when the validation accuracy reaches it."),
};
const whole = z.strictObject(fields);

function configError(issue: z.core.$ZodIssue, value: unknown, where: string): OnebitError {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = knownKeys(issue.path, value);
    const close = nearest(key, known);
    const hint = close ? `Did you mean "${close}"?` : `The keys are ${known.join(", ")}.`;
    return new OnebitError("config", `${where}: there is no key "${pathText([...issue.path, key])}"`, hint);
  }
  const text = issue.message.replace(/^Invalid input: |^Invalid option: |^Invalid discriminator value\. /, "");
  return new OnebitError("config", `${where}: ${pathText(issue.path)}: ${text[0]!.toLowerCase()}${text.slice(1)}`);
}

/** Keys of the object at `path`: of the configuration, or of that alternative of one of its fields that was meant. */
function knownKeys(path: readonly PropertyKey[], value: unknown): string[] {
  if (path.length === 0) return ["preset", ...Object.keys(fields)];
  const unions = { binarize, optimizer, schedule, init };
  const field = path[0] as keyof typeof unions;
  const given = (value as Record<string, object>)[field]!;
  const meant = unions[field].options.find((option) =>
    Object.entries(option.shape).some(
      ([key, type]) => type instanceof z.ZodLiteral && (given as Record<string, unknown>)[key] === type.value,
    ),
  );
  return Object.keys(meant!.shape);
}

/** ["layers", 1] as layers[1]. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);
}
