/** Options that several commands take. */

import { basename, extname, join } from "node:path";
import { type Command, Option } from "commander";
import type { RunConfig } from "../config/config.ts";
import { type Key, type KeyName, keyNames, keys } from "../config/keys.ts";
import { presetNames } from "../config/presets.ts";
import { parseConfig } from "../config/read.ts";
import { DEFAULT_PRESET, type RecipeOverrides } from "../config/recipe.ts";
import { OnebitError } from "../core/errors.ts";
import { availableThreads } from "../kernels/host.ts";
import { dataSpecForms } from "../node/data-sets.ts";
import { readJson } from "../node/read.ts";

/** What was typed, by commander's names: `--target-accuracy` is targetAccuracy. */
export type Options = Readonly<Record<string, unknown>> & {
  readonly preset?: string;
  readonly config?: string;
};

const keyTable: Readonly<Record<KeyName, Key>> = keys;

/** The flag of a key, without the dashes: "target-accuracy", "lr". */
export function flagOf(key: KeyName): string {
  return keyTable[key].flag.name ?? key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What the flag of a key takes; undefined for a switch. The library knows no data packages by name, the command line does. */
export function formsOf(key: KeyName): string | undefined {
  return key === "data" ? dataSpecForms : keyTable[key].flag.forms;
}

/** The flag of a key that is not a switch. */
export class KeyOption extends Option {
  readonly key: KeyName;

  constructor(key: KeyName) {
    super(`--${flagOf(key)} <value>`, `${keyTable[key].help} (${formsOf(key)})`);
    this.key = key;
    this.argParser((text) => readFlag(key, text));
  }
}

/** --preset, --config and a flag for each key of a recipe. */
export function addConfigOptions(command: Command): Command {
  command
    .addOption(new Option("--preset <name>", `recipe to begin with (default: ${DEFAULT_PRESET})`).choices(presetNames))
    .option("--config <file>", "JSON file of a recipe, laid over the preset, or of a run's values");
  for (const key of keyNames) {
    const { help } = keyTable[key];
    const name = flagOf(key);
    if (formsOf(key) === undefined) command.option(`--${name}`, help).option(`--no-${name}`, `turn --${name} off`);
    else command.addOption(new KeyOption(key));
  }
  return command;
}

/** The value of a flag. Throws `argument`, showing what is allowed, when `text` stands for none. */
export function readFlag(key: KeyName, text: string): unknown {
  const { schema, flag } = keyTable[key];
  const result = schema.safeParse(flag.read ? flag.read(text) : text);
  if (result.success) return result.data;
  throw new OnebitError("argument", `--${flagOf(key)} does not take "${text}"`, `It takes ${formsOf(key)}.`);
}

/** The flags that stand for keys of a recipe, as they were typed: ["--lr", …]. */
export function givenConfigFlags(options: Options): string[] {
  return ["preset", "config", ...keyNames.map(flagOf)]
    .filter((name) => options[attribute(name)] !== undefined)
    .map((name) => `--${name}`);
}

/** The run that was asked for: flags over the file over the preset. Throws `config`, `file`. */
export async function readConfig(options: Options): Promise<RunConfig> {
  const given = keyNames.map((key) => [key, options[attribute(flagOf(key))]] as const);
  const overrides: RecipeOverrides = Object.fromEntries(
    [...given, ["preset", options.preset] as const].filter(([, value]) => value !== undefined),
  );
  const file = options.config === undefined ? {} : await readJson(options.config);
  return parseConfig(file, options.config ?? "the configuration", overrides);
}

/** runs/NAME, of the preset or the configuration's file. */
export function defaultFolder({ preset, config }: Options): string {
  return join("runs", config === undefined ? (preset ?? DEFAULT_PRESET) : basename(config, extname(config)));
}

const MAX_THREADS = 64;

export function addThreadsOption(command: Command): Command {
  const option = new Option("--threads <n>", "threads that share the work; the result is the same");
  return command.addOption(
    option.default(availableThreads()).argParser((text) => readInteger("threads", text, 1, MAX_THREADS)),
  );
}

/** Which data set; `otherwise` says which it is when the option is not given. */
export function addDataOption(command: Command, otherwise: string): Command {
  return command.option("--data <set>", `${dataSpecForms} ${otherwise}`);
}

export function addJsonOption(command: Command): Command {
  return command.option("--json", "write JSON, one object a line");
}

/** Whether an option was typed, and does not just have its default. `name` as commander knows it: "watchTest". */
export function isGiven(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === "cli";
}

/** An integer that was typed. Throws `argument` unless it is lowest … highest. */
export function readInteger(flag: string, text: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
  throw new OnebitError(
    "argument",
    `--${flag} does not take "${text}"`,
    `It takes an integer from ${lowest} to ${highest}.`,
  );
}

/** Help that ends with an example. */
export function addExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

/** Help that ends with a list of terms and what they are, wrapped as options are. */
export function addList(command: Command, title: string, items: readonly (readonly [string, string])[]): Command {
  const termWidth = Math.max(...items.map(([term]) => term.length));
  return command.addHelpText("after", ({ command: shown, error }) => {
    const help = shown.createHelp();
    const { getOutHelpWidth } = shown.configureOutput();
    help.prepareContext({ error, helpWidth: getOutHelpWidth?.() ?? 80 });
    return `\n${title}:\n${items.map(([term, text]) => help.formatItem(term, termWidth, text, help)).join("\n")}`;
  });
}

/** "target-accuracy" as targetAccuracy. */
function attribute(name: string): string {
  return new Option(`--${name}`).attributeName();
}
