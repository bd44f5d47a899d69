/** Recipes: the short form of a run, one word or number a key. A recipe is laid over a preset, checked, and expanded to the
 *  values of a run (expand.ts); nothing behind that door sees a key's name. */

import * as z from "zod/mini";
import { checked, hintFor } from "../core/check.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import { brief, canonicalJson, isObject } from "../core/json.ts";
import { NUMERICS } from "../core/numerics.ts";
import { losses } from "../losses/losses.ts";
import { optimizers } from "../optim/optimizers.ts";
import { type Key, type KeyName, keyNames, keys, type Recipe } from "./keys.ts";
import { presetNames, presets } from "./presets.ts";

/** Keys that are laid over a recipe, and the preset they are laid over in turn. */
export type RecipeOverrides = Partial<Recipe> & { readonly preset?: string };

/** The preset that recipes are laid over unless they name one. */
export const DEFAULT_PRESET = "quick";
/** Likewise, of whole recipes as config.json held them before its version 2. */
const FIRST_PRESET = "report";

const keyTable: Readonly<Record<KeyName, Key>> = keys;
const schema = z.strictObject(
  Object.fromEntries(keyNames.map((name) => [name, keyTable[name].schema])) as {
    readonly [K in KeyName]: (typeof keys)[K]["schema"];
  },
);

/** The recipe that `value`, what a user's JSON holds, stands for: laid over the preset it names (unless given, "quick"), with
 *  `overrides` (from flags) on top of both. `where` is the file's name, for messages. Throws `config`, naming the key, when a key
 *  is unknown or its value not allowed, when values do not fit together, or when one that was given could do nothing. */
export function parseRecipe(value: unknown, where: string, overrides: RecipeOverrides = {}): Recipe {
  if (!isObject(value)) throw new OnebitError("config", `${where} does not hold a JSON object`);
  const all: Readonly<Record<string, unknown>> = { ...value, ...overrides };
  const { preset = isWhole(value) ? FIRST_PRESET : DEFAULT_PRESET, $schema: _, ...given } = all;
  const name = presetNames.find((known) => known === preset);
  if (name === undefined) {
    throw new OnebitError(
      "config",
      `${where}: there is no preset ${brief(preset)}`,
      hintFor(typeof preset === "string" ? preset : "", presetNames),
    );
  }
  const recipe = checked(schema, { ...presets[name], ...given }, where, "config");
  checkTogether(recipe, where);
  if (!isWhole(value)) checkEffective(recipe, Object.keys(given) as KeyName[], where);
  else checkEffective(recipe, Object.keys(overrides) as KeyName[], where);
  return recipe;
}

/** Whether a value has all the keys of the first version: it was written by onebit, and none of them was chosen for its effect. */
function isWhole(value: object): boolean {
  return keyNames.every((name) => name in value || keyTable[name].default !== undefined);
}

/** Checks keys that are valid one by one against each other. */
function checkTogether(recipe: Recipe, where: string): void {
  const { layers, linear, activation, batch, hidden, head, validation, patience } = recipe;
  const fault = (message: string, hint: string) => new OnebitError("config", `${where}: ${message}`, hint);
  const deep = layers.length > 2;
  if (linear === "binary" && activation !== "sign" && deep) {
    throw fault(
      `activation is "${activation}", whose output is of the wrong kind for the binary layer after it, which takes bits`,
      'Set activation to "sign", or linear to "normal".',
    );
  }
  if (linear === "normal" && hidden === "scale") {
    throw fault('hidden is "scale", which is for the sums of binary layers', 'Set hidden to "batch-norm" or "none".');
  }
  if (patience !== null && validation === 0) {
    throw fault("patience looks at the validation accuracy, and validation is 0", "Hold some samples out.");
  }
  if (batch < 2 && ((hidden === "batch-norm" && deep) || head === "batch-norm")) {
    throw fault("batch is 1, and batch norm has no variance of one sample", "Take a batch of 2 or more.");
  }
}

/** Refuses keys that were given and could do nothing. */
function checkEffective(recipe: Recipe, given: readonly KeyName[], where: string): void {
  const { linear, activation, hidden, head, loss, optimizer } = recipe;
  const without = (name: KeyName) => JSON.stringify(recipe[name]) === JSON.stringify(keyTable[name].default ?? false);
  const { clips, decay } = optimizers.of({ kind: optimizer.name });
  const smooths = "smoothing" in losses.of({ kind: loss }).options.shape;
  const idle = given.flatMap((name): [KeyName, string][] => {
    if (without(name)) return [];
    if (keyTable[name].of === "binary" && linear !== "binary") return [[name, "which is for binary layers"]];
    if (name === "head" && head === "scale" && linear === "normal")
      return [[name, "which is for the sums of binary layers"]];
    if (name === "surrogate" && activation !== "sign") return [[name, "but there is no sign"]];
    if (name === "zero" && activation !== "sign" && linear !== "binary") return [[name, "but there is no sign"]];
    if (name === "offset" && hidden !== "scale")
      return [[name, "which stands behind a scale; batch norm has one of its own"]];
    if (name === "smoothing" && !smooths) return [[name, `but ${loss} smooths no labels`]];
    if (name === "clip" && clips === undefined) return [[name, `but ${optimizer.name} keeps no latent weights`]];
    if (name === "weightDecay" && decay === undefined)
      return [[name, `but ${optimizer.name} has no weights that decay`]];
    return [];
  });
  if (idle.length === 0) return;
  const [name, why] = idle[0]!;
  throw new OnebitError("config", `${where}: ${name} is ${JSON.stringify(recipe[name])}, ${why}`, `Leave ${name} out.`);
}

/** What a recipe is known by: without the keys that came later and have their default, so that a new key changes nothing. */
export function normalForm(recipe: Recipe): Partial<Recipe> {
  const entries = keyNames.map((name) => [name, recipe[name]] as const);
  return Object.fromEntries(
    entries.filter(([name, value]) => JSON.stringify(keyTable[name].default) !== JSON.stringify(value)),
  );
}

/** Names a run: 16 hexadecimal digits that depend on its recipe, on what else is said of it, and on the numerics' version.
 *  Nothing else changes what it computes. */
export function recipeKey(recipe: Recipe, more: object = {}): string {
  const text = canonicalJson({ ...more, config: normalForm(recipe), numerics: NUMERICS });
  return sha256Hex(new TextEncoder().encode(text)).slice(0, 16);
}
