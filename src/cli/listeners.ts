/** What a training says while it runs: to people, or as one JSON object a line. */

import type { RunConfig } from "../config/config.ts";
import { networkTitle } from "../network/sequential.ts";
import type { RunFolder, RunResult } from "../node/run-folder.ts";
import type { EpochRow, Progress } from "../train/metrics.ts";
import type { Trainer } from "../train/trainer.ts";
import { type Io, writeJson } from "./io.ts";
import { shown } from "./shown.ts";
import { colorsOf, count, duration, LiveLine, Pace, percent } from "./terminal.ts";

/** Who listens to a training. */
export interface TrainingListener {
  /** Before the first step; some epochs may be done already. */
  start(trainer: Pick<Trainer, "shape" | "epoch" | "rows" | "bytes">): void;
  progress(progress: Progress): void;
  epoch(row: EpochRow): void;
  /** Interrupted after this epoch. */
  stopped(epoch: number): void;
  /** `differing`: test samples whose class the frozen model changed; null when there is no frozen model. */
  done(result: RunResult, differing: number | null): void;
}

/** Lines {"event": "start" | "progress" | "epoch" | "stopped" | "result", …}. */
export function jsonListener({ stdout }: Io): TrainingListener {
  const write = (event: string, rest: object) => writeJson(stdout, { event, ...rest });
  return {
    start: ({ epoch, rows, bytes }) => write("start", { epoch, rows, bytes }),
    progress: ({ samples, ...rest }) => write("progress", { ...rest, images: samples }),
    epoch: (row) => write("epoch", row),
    stopped: (epoch) => write("stopped", { epoch }),
    done: (result, differing) => write("result", { ...result, differing }),
  };
}

/** A line per epoch, and on a terminal a live one below. */
export function textListener(folder: RunFolder, config: RunConfig, { stdout, stderr, env }: Io): TrainingListener {
  const { bold, dim } = colorsOf(stdout, env);
  const live = new LiveLine(stderr);
  let pace = new Pace();
  let before = 0; // epochs that were done when this process began
  const say = (text: string) => {
    live.clear();
    stdout.write(`${shown(text)}\n`);
  };
  return {
    start({ shape, epoch }) {
      const { network, data, seed } = config;
      const [widths, ...kinds] = networkTitle(network, shape).split(" ");
      say(`${bold(widths!)} ${kinds.join(" ")}, ${data}, seed ${seed}`);
      if (epoch > 0) say(`continues after epoch ${epoch}`);
      before = epoch;
      pace = new Pace();
    },
    progress({ epoch, done, samples, accuracy }) {
      const all = (epoch - 1 - before) * samples + done;
      const { rate, left } = pace.at(all, (config.epochs - before) * samples - all);
      live.show(
        `epoch ${epoch}/${config.epochs}  ${percent(done / samples)}  accuracy ${percent(accuracy)}  ` +
          `${count(Math.round(rate))} samples/s  ${duration(left)} left`,
      );
    },
    epoch: (row) => say(epochLine(row, config.epochs)),
    stopped(epoch) {
      say(`stopped after epoch ${epoch} of ${config.epochs}`);
      say(dim(`the epoch it was in is lost; continue with: npx onebit train --resume --out ${folder.path}`));
    },
    done({ testAccuracy, epochs, seconds }, differing) {
      say(`trained ${epochs} ${epochs === 1 ? "epoch" : "epochs"} in ${duration(seconds)}`);
      if (differing !== null) say(`trained and frozen model differ on ${count(differing)} test samples`);
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
