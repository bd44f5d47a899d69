/** The JSON Schema of configuration files, docs/config.schema.json: of recipes, and of the values of a run. What must hold between
 *  keys is beyond it. */

import * as z from "zod/mini";
import { encoders } from "../encoders/index.ts";
import { layers } from "../layers/index.ts";
import { losses } from "../losses/losses.ts";
import { optimizers } from "../optim/optimizers.ts";
import { schedules } from "../optim/schedules.ts";
import { CONFIG_VERSION, planOptions, runOptions } from "./config.ts";
import { type Key, type KeyName, keyNames, keys } from "./keys.ts";
import { presetNames } from "./presets.ts";
import { DEFAULT_PRESET } from "./recipe.ts";

export function configJsonSchema(): object {
  const either = z.union([recipe(), run()]).check(z.meta({ title: "Configuration of a onebit run" }));
  return z.toJSONSchema(either, { io: "input" });
}

function recipe() {
  const table: Readonly<Record<KeyName, Key>> = keys;
  const described = keyNames.map((name) => {
    const { schema, help } = table[name];
    return [name, z.optional(schema.check(z.describe(help)))] as const;
  });
  const preset = z
    .enum(presetNames)
    .check(z.describe(`The preset that this is laid over; default "${DEFAULT_PRESET}".`));
  return z.strictObject({
    ...Object.fromEntries(described),
    $schema: z.optional(z.string()),
    preset: z.optional(preset),
  });
}

/** config.json of a run's folder. */
function run() {
  const network = z.strictObject({
    inputs: z.optional(z.int().check(z.minimum(1))),
    encoder: encoders.schema(),
    layers: z.array(layers.schema()),
  });
  return z.strictObject({
    version: z.literal(CONFIG_VERSION),
    network,
    loss: losses.schema(),
    optimizer: optimizers.schema(),
    schedule: schedules.schema(),
    ...planOptions,
    ...runOptions,
  });
}
