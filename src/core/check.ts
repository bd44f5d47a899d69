/** Values from outside against their schema: one clear error that names the place. */

import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { OnebitError, type OnebitErrorCode } from "./errors.ts";
import { isObject } from "./json.ts";
import { nearest } from "./nearest.ts";
import { typeName } from "./words.ts";

const { localeError } = en();

/** `value` as the schema reads it, defaults filled in. `where` names it in messages: "adam", "config.json".
 *  Throws an error of `code` that says where the first fault is: a key that is not known, with the nearest one that is, or
 *  a value that is not allowed. */
export function checked<T>(schema: z.ZodMiniType<T>, value: unknown, where: string, code: OnebitErrorCode): T {
  const result = schema.safeParse(value, { error: localeError });
  if (result.success) return result.data;
  const { issues } = result.error;
  // A key that is misspelt is often missing, too: the name is what to tell.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const message = `${where}: there is no key "${pathText([...issue.path, key])}"`;
    throw new OnebitError(code, message, hintFor(key, keysAt(schema, issue.path, value)));
  }
  const text = issue.message.replace(/^Invalid input: |^Invalid option: |^Invalid discriminator value\. /, "");
  const place = issue.path.length === 0 ? where : `${where}: ${pathText(issue.path)}`;
  throw new OnebitError(code, `${place}: ${text[0]!.toLowerCase()}${text.slice(1)}`);
}

/** Throws `argument` for options that are not an object, and for a key that is not among the `known` ones. */
export function checkKeys(options: unknown, known: Readonly<Record<string, unknown>>, where: string): void {
  if (!isObject(options)) {
    throw new OnebitError("argument", `${where} takes an object of options, not ${typeName(options)}`);
  }
  const wrong = Object.keys(options).find((key) => !Object.hasOwn(known, key));
  if (wrong === undefined) return;
  throw new OnebitError("argument", `${where}: there is no key "${wrong}"`, hintFor(wrong, Object.keys(known)));
}

/** Which of the `known` words was meant by `word`, as a hint. */
export function hintFor(word: string, known: readonly string[]): string {
  if (known.length === 0) return "It has no options.";
  const close = known.find((key) => ALIASES.get(word.toLowerCase())?.includes(key)) ?? nearest(word, known);
  return close === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${close}"?`;
}

/** What some keys are called elsewhere. */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ["lr", ["learningRate", "rate"]],
  ["learning_rate", ["learningRate", "rate"]],
  ["learningrate", ["learningRate", "rate"]],
  ["batchsize", ["batch"]],
  ["batch_size", ["batch"]],
  ["weight_decay", ["weightDecay"]],
  ["label_smoothing", ["smoothing"]],
  ["labelsmoothing", ["smoothing"]],
]);

/** Keys that the schema knows of the object at `path`; of alternatives, those of the one that was meant. */
function keysAt(schema: z.ZodMiniType, path: readonly PropertyKey[], value: unknown): string[] {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  const within = (value as Readonly<Record<PropertyKey, unknown>>)[key ?? ""];
  if (inner instanceof z.ZodMiniUnion || inner instanceof z.ZodMiniDiscriminatedUnion) {
    const options = inner._zod.def.options as readonly z.ZodMiniType[];
    return keysAt(options.find((option) => isMeant(option, value)) ?? options[0]!, path, value);
  }
  if (inner instanceof z.ZodMiniObject) {
    const shape = inner._zod.def.shape as Readonly<Record<PropertyKey, z.ZodMiniType>>;
    return key === undefined ? Object.keys(shape) : keysAt(shape[key]!, rest, within);
  }
  if (inner instanceof z.ZodMiniArray && key !== undefined) {
    return keysAt(inner._zod.def.element as z.ZodMiniType, rest, within);
  }
  return [];
}

/** Without what only makes it optional. */
function unwrapped(schema: z.ZodMiniType): z.ZodMiniType {
  if (
    schema instanceof z.ZodMiniDefault ||
    schema instanceof z.ZodMiniOptional ||
    schema instanceof z.ZodMiniNullable
  ) {
    return unwrapped(schema._zod.def.innerType as z.ZodMiniType);
  }
  return schema;
}

/** Whether a literal of an alternative ({kind: "adam"}) is the value's. */
function isMeant(option: z.ZodMiniType, value: unknown): boolean {
  const inner = unwrapped(option);
  if (!(inner instanceof z.ZodMiniObject) || typeof value !== "object" || value === null) return false;
  const given = value as Readonly<Record<string, z.core.util.Literal>>;
  return Object.entries(inner._zod.def.shape as Readonly<Record<string, z.ZodMiniType>>).some(
    ([key, type]) => type instanceof z.ZodMiniLiteral && type._zod.def.values.includes(given[key]!),
  );
}

/** ["layers", 1] as layers[1]. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
