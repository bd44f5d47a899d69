/** How much an experiment trains, and which runs that makes. */

import { dataSpecText, parseDataSpec, type Recipe, type Run } from "onebit";

/** "full": as the report did, and each run with several seeds. "standard": all images, one seed, a quarter of the epochs.
 *  "smoke": some thousand images, two epochs: shows that everything works, and nothing else. */
export const scales = ["smoke", "standard", "full"] as const;
export type Scale = (typeof scales)[number];

/** Images of the scale "smoke". */
const SMOKE_IMAGES = 3000;

/** `recipe` at a scale. */
export function scaled(recipe: Recipe, scale: Scale): Recipe {
  if (scale === "full") return recipe;
  if (scale === "standard") return { ...recipe, epochs: Math.ceil(recipe.epochs / 4) };
  const { binarize, data, epochs } = recipe;
  return {
    ...recipe,
    data: firstOf(data, SMOKE_IMAGES),
    validation: 500,
    epochs: Math.min(epochs, 2),
    binarize: binarize.kind === "probability" ? { ...binarize, repetitions: 2 } : binarize,
  };
}

/** The first images of a named data set. */
function firstOf(data: string, limit: number): string {
  const spec = parseDataSpec(data);
  return spec.kind === "named" ? dataSpecText({ ...spec, limit }) : data;
}

/** A run for each series and each of so many seeds (with `full`; otherwise one), the first seeds of all series first. */
export function runsOf(
  scale: Scale,
  base: Recipe,
  series: readonly (readonly [name: string, changes: Partial<Recipe>])[],
  seeds = 3,
): Run[] {
  return Array.from({ length: scale === "full" ? seeds : 1 }, (_, i) =>
    series.map(
      ([name, changes]): Run => ({ series: name, recipe: scaled({ ...base, ...changes, seed: i + 1 }, scale) }),
    ),
  ).flat();
}
