/** Configurations from outside, in either of their forms: the values of a run, or a recipe. */

import { OnebitError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { CONFIG_VERSION, parseRun, planOptions, type RunConfig, runOptions } from "./config.ts";
import { expand } from "./expand.ts";
import { parseRecipe, type RecipeOverrides } from "./recipe.ts";

/** The run that JSON stands for: a run's `config.json`, in this version or the one before, or a recipe, laid over its preset,
 *  with `overrides` on top (over the values of a run: its seed, epochs and the like). Throws `config`, naming the place. */
export function parseConfig(value: unknown, where: string, overrides: RecipeOverrides = {}): RunConfig {
  if (!isObject(value) || value.version === undefined) return expand(parseRecipe(value, where, overrides));
  if (value.version !== CONFIG_VERSION) {
    throw new OnebitError(
      "config",
      `${where} is of version ${JSON.stringify(value.version)}; this onebit reads version ${CONFIG_VERSION}, and files without one`,
      "Update onebit.",
    );
  }
  // What a recipe and a run call by the same name means the same.
  const [other] = Object.keys(overrides).filter((key) => !(key in planOptions) && !(key in runOptions));
  if (other !== undefined) {
    throw new OnebitError(
      "config",
      `${where} holds the values of a run, and ${other} is a key of recipes alone`,
      `Change ${where}, or leave it out.`,
    );
  }
  return parseRun({ ...value, ...overrides }, where);
}

/** `config.json` of a run's folder. */
export function configText(config: RunConfig): string {
  return `${JSON.stringify({ version: CONFIG_VERSION, ...config }, null, 2)}\n`;
}
