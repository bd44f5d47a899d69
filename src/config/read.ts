/** Configurations from outside, in either of their forms: the values of a run, or a recipe. */

import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { CONFIG_VERSION, parseRun, type RunConfig } from "./config.ts";
import { expand } from "./expand.ts";
import { parseRecipe, type RecipeOverrides } from "./recipe.ts";

/** The run that JSON stands for: a run's `config.json`, in this version or the one before, or a recipe, laid over its preset,
 *  with `overrides` on top. Throws `config`, naming the place. */
export function parseConfig(value: unknown, where: string, overrides: RecipeOverrides = {}): RunConfig {
  if (!isObject(value) || value.version === undefined) return expand(parseRecipe(value, where, overrides));
  if (value.version !== CONFIG_VERSION) {
    throw new OnebitError(
      "config",
      `${where} is of version ${JSON.stringify(value.version)}; this onebit reads version ${CONFIG_VERSION}, and files without one`,
      "Update onebit.",
    );
  }
  const [given] = Object.keys(overrides);
  if (given !== undefined) {
    throw new OnebitError(
      "config",
      `${where} holds the values of a run, and ${given} is a key of recipes`,
      `Change ${where}, or give flags alone.`,
    );
  }
  return parseRun(value, where);
}

/** `config.json` of a run's folder. */
export function configText(config: RunConfig): string {
  return `${JSON.stringify({ version: CONFIG_VERSION, ...config }, null, 2)}\n`;
}
