/** One run in a process of its own: `onebit train` in a run folder, so that it is checkpointed after each epoch and
 *  continues where it was. The folder is removed once its results are taken. */

import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expand } from "../../config/expand.ts";
import { configText } from "../../config/read.ts";
import { OnebitError } from "../../core/errors.ts";
import { exists, writeAtomic } from "../../node/files.ts";
import { readBytes } from "../../node/read.ts";
import { readResult, runFolder } from "../../node/run-folder.ts";
import { type Run, type RunRow, runRow } from "../../runs/runs.ts";
import type { EpochRow } from "../../train/metrics.ts";
import { Interrupted } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { ended } from "../processes.ts";

export interface TrainRunOptions {
  readonly threads: number;
  readonly machine: string;
  readonly signal: AbortSignal;
  /** Called a few times a second with the part of the run that is done, 0 … 1. */
  readonly progress: (share: number) => void;
}

/** Trains a run in `path`, or continues it. A run whose numbers overflow has a row, too, which says so.
 *  Throws `worker` when it fails otherwise, Interrupted when the signal stopped it. */
export async function trainRun(path: string, run: Run, options: TrainRunOptions, io: Io): Promise<RunRow> {
  const folder = runFolder(path);
  if (!(await exists(folder.config))) await writeAtomic(folder.config, configText(expand(run.recipe)));
  const failed = (await exists(folder.result)) ? undefined : await trainProcess(path, run, options, io);
  const epochs = (await exists(folder.metrics)) ? parseRows(await readBytes(folder.metrics)) : [];
  const modelSha256 = failed === undefined ? (await readResult(folder)).modelSha256 : null;
  return runRow(run, epochs, { ...(failed !== undefined && { failed }), modelSha256, machine: options.machine });
}

/** Forgets the run, once its row is kept. */
export async function removeRun(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

function parseRows(bytes: Uint8Array): EpochRow[] {
  const lines = new TextDecoder().decode(bytes).trim().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EpochRow);
}

/** How long a process that was left behind may take to end. It notices at its next line of output, a few times a second
 *  but for validation and freezing. */
const PATIENCE = 30_000;

/** Returns what overflowed, or undefined. The other process's output is a pipe: if this one dies, the next line that it
 *  writes ends it, too; who continues the run waits for that. */
async function trainProcess(path: string, run: Run, options: TrainRunOptions, io: Io): Promise<string | undefined> {
  const [executable, ...first] = io.command;
  const args = [
    ...first,
    "train",
    "--resume",
    "--out",
    path,
    "--threads",
    String(options.threads),
    "--watch-test",
    "--json",
  ];
  const mark = join(path, "pid");
  const before = (await exists(mark)) ? Number(new TextDecoder().decode(await readBytes(mark))) : 0;
  if (!(await ended(before, PATIENCE))) {
    throw new OnebitError("exists", `process ${before} still trains in ${path}`, "End it, or wait for it.");
  }
  if (options.signal.aborted) throw new Interrupted();
  const child = spawn(executable, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...io.env }, detached: true });
  const stop = () => void child.kill("SIGINT");
  options.signal.addEventListener("abort", stop); // nothing is awaited between the check above and here
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const end = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  await writeAtomic(mark, String(child.pid));
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line) as { event: string; epoch: number; done: number; images: number };
    if (event.event === "progress") options.progress((event.epoch - 1 + event.done / event.images) / run.recipe.epochs);
  }
  const status = await end;
  options.signal.removeEventListener("abort", stop);
  if (status === 0) return undefined;
  if (options.signal.aborted) throw new Interrupted();
  const { code, message, hint } = describe(errors);
  if (code === "diverged") return message;
  throw new OnebitError("worker", `a run failed, in ${path}: ${message}`, hint ?? undefined);
}

/** The error that a command with --json wrote as its last line. */
function describe(errors: string): { code: string; message: string; hint?: string | null } {
  const last = errors.trim().split("\n").at(-1) ?? "";
  try {
    return (JSON.parse(last) as { error: { code: string; message: string; hint: string | null } }).error;
  } catch {
    return { code: "worker", message: last || "its process was ended" };
  }
}
