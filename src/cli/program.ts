/** All commands, and the program that they make. */

import { Command } from "commander";
import { version } from "../core/version.ts";
import type { Io } from "./io.ts";
import { colorsOf } from "./terminal.ts";

interface CommandModule {
  /** Gives the command its arguments, options, example and action. `whole` is the program with all commands and their
   *  options. */
  define(command: Command, io: Io, whole: () => Promise<Command>): void;
}

/** A command's code is loaded when it is called. */
export const commands: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<CommandModule> }>
> = {
  start: { summary: "train a first network and export it", load: () => import("./commands/start.ts") },
  train: { summary: "train a network", load: () => import("./commands/train.ts") },
  eval: { summary: "accuracy, precision, recall, confusion", load: () => import("./commands/eval.ts") },
  summary: { summary: "a network's layers and sizes", load: () => import("./commands/summary.ts") },
  classify: { summary: "the classes of pictures", load: () => import("./commands/classify.ts") },
  bench: { summary: "how fast a model classifies here", load: () => import("./commands/bench.ts") },
  export: { summary: "a frozen model as text, VHDL, C, ONNX, NumPy …", load: () => import("./commands/export.ts") },
  verify: { summary: "check an export against its model", load: () => import("./commands/verify.ts") },
  import: { summary: "read text files into a frozen model", load: () => import("./commands/import.ts") },
  reproduce: {
    summary: "reproduce the report's figures and tables",
    load: () => import("./commands/reproduce.ts"),
  },
  images: { summary: "pictures of binarized digits", load: () => import("./commands/images.ts") },
  data: { summary: "describe a data set", load: () => import("./commands/data.ts") },
  completion: { summary: "Tab completion for your shell", load: () => import("./commands/completion.ts") },
};

/** The program with all commands by name, those that are `called` with their options. */
export async function defineProgram(io: Io, called: readonly string[]): Promise<Command> {
  const program = new Command("onebit")
    .description("Binarized neural networks, from training to silicon.")
    .version(version)
    .configureHelp({ styleTitle: (text) => colorsOf(io.stdout, io.env).bold(text) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // run.ts writes all errors
      getOutHelpWidth: () => Math.min(io.stdout.columns, 110),
    })
    .addHelpText("after", "\nStart with: onebit start\nHelp on a command: onebit train --help")
    .exitOverride();
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`);
    if (called.includes(name)) (await load()).define(command, io, () => defineProgram(io, Object.keys(commands)));
  }
  return program;
}
