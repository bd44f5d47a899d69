/** From arguments to an exit status: finds the command, runs it, and turns what it throws into one clear line.
 *
 *    0    done
 *    1    a check that failed, or a defect of onebit
 *    2    something is wrong with what was asked for
 *    130  interrupted */

import { CommanderError } from "commander";
import { OnebitError } from "../core/errors.ts";
import { CheckFailed } from "./failed.ts";
import { Interrupted } from "./interrupt.ts";
import { type Io, writeJson } from "./io.ts";
import { defineProgram } from "./program.ts";
import { shielded, shown } from "./shown.ts";
import { colorsOf } from "./terminal.ts";

/** Runs the command line `argv` (without node and script) and returns the exit status. Throws nothing. */
export async function runCli(argv: readonly string[], outside: Io): Promise<number> {
  const io = { ...outside, stdout: shielded(outside.stdout), stderr: shielded(outside.stderr) };
  try {
    // The command is the first word; in `onebit help train` the second.
    const called = argv.filter((word) => !word.startsWith("-")).slice(0, 2);
    const program = await defineProgram(io, called);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return tell(error, argv.includes("--json"), io);
  }
}

/** Writes what went wrong and returns the exit status. */
function tell(error: unknown, json: boolean, io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help or version was shown
  if (error instanceof Interrupted) return 130;
  if (error instanceof CheckFailed) return 1;
  const { code, message, hint } = describe(error);
  if (json) writeJson(io.stderr, { error: { code, message, hint: hint ?? null } });
  else {
    const { red } = colorsOf(io.stderr, io.env);
    io.stderr.write(`${red("error:")} ${shown(message)}\n${hint === undefined ? "" : `${shown(hint)}\n`}`);
  }
  if (code !== "defect") return 2;
  if (io.env.ONEBIT_DEBUG === "1") io.stderr.write(`${(error as Error)?.stack ?? ""}\n`);
  return 1;
}

function describe(error: unknown): { code: string; message: string; hint: string | undefined } {
  if (error instanceof OnebitError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof CommanderError) {
    const text = error.message.replace(/^error: (command-argument value )?/, "");
    const [, message, hint] = /^(.*?)(?:\n\((Did you mean .*)\))?$/s.exec(text)!;
    return { code: "argument", message: message!, hint };
  }
  const what = error instanceof Error ? error.message : String(error);
  const hint = "Please report it; ONEBIT_DEBUG=1 shows where it happened.";
  return { code: "defect", message: `this is a defect of onebit: ${what}`, hint };
}
