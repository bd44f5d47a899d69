/** What can be typed at each place of a command line, from the definitions of the commands: what the shells' scripts
 *  are made of. */

import type { Argument, Command, Option } from "commander";
import { type KeyName, keys } from "../../config/keys.ts";
import { formsOf, KeyOption } from "../options.ts";

/** What may stand in a place. */
export interface Values {
  /** Letters, digits, hyphens and dots. Behind one that ends with a colon more is typed: "threshold:". */
  readonly words: readonly string[];
  /** Whether it may be a file or a folder. */
  readonly files: boolean;
}

export interface OptionWords {
  /** ["-h", "--help"] */
  readonly flags: readonly string[];
  readonly help: string;
  /** Of the word behind it; undefined of a switch. */
  readonly values: Values | undefined;
}

export interface CommandWords {
  readonly name: string;
  readonly help: string;
  readonly options: readonly OptionWords[];
  /** Of the words that are not options. */
  readonly values: Values;
}

export interface ProgramWords {
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

/** The words of a program all of whose commands are defined. */
export function wordsOf(program: Command): ProgramWords {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    options: optionsOf(program),
    commands: commands.map((command) => ({
      name: command.name(),
      help: command.summary() || command.description(),
      options: optionsOf(command),
      values: command.name() === "help" ? { words: names, files: false } : argumentsOf(command),
    })),
  };
}

function optionsOf(command: Command): OptionWords[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      help: option instanceof KeyOption ? keys[option.key].help : option.description,
      values: option.required || option.optional ? valuesOf(option) : undefined,
    }));
}

function valuesOf(option: Option): Values {
  if (option instanceof KeyOption) return valuesOfKey(option.key);
  return named(option.flags, option.argChoices);
}

function argumentsOf({ registeredArguments }: Command): Values {
  const all = registeredArguments.map((argument: Argument) => named(`<${argument.name()}>`, argument.argChoices));
  return { words: all.flatMap(({ words }) => words), files: all.some(({ files }) => files) };
}

/** By its choices or, where it has none, by what help calls it: "--out <dir>". */
function named(flags: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { words: choices, files: false };
  if (flags.endsWith("<set>")) return valuesOfKey("data");
  return { words: [], files: /<(file|dir|path|model|image)>$/.test(flags) };
}

/** By the forms that its help shows: "fan-in | uniform:RANGE | FILE" are the words fan-in and uniform:, and files. */
function valuesOfKey(name: KeyName): Values {
  const forms = formsOf(name) ?? "";
  const all = forms.replace(/ \([^)]*\)/g, "").split(" | ");
  const numbers = all.every((form) => /^-?\d+$/.test(form));
  const words = all.flatMap((form) => /^[a-z][a-z0-9-]*(?::|$)/.exec(form)?.[0] ?? (numbers ? form : []));
  return { words: [...new Set(words)], files: all.includes("FILE") };
}
