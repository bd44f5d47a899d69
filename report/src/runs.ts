/** Runs of experiments: how they are made for a scale, how they are told apart, and what is kept of them. */

import type { RunConfig } from "../config/config.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import type { EpochRow } from "../train/metrics.ts";
import { NUMERICS } from "../train/numerics.ts";

/** How much is trained. "full": as the report did, and each run with several seeds. "standard": all images, one seed, a
 *  quarter of the epochs. "smoke": some thousand images, two epochs: shows that everything works, and nothing else. */
export const scales = ["smoke", "standard", "full"] as const;
export type Scale = (typeof scales)[number];

/** A training that an experiment asks for. */
export interface Run {
  /** The curve or row of a table it belongs to. Runs of one series differ in their seeds alone. */
  readonly series: string;
  readonly config: RunConfig;
  /** It is timed: it gets all threads, and nothing else runs beside it. */
  readonly alone?: boolean;
}

/** What is kept of a run: a line of results/*.jsonl. Accuracies are 0 … 1, one an epoch; none of validation without a split. */
export interface RunRow {
  /** `runKey` of configuration and numerics. */
  readonly key: string;
  readonly config: RunConfig;
  readonly trainAccuracy: readonly number[];
  readonly validationAccuracy: readonly number[];
  /** To be drawn beside the report's; nothing is chosen by it. */
  readonly testAccuracy: readonly number[];
  readonly trainLoss: readonly number[];
  /** Wall time, on whatever else the machine was doing; of a run alone, on nothing else. */
  readonly seconds: readonly number[];
  /** Why it ended early: the error's message. */
  readonly failed?: string;
  /** Of the frozen model; null for networks without one, and where it failed. */
  readonly modelSha256: string | null;
  /** Processor, threads and version of Node. */
  readonly machine: string;
}

/** Names a run: 16 hexadecimal digits that depend on the configuration, on whether it is timed, and on the numerics'
 *  version. Nothing else changes what it computes. */
export function runKey({ config, alone = false }: Pick<Run, "config" | "alone">): string {
  return keyOf({ alone, config });
}

/** The key of a measurement. */
export function measureKey(id: string, scale: Scale): string {
  return keyOf({ measure: id, scale });
}

function keyOf(value: object): string {
  const text = canonicalJson({ ...value, numerics: NUMERICS });
  return sha256Hex(new TextEncoder().encode(text)).slice(0, 16);
}

/** The row of a run with these epochs. */
export function runRow(
  run: Run,
  epochs: readonly EpochRow[],
  end: Pick<RunRow, "failed" | "modelSha256" | "machine">,
): RunRow {
  const rounded = (digits: number, value: (row: EpochRow) => number | null | undefined) =>
    epochs.flatMap((row) => {
      const given = value(row) ?? undefined;
      return given === undefined ? [] : [Number(given.toFixed(digits))];
    });
  return {
    key: runKey(run),
    config: run.config,
    trainAccuracy: rounded(4, (row) => row.trainAccuracy),
    validationAccuracy: rounded(4, (row) => row.validationAccuracy),
    testAccuracy: rounded(4, (row) => row.testAccuracy),
    trainLoss: rounded(4, (row) => row.trainLoss),
    seconds: rounded(2, (row) => row.seconds),
    ...end,
  };
}

/** `config` at a scale. */
export function scaled(config: RunConfig, scale: Scale): RunConfig {
  if (scale === "full") return config;
  if (scale === "standard") return { ...config, epochs: Math.ceil(config.epochs / 4) };
  const { binarize } = config;
  return {
    ...config,
    data: `${config.data}:3000`,
    validation: 500,
    epochs: Math.min(config.epochs, 2),
    binarize: binarize.kind === "probability" ? { ...binarize, repetitions: 2 } : binarize,
  };
}

/** A run for each series and each of so many seeds (with `full`; otherwise one), the first seeds of all series first. */
export function runsOf(
  scale: Scale,
  base: RunConfig,
  series: readonly (readonly [name: string, changes: Partial<RunConfig>])[],
  seeds = 3,
): Run[] {
  return Array.from({ length: scale === "full" ? seeds : 1 }, (_, i) =>
    series.map(
      ([name, changes]): Run => ({ series: name, config: scaled({ ...base, ...changes, seed: i + 1 }, scale) }),
    ),
  ).flat();
}
