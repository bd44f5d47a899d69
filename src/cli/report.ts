/** What a training says while it goes on: to people, or as one JSON object a line. */

import type { RunConfig } from "../config/config.ts";
import type { RunFolder, RunResult } from "../node/run-folder.ts";
import type { EpochRow } from "../train/metrics.ts";
import type { TrainEvent } from "../train/train.ts";
import { type Io, writeJson } from "./io.ts";
import { colorsOf, count, duration, LiveLine, Pace, percent } from "./terminal.ts";

export interface Report {
  event(event: TrainEvent): void;
  /** Interrupted, with so many epochs done. */
  stopped(epoch: number): void;
  /** `differing`: test images whose class the frozen model changed; null when there is no frozen model. */
  done(result: RunResult, differing: number | null): void;
}

/** Lines {"event": "start" | "progress" | "epoch" | "stopped" | "result", …}. */
export function jsonReport({ stdout }: Io): Report {
  return {
    event(event) {
      const { kind, ...rest } = event;
      writeJson(stdout, event.kind === "epoch" ? { event: kind, ...event.row } : { event: kind, ...rest });
    },
    stopped: (epoch) => writeJson(stdout, { event: "stopped", epoch }),
    done: (result, differing) => writeJson(stdout, { event: "result", ...result, differing }),
  };
}

/** A line per epoch, and on a terminal a live one below. */
export function textReport(folder: RunFolder, config: RunConfig, { stdout, stderr, env }: Io): Report {
  const { bold, dim } = colorsOf(stdout, env);
  const live = new LiveLine(stderr);
  let pace = new Pace();
  let before = 0; // epochs that were done when this process began
  const say = (text: string) => {
    live.clear();
    stdout.write(`${text}\n`);
  };
  return {
    event(event) {
      if (event.kind === "start") {
        say(`${bold(config.layers.join("-"))} ${config.linear}, ${config.data}, seed ${config.seed}`);
        if (event.epoch > 0) say(`goes on after epoch ${event.epoch}`);
        before = event.epoch;
        pace = new Pace();
      } else if (event.kind === "progress") {
        const { epoch, done, images, accuracy } = event;
        const all = (epoch - 1 - before) * images + done;
        const { rate, left } = pace.at(all, (config.epochs - before) * images - all);
        live.show(
          `epoch ${epoch}/${config.epochs}  ${percent(done / images)}  accuracy ${percent(accuracy)}  ` +
            `${count(Math.round(rate))} images/s  ${duration(left)} left`,
        );
      } else say(epochLine(event.row, config.epochs));
    },
    stopped(epoch) {
      say(`stopped after epoch ${epoch} of ${config.epochs}`);
      say(dim(`the epoch under way is lost; go on with: npx onebit train --resume --out ${folder.path}`));
    },
    done({ testAccuracy, epochs, seconds }, differing) {
      say(`trained ${epochs} ${epochs === 1 ? "epoch" : "epochs"} in ${duration(seconds)}`);
      if (differing !== null) say(`trained and frozen model differ on ${count(differing)} test images`);
      say(bold(`test accuracy ${percent(testAccuracy)}`) + (differing === null ? "" : " (frozen model)"));
      say(`written to ${folder.path}`);
    },
  };
}

function epochLine(row: EpochRow, epochs: number): string {
  const { validationAccuracy } = row;
  const columns = [
    `epoch ${String(row.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${row.trainLoss.toFixed(4)}`,
    `train ${percent(row.trainAccuracy)}`,
    ...(validationAccuracy === null ? [] : [`validation ${percent(validationAccuracy)}`]),
    `flips ${(100 * row.flipRatio).toFixed(3)} %`,
    `${row.seconds.toFixed(1)} s`,
  ];
  return columns.join("  ");
}
