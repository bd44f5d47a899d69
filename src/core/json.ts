/** JSON with one text per value, so that the same model gives the same bytes. */

import { OnebitError } from "./errors.ts";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Compact JSON with the keys of each object in code-unit order. Throws `argument`, naming the key, for what JSON cannot
 *  hold: NaN, infinities, undefined, functions, nesting beyond 64 levels (so also cycles). */
export function canonicalJson(value: unknown): string {
  return write(value, "", 0);
}

const MAX_DEPTH = 64;

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH)
    throw new OnebitError("argument", `${path.slice(1, 40)}… is nested more than ${MAX_DEPTH} deep`);
  if (value === null || typeof value === "boolean" || typeof value === "string" || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item, i) => write(item, `${path}.${i}`, depth + 1)).join(",")}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`, depth + 1)}`).join(",")}}`;
  }
  throw new OnebitError("argument", `${path.slice(1) || "the value"} is ${String(value)}, which JSON cannot hold`);
}

/** Whether a value is a plain object, neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value of JSON for a message: at most 80 characters, however long it is and however deeply nested. */
export function brief(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? "undefined";
  } catch {
    return "a value that is nested too deep"; // for the stack
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
