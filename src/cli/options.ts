/** Options that several commands take. */

import { availableParallelism } from "node:os";
import { basename, extname, join } from "node:path";
import { type Command, Option } from "commander";
import type { RunConfig } from "../config/config.ts";
import { configFlags, readFlag } from "../config/flags.ts";
import { presetNames } from "../config/presets.ts";
import { type ConfigOverrides, parseConfig } from "../config/schema.ts";
import { OnebitError } from "../core/errors.ts";
import { readJson } from "../node/files.ts";

/** What was typed, by commander's names: `--target-accuracy` is targetAccuracy. */
export type Options = Readonly<Record<string, unknown>> & {
  readonly preset?: string;
  readonly config?: string;
};

/** --preset, --config and a flag for each key of a configuration. */
export function addConfigOptions(command: Command): Command {
  command
    .addOption(new Option("--preset <name>", "configuration to begin with (default: report)").choices(presetNames))
    .option("--config <file>", "JSON file of a configuration, laid over the preset");
  for (const flag of configFlags) {
    if (flag.forms === undefined) {
      command.option(`--${flag.name}`, flag.help).option(`--no-${flag.name}`, "turn that off");
    } else {
      const option = new Option(`--${flag.name} <value>`, `${flag.help} (${flag.forms})`);
      command.addOption(option.argParser((text) => readFlag(flag, text)));
    }
  }
  return command;
}

/** The flags that stand for keys of a configuration, as they were typed: ["--lr", …]. */
export function givenConfigFlags(options: Options): string[] {
  return ["preset", "config", ...configFlags.map(({ name }) => name)]
    .filter((name) => options[attribute(name)] !== undefined)
    .map((name) => `--${name}`);
}

/** The configuration that was asked for: flags over the file over the preset. Throws `config`, `file`. */
export async function readConfig(options: Options): Promise<RunConfig> {
  const given = configFlags.map(({ name, key }) => [key, options[attribute(name)]] as const);
  const overrides: ConfigOverrides = Object.fromEntries(
    [...given, ["preset", options.preset] as const].filter(([, value]) => value !== undefined),
  );
  const file = options.config === undefined ? {} : await readJson(options.config);
  return parseConfig(file, options.config ?? "the configuration", overrides);
}

/** runs/NAME, of the preset or the configuration's file. */
export function defaultFolder({ preset, config }: Options): string {
  return join("runs", config === undefined ? (preset ?? "report") : basename(config, extname(config)));
}

const MAX_THREADS = 64;

export function addThreadsOption(command: Command): Command {
  const option = new Option("--threads <n>", "threads that share the work; the result is the same");
  return command.addOption(
    option
      .default(Math.min(availableParallelism(), 8))
      .argParser((text) => readInteger("threads", text, 1, MAX_THREADS)),
  );
}

export function addJsonOption(command: Command): Command {
  return command.option("--json", "write JSON, one object a line");
}

/** An integer that was typed. Throws `argument` unless it is lowest … highest. */
export function readInteger(flag: string, text: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= lowest && value <= highest) return value;
  throw new OnebitError(
    "argument",
    `--${flag} does not take "${text}"`,
    `It takes an integer of ${lowest}…${highest}.`,
  );
}

/** Help that ends with an example. */
export function addExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${lines.map((line) => `  ${line}\n`).join("")}`);
}

/** "target-accuracy" as targetAccuracy. */
function attribute(name: string): string {
  return new Option(`--${name}`).attributeName();
}
