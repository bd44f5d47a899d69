/** Results that are kept: results/ID.jsonl, a line for each run or measurement of the experiment ID. A run that several
 *  experiments ask for is kept with the first of them. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Experiment, experiments, type Measured, type Scale, scales } from "onebit-report";
import { OnebitError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { exists, writeAtomic } from "../../node/files.ts";
import { readBytes } from "../../node/read.ts";
import { measureKey, type RunRow, runKey } from "../../runs/runs.ts";

/** What `measure` of an experiment returned. */
export interface MeasureRow {
  readonly key: string;
  readonly machine: string;
  readonly measured: readonly Measured[];
}

type Row = RunRow | MeasureRow;

export class Store {
  readonly #folder: string;
  #rows = new Map<string, Row>();
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads all results. Throws `file`, naming the line, when one is broken. */
  async load(): Promise<void> {
    this.#rows = new Map();
    const names = (await exists(this.#folder)) ? await readdir(this.#folder) : [];
    for (const name of names.filter((name) => name.endsWith(".jsonl")).sort()) {
      for (const row of await this.#read(name)) this.#rows.set(row.key, row);
    }
  }

  run(key: string): RunRow | undefined {
    const row = this.#rows.get(key);
    return row && "config" in row ? row : undefined;
  }

  measurement(key: string): MeasureRow | undefined {
    const row = this.#rows.get(key);
    return row && "measured" in row ? row : undefined;
  }

  /** Keeps a result that `experiment` asked for, in the file of the first of all experiments that asks for it and in
   *  that one's order: files depend neither on which was done first nor on what was asked for. */
  async add(experiment: Experiment, row: Row): Promise<void> {
    const owner = experiments.find((other) => keysOf(other).has(row.key)) ?? experiment;
    this.#rows.set(row.key, row);
    // One after the other: each writes what it finds and its own.
    const written = this.#writing.then(() => this.#write(owner, row));
    this.#writing = written.catch(() => {});
    await written;
  }

  async #write(owner: Experiment, row: Row): Promise<void> {
    const name = `${owner.id}.jsonl`;
    const there = (await exists(join(this.#folder, name))) ? await this.#read(name) : [];
    const order = keysOf(owner);
    const place = ({ key }: Row) => order.get(key) ?? -1; // of an older version first
    const rows = [...there.filter(({ key }) => key !== row.key), row].sort((a, b) => place(a) - place(b));
    await writeAtomic(join(this.#folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }

  async #read(name: string): Promise<Row[]> {
    const path = join(this.#folder, name);
    const lines = new TextDecoder().decode(await readBytes(path)).split("\n");
    return lines.flatMap((line, i) => {
      if (line === "") return [];
      const row = parse(line);
      if (row) return [row];
      throw new OnebitError("file", `${path}: line ${i + 1} is not a result of onebit reproduce`, "Delete the line.");
    });
  }
}

/** The places of an experiment's results, of all scales. */
function keysOf(experiment: Experiment): Map<string, number> {
  const keys = scales
    .toReversed()
    .flatMap((scale) => [...(experiment.runs?.(scale) ?? []).map(runKey), measureKey(experiment.id, scale)]);
  return new Map(keys.toReversed().map((key, i) => [key, keys.length - i]));
}

function parse(line: string): Row | undefined {
  try {
    const row: unknown = JSON.parse(line);
    if (!isObject(row) || typeof row.key !== "string" || typeof row.machine !== "string") return undefined;
    if (Array.isArray(row.measured)) return row as unknown as MeasureRow;
    const lists = ["trainAccuracy", "validationAccuracy", "testAccuracy", "trainLoss", "seconds"];
    return isObject(row.config) && lists.every((key) => Array.isArray(row[key]))
      ? (row as unknown as RunRow)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The results that an experiment asks for at a scale. */
export function resultsOf(store: Store, experiment: Experiment, scale: Scale) {
  const runs = experiment.runs?.(scale) ?? [];
  const done = runs.flatMap((run) => {
    const row = store.run(runKey(run));
    return row ? [{ ...run, row }] : [];
  });
  const measurement = store.measurement(measureKey(experiment.id, scale));
  return { total: runs.length, done, measured: measurement?.measured ?? [], machine: measurement?.machine };
}
