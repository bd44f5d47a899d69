/** onebit reproduce */

import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { type Experiment, experiments, figurePath, pageText, type Scale, scales } from "onebit-report";
import { OnebitError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";
import { parseDataSpec } from "../../data/spec.ts";
import { loadDataSet } from "../../node/data-sets.ts";
import { writeAtomic } from "../../node/files.ts";
import { renderSvg } from "../../plots/svg.ts";
import { measureKey, runKey } from "../../runs/runs.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { addExample, addJsonOption, isGiven, readInteger } from "../options.ts";
import { drawAll } from "../reproduce/draw.ts";
import { locked } from "../reproduce/lock.ts";
import { jsonListener, type ReproduceListener, textListener } from "../reproduce/progress.ts";
import { missingRuns, type ScheduleOptions, trainAll } from "../reproduce/schedule.ts";
import { Store } from "../reproduce/store.ts";

interface ReproduceOptions {
  readonly scale: Scale;
  readonly jobs: number;
  readonly out: string;
  readonly draw?: boolean;
  readonly again?: boolean;
  readonly json?: boolean;
}

const cores = availableParallelism();

/** What a figure is called; several may be one experiment. */
const namesOf = ({ id, covers = [] }: Experiment) => [id, ...covers];
const known = ["all", ...experiments.flatMap(namesOf)];

export function define(command: Command, io: Io): void {
  const figures = new Argument("<figure...>", "which ones");
  figures.argChoices = known; // for help and completion; `choose` says which one was meant
  command
    .description(
      "Reproduce figures and tables of the report: train what they need, draw them, and write README.md, figures/ " +
        "and results/. Nothing is trained twice; an interrupted command continues where it stopped.",
    )
    .addArgument(figures)
    .addOption(
      new Option(
        "--scale <scale>",
        "full: as the report, with seeds; standard: one seed, a quarter of the epochs; smoke: 3,000 images, 2 epochs",
      )
        .choices(scales)
        .default("standard"),
    )
    .addOption(
      new Option("--jobs <n>", "runs at once; the results are the same")
        .default(Math.min(cores, 8))
        .argParser((text) => readInteger("jobs", text, 1, 64)),
    )
    .option("--out <dir>", "folder for page, figures and results", "reproduced")
    .option("--draw", "train and measure nothing: draw what there is")
    .option("--again", "measure times anew, on this machine; what was trained stays");
  addJsonOption(command);
  addExample(
    command,
    "onebit reproduce fig-4.1 --scale standard",
    "onebit reproduce all --scale full --out docs/report",
  );
  command.action(async (figures: string[], options: ReproduceOptions) => {
    const chosen = choose(figures);
    const idle = ["jobs", "again"].find((name) => options.draw && isGiven(command, name));
    if (idle !== undefined) {
      throw new OnebitError(
        "argument",
        `--draw trains and measures nothing, so --${idle} has nothing to do`,
        "Leave it out.",
      );
    }
    const listener = options.json ? jsonListener(io) : textListener(io);
    await locked(options.out, () => interruptible(io, (signal) => reproduce(chosen, options, listener, signal, io)));
  });
}

/** The experiments that were named, each once, in their own order. Throws `argument` for another name. */
function choose(figures: readonly string[]): Experiment[] {
  for (const figure of figures) {
    if (known.includes(figure)) continue;
    const close = nearest(figure, known);
    const hint = close ? `Did you mean "${close}"?` : `There are ${known.join(", ")}.`;
    throw new OnebitError("argument", `there is no figure "${figure}"`, hint);
  }
  if (figures.includes("all")) return [...experiments];
  return experiments.filter((experiment) => namesOf(experiment).some((name) => figures.includes(name)));
}

async function reproduce(
  chosen: readonly Experiment[],
  { scale, jobs, out, draw, again }: ReproduceOptions,
  listener: ReproduceListener,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  const check = () => {
    if (signal.aborted) throw new Interrupted();
  };
  const store = new Store(join(out, "results"));
  await store.load();
  const data = await loadDataSet("mnist");
  if (!draw) {
    const present = await presentSets(chosen, scale, listener);
    const runs = (experiment: Experiment) =>
      (experiment.runs?.(scale) ?? []).filter(({ recipe }) => present.has(nameOf(recipe.data)));
    const tasks = missingRuns(chosen, runs, store, again === true);
    const schedule: ScheduleOptions = {
      jobs,
      threads: { shared: Math.max(1, Math.floor(cores / jobs)), alone: Math.min(cores, 8) },
      folder: join(out, "runs"),
      machine: (threads) => `${machine()}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
      signal,
    };
    const wanted = new Set(chosen.flatMap((experiment) => runs(experiment).map(runKey)));
    if (wanted.size > 0) listener.begin(tasks, wanted.size - tasks.length);
    try {
      await trainAll(tasks, store, schedule, listener, io);
    } finally {
      listener.end();
    }
    for (const experiment of chosen) {
      const key = measureKey(experiment.id, scale);
      if (experiment.measure === undefined || (store.measurement(key) !== undefined && !again)) continue;
      check();
      listener.note(`measures ${experiment.id}`);
      await store.add(experiment, { key, machine: machine(), measured: await experiment.measure({ scale, data }) });
    }
  }
  check();
  const entries = await drawAll(store, scale, data, chosen);
  for (const { name, spec } of entries.flatMap(({ drawing }) => drawing.figures)) {
    check();
    const path = join(out, figurePath(name));
    await writeAtomic(path, await renderSvg(spec));
    listener.wrote(path);
  }
  const page = join(out, "README.md");
  await writeAtomic(page, pageText(scale, entries, out));
  listener.wrote(page);
}

const machine = () => `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`;

/** A data set without its limit. */
function nameOf(data: string): string {
  const spec = parseDataSpec(data);
  return spec.kind === "named" ? spec.name : data;
}

/** The data sets of the experiments that are there, beside MNIST, which was loaded. Those that are not are told, and
 *  their runs left out. */
async function presentSets(
  chosen: readonly Experiment[],
  scale: Scale,
  listener: ReproduceListener,
): Promise<Set<string>> {
  const wanted = new Set(chosen.flatMap(({ runs }) => (runs?.(scale) ?? []).map(({ recipe }) => nameOf(recipe.data))));
  const present = new Set(["mnist"]);
  for (const name of wanted) {
    if (present.has(name)) continue;
    try {
      await loadDataSet(name);
      present.add(name);
    } catch (error) {
      if (!(error instanceof OnebitError && error.code === "missing")) throw error;
      listener.note(`left out what needs ${name}: ${error.message}. ${error.hint ?? ""}`);
    }
  }
  return present;
}
