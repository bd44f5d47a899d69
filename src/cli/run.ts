/** From arguments to an exit status: finds the command, runs it, and turns what it throws into one clear line.
 *
 *    0    done
 *    1    a check that failed, or a defect of onebit
 *    2    something is wrong with what was asked for
 *    130  interrupted */

import { Command, CommanderError } from "commander";
import { OnebitError } from "../core/errors.ts";
import { CheckFailed } from "./failed.ts";
import { Interrupted } from "./interrupt.ts";
import { type Io, writeJson } from "./io.ts";
import { colorsOf } from "./terminal.ts";
import { version } from "../core/version.ts";

interface CommandModule {
  /** Gives the command its arguments, options, example and action. */
  define(command: Command, io: Io): void;
}

/** A command's code is loaded when it is called. */
const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<CommandModule> }>> = {
  start: { summary: "train a first network and export it", load: () => import("./commands/start.ts") },
  train: { summary: "train a network", load: () => import("./commands/train.ts") },
  eval: { summary: "accuracy, precision, recall, confusion", load: () => import("./commands/eval.ts") },
  summary: { summary: "a network's layers and sizes", load: () => import("./commands/summary.ts") },
  classify: { summary: "the classes of pictures", load: () => import("./commands/classify.ts") },
  bench: { summary: "how fast a model classifies here", load: () => import("./commands/bench.ts") },
  export: { summary: "a frozen model as text, VHDL, C, ONNX, NumPy …", load: () => import("./commands/export.ts") },
  verify: { summary: "run an export against its model", load: () => import("./commands/verify.ts") },
  import: { summary: "text files as a frozen model", load: () => import("./commands/import.ts") },
  reproduce: {
    summary: "the report's figures and tables anew",
    load: () => import("./commands/reproduce.ts"),
  },
  images: { summary: "pictures of binarized digits", load: () => import("./commands/images.ts") },
  data: { summary: "describe a data set", load: () => import("./commands/data.ts") },
};

/** Runs the command line `argv` (without node and script) and returns the exit status. Throws nothing. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    const program = await define(argv, io);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return report(error, argv.includes("--json"), io);
  }
}

async function define(argv: readonly string[], io: Io): Promise<Command> {
  const program = new Command("onebit")
    .description("Binarized neural networks, from training to silicon.")
    .version(version)
    .configureHelp({ styleTitle: (text) => colorsOf(io.stdout, io.env).bold(text) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // `report` writes all errors
      getOutHelpWidth: () => Math.min(io.stdout.columns, 110),
    })
    .addHelpText("after", "\nStart with: onebit start\nHelp on a command: onebit train --help")
    .exitOverride();
  // The command is the first word; in `onebit help train` the second.
  const called = argv.filter((word) => !word.startsWith("-")).slice(0, 2);
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`);
    if (called.includes(name)) (await load()).define(command, io);
  }
  return program;
}

/** Writes what went wrong and returns the exit status. */
function report(error: unknown, json: boolean, io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help or version was shown
  if (error instanceof Interrupted) return 130;
  if (error instanceof CheckFailed) return 1;
  const { code, message, hint } = describe(error);
  if (json) writeJson(io.stderr, { error: { code, message, hint: hint ?? null } });
  else {
    const { red } = colorsOf(io.stderr, io.env);
    io.stderr.write(`${red("error:")} ${message}\n${hint === undefined ? "" : `${hint}\n`}`);
  }
  if (code !== "defect") return 2;
  if (io.env.ONEBIT_DEBUG === "1") io.stderr.write(`${(error as Error)?.stack ?? ""}\n`);
  return 1;
}

function describe(error: unknown): { code: string; message: string; hint: string | undefined } {
  if (error instanceof OnebitError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof CommanderError) {
    const [message, suggestion] = error.message.replace(/^error: /, "").split("\n");
    return { code: "argument", message: message!, hint: suggestion?.replace(/^\((.*)\)$/, "$1") };
  }
  const what = error instanceof Error ? error.message : String(error);
  const hint = "Please report it; ONEBIT_DEBUG=1 shows where it happened.";
  return { code: "defect", message: `this is a defect of onebit: ${what}`, hint };
}
