/** What `reproduce` says while it runs. */

import { finalAccuracy } from "onebit-report";
import type { RunRow } from "../../runs/runs.ts";
import { type Io, writeJson } from "../io.ts";
import { shown } from "../shown.ts";
import { colorsOf, duration, LiveLine, Pace } from "../terminal.ts";
import { costOf, type ScheduleListener, type Task } from "./schedule.ts";

/** Who listens to a reproduction. */
export interface ReproduceListener extends ScheduleListener {
  /** `there`: runs that were trained before. */
  begin(tasks: readonly Task[], there: number): void;
  note(text: string): void;
  wrote(path: string): void;
  end(): void;
}

export function jsonListener({ stdout }: Io): ReproduceListener {
  let all = 0;
  let finished = 0;
  return {
    begin(tasks, there) {
      all = tasks.length;
      writeJson(stdout, { event: "start", runs: tasks.length, done: there });
    },
    progress(running) {
      const under = [...running].map(([{ key, label }, share]) => ({ key, label, share: Number(share.toFixed(3)) }));
      writeJson(stdout, { event: "progress", done: finished, runs: all, running: under });
    },
    done({ key, label }, row) {
      finished++;
      writeJson(stdout, { event: "run", key, label, done: finished, runs: all, ...summary(row) });
    },
    note: (text) => writeJson(stdout, { event: "note", text }),
    wrote: (path) => writeJson(stdout, { event: "file", path }),
    end() {},
  };
}

function summary(row: RunRow) {
  const { testAccuracy, failed, modelSha256 } = row;
  return {
    epochs: testAccuracy.length,
    testAccuracy: testAccuracy.at(-1) ?? null,
    failed: failed ?? null,
    modelSha256,
  };
}

/** A line for each run that is done, and on a terminal a live one below. */
export function textListener({ stdout, stderr, env }: Io): ReproduceListener {
  const { dim } = colorsOf(stdout, env);
  const live = new LiveLine(stderr);
  let pace = new Pace();
  let [all, finished, cost, spent] = [0, 0, 0, 0];
  /** What was done of a run before it was resumed, 0 … 1: no time went into it. */
  const given = new Map<Task, number>();
  const say = (text: string) => {
    live.clear();
    stdout.write(`${shown(text)}\n`);
  };
  const left = (under: number) => {
    const seconds = pace.at(spent + under, cost - spent - under).left;
    return Number.isFinite(seconds) ? `, ${duration(seconds)} left` : "";
  };
  return {
    begin(tasks, there) {
      all = tasks.length;
      cost = tasks.reduce((sum, { run }) => sum + costOf(run), 0);
      pace = new Pace();
      say(`${all} ${all === 1 ? "run" : "runs"} to train${there > 0 ? `, ${there} kept from before` : ""}`);
    },
    progress(running) {
      for (const [task, share] of running) {
        if (given.has(task) || share === 0) continue;
        given.set(task, share);
        cost -= share * costOf(task.run);
      }
      const under = [...running].reduce(
        (sum, [task, share]) => sum + (share - (given.get(task) ?? 0)) * costOf(task.run),
        0,
      );
      const each = [...running].map(([{ label }, share]) => `${label.replace("  ", " ")} ${Math.floor(100 * share)} %`);
      live.show(`${finished}/${all} done, ${running.size} running${left(under)} · ${each.join(" · ")}`);
    },
    done(task, row) {
      finished++;
      spent += (1 - (given.get(task) ?? 0)) * costOf(task.run);
      const epochs = row.testAccuracy.length;
      const result =
        row.failed ?? `${finalAccuracy(row).toFixed(2)} % after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
      say(`${task.label}  ${result}  ${dim(`${finished} of ${all}${finished < all ? left(0) : ""}`)}`);
    },
    note: say,
    wrote: say,
    end: () => live.clear(),
  };
}
