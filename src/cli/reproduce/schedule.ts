/** Trains the runs that are missing, several at once. How many changes no result: each run is a process of its own. */

import { join } from "node:path";
import type { Experiment } from "onebit-report";
import { parseDataSpec } from "../../data/spec.ts";
import { type Run, type RunRow, runKey } from "../../runs/runs.ts";
import { Interrupted } from "../interrupt.ts";
import type { Io } from "../io.ts";
import type { Store } from "./store.ts";
import { removeRun, trainRun } from "./train.ts";

export interface Task {
  readonly experiment: Experiment;
  readonly run: Run;
  readonly key: string;
  /** "fig-4.1  Adadelta 1.5, seed 1" */
  readonly label: string;
}

/** The runs of the experiments that have no result yet, each once; with `again` those that are timed, too. */
export function missingRuns(
  experiments: readonly Experiment[],
  runs: (experiment: Experiment) => readonly Run[],
  store: Store,
  again: boolean,
): Task[] {
  const tasks = new Map<string, Task>();
  for (const experiment of experiments) {
    for (const run of runs(experiment)) {
      const key = runKey(run);
      const label = `${experiment.id}  ${run.series}, seed ${run.recipe.seed}`;
      const missing = store.run(key) === undefined || (again && run.alone === true);
      if (missing && !tasks.has(key)) tasks.set(key, { experiment, run, key, label });
    }
  }
  return [...tasks.values()];
}

export interface ScheduleOptions {
  /** Runs at once; those that are timed run alone, after the others. */
  readonly jobs: number;
  /** Of a run that has others beside it, and of one that is alone. */
  readonly threads: { readonly shared: number; readonly alone: number };
  /** Where run folders are while they are under way. */
  readonly folder: string;
  readonly machine: (threads: number) => string;
  readonly signal: AbortSignal;
}

/** Who listens to a schedule. */
export interface ScheduleListener {
  /** A few times a second: how far each of the runs under way is, 0 … 1. */
  progress(running: ReadonlyMap<Task, number>): void;
  done(task: Task, row: RunRow): void;
}

/** Trains all tasks and keeps their results. Throws Interrupted when the signal stopped it, and what a failed run
 *  throws, after the others were stopped; they continue where they were the next time. */
export async function trainAll(
  tasks: readonly Task[],
  store: Store,
  options: ScheduleOptions,
  listener: ScheduleListener,
  io: Io,
): Promise<void> {
  const { jobs, threads, signal } = options;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const running = new Map<Task, number>();

  const train = async (task: Task, count: number) => {
    running.set(task, 0);
    const progress = (share: number) => {
      running.set(task, share);
      listener.progress(running);
    };
    const path = join(options.folder, task.key);
    const machine = options.machine(count);
    const row = await trainRun(path, task.run, { threads: count, machine, signal: either, progress }, io);
    await store.add(task.experiment, row);
    await removeRun(path);
    running.delete(task);
    listener.done(task, row);
  };
  const drain = async (queue: Task[], count: number) => {
    for (let task = queue.shift(); task !== undefined && !either.aborted; task = queue.shift())
      await train(task, count);
  };

  const shared = tasks.filter(({ run }) => !run.alone);
  const alone = tasks.filter(({ run }) => run.alone);
  const workers = Array.from({ length: jobs }, () =>
    drain(shared, threads.shared).catch((error: unknown) => {
      failure.abort();
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length > 0) throw errors.find((error) => !(error instanceof Interrupted)) ?? errors[0];
  await drain(alone, threads.alone);
  if (signal.aborted) throw new Interrupted();
}

/** What a run takes, in arbitrary units that are alike for all: passes through images, times what its arithmetic costs
 *  beside that of 6-bit gradients. For the time that is left. */
export function costOf({ recipe }: Run): number {
  const { epochs, binarize, linear, gradients, batch } = recipe;
  const passes = epochs * (binarize.kind === "probability" ? binarize.repetitions : 1);
  const arithmetic = linear === "normal" ? 7 : gradients === "float32" ? 4 : 1;
  const first = binarize.kind === "none" && linear === "binary" ? 1.5 : 0;
  const spec = parseDataSpec(recipe.data);
  const limit = ((spec.kind === "named" ? spec.limit : undefined) ?? 60_000) - recipe.validation;
  return passes * limit * (arithmetic + first) * (1 + 30 / batch);
}
