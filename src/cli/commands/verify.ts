/** onebit verify */

import type { Command } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { bytesOf } from "../../data/dataset.ts";
import { checkSampleFit } from "../../data/fit.ts";
import type { Format, Outcome, Subject, Target } from "../../export/format.ts";
import { formats } from "../../export/formats.ts";
import type { FormatOptions, Taken } from "../../export/options.ts";
import { testImages } from "../../export/vectors.ts";
import { plainScores } from "../../infer/plain.ts";
import { type FrozenModel, inputsOf } from "../../model/model.ts";
import { dataSpecForms, loadDataSet } from "../../node/data-sets.ts";
import { CheckFailed } from "../failed.ts";
import { Interrupted, interruptible } from "../interrupt.ts";
import { type Io, writeJson } from "../io.ts";
import { addExample, addJsonOption, addList } from "../options.ts";
import { shown } from "../shown.ts";
import { colorsOf, count, table } from "../terminal.ts";
import { checkExport } from "../verify/export-folder.ts";
import { type Workshop, withHost } from "../verify/host.ts";
import { findPackage } from "../verify/tools.ts";

interface VerifyOptions {
  readonly data?: string;
  readonly runtimes?: string;
  readonly run: boolean;
  readonly json?: boolean;
}

/** One target's result. `missing` and `install` are there when it was skipped, `error` when it did not run. */
interface Row extends Partial<Outcome> {
  readonly target: string;
  readonly seconds?: number;
  readonly missing?: readonly string[];
  readonly install?: string;
  readonly error?: string;
}

interface Report {
  readonly rows: readonly Row[];
  /** What the folder holds that is not of the export. */
  readonly unlisted: readonly string[];
}

export function define(command: Command, io: Io): void {
  command
    .description(
      "Check that a folder holds what onebit exports of its model, byte for byte; then run that with each tool that this " +
        "machine has, and compare every score with the model's. What runs is what onebit writes itself, in a folder of its " +
        "own: nothing from the folder, which may come from anywhere, and no Makefile.",
    )
    .argument("<dir>", "folder of an export")
    .option("--data <set>", `whose test samples: ${dataSpecForms} (default: 200 generated samples)`)
    .option("--runtimes <dir>", "where onnxruntime-node or -web is installed (default: beside onebit)")
    .option("--no-run", "only check the files");
  addJsonOption(command);
  addExample(command, "onebit verify firmware --data mnist");
  addList(command, "Runs, in a scratch folder", toolsOfFormats());
  command.action(async (folder: string, options: VerifyOptions) => {
    const { rows, unlisted } = await interruptible(io, (signal) => verify(folder, options, io.env, signal));
    if (options.json) writeJson(io.stdout, { rows, unlisted });
    else io.stdout.write(reportText({ rows, unlisted }, io));
    if (rows.some((row) => row.error !== undefined || (row.mismatches ?? 0) > 0)) throw new CheckFailed();
  });
}

/** Each format and what its targets need. */
function toolsOfFormats(): [string, string][] {
  return Object.values(formats).map(({ id, targets }) => {
    const tools = new Set((targets as readonly Target[]).flatMap(({ needs }) => needs.map(toolName)));
    return [id, tools.size === 0 ? "onebit" : [...tools].join(", ")];
  });
}

async function verify(folder: string, options: VerifyOptions, env: Io["env"], signal: AbortSignal): Promise<Report> {
  const { data, runtimes, run } = options;
  const idle = (["data", "runtimes"] as const).find((name) => !run && options[name] !== undefined);
  if (idle !== undefined) {
    throw new OnebitError("argument", `with --no-run, --${idle} has nothing to do`, "Leave it out.");
  }
  const { format, options: taken, file, files, unlisted } = await checkExport(folder);
  if (runtimes !== undefined) checkRuntimes(format, runtimes, folder, env);
  const rows: Row[] = [{ target: "SHA-256 of the files" }];
  if (!run) return { rows, unlisted };
  try {
    const subject = await subjectOf(file.model, data, signal);
    for (const target of format.targets) {
      const box = { env, foreign: folder, runtimes };
      rows.push(await withHost(files, box, signal, (host) => runTarget(target, subject, host, taken)));
    }
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  }
  return { rows, unlisted };
}

/** Throws `argument` when the format takes no package of Node, `missing` when none of those that it takes is there. */
function checkRuntimes({ id, targets }: Format, runtimes: string, foreign: string, env: Io["env"]): void {
  const packages = targets.flatMap(({ needs }) => needs).filter((tool) => tool.startsWith("npm:"));
  if (packages.length === 0) {
    throw new OnebitError("argument", `an export in the format ${id} needs no --runtimes`, "Leave it out.");
  }
  const names = packages.map(toolName);
  if (names.some((name) => findPackage(name, { env, foreign, runtimes }) !== undefined)) return;
  const hint = `Install one there: npm install --prefix ${runtimes} ${names[0]}`;
  throw new OnebitError("missing", `${runtimes} has no ${names.join(" and no ")} installed`, hint);
}

/** Samples and their scores, a hundred at a time: Ctrl-C is heard in between. */
async function subjectOf(model: FrozenModel, data: string | undefined, signal: AbortSignal): Promise<Subject> {
  const inputs = inputsOf(model);
  const images = data === undefined ? testImages(model, 200) : await imagesOf(data, inputs);
  const total = images.length / inputs;
  const parts: Int32Array[] = [];
  for (let first = 0; first < total; first += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const some = images.subarray(first * inputs, (first + 100) * inputs);
    parts.push(plainScores(model, some, some.length / inputs));
  }
  const expected = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    expected.set(part, at);
    at += part.length;
  }
  return { model, images, count: total, expected };
}

async function runTarget(
  target: Target,
  subject: Subject,
  host: Workshop,
  options: Taken<FormatOptions>,
): Promise<Row> {
  const missing = [];
  for (const tool of target.needs) if (!(await host.has(tool))) missing.push(tool);
  host.throwIfStopped();
  if (missing.length > 0) return { target: target.name, missing, install: target.install };
  const start = performance.now();
  try {
    const outcome = await target.run(subject, host, options);
    return { target: target.name, ...outcome, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    host.throwIfStopped();
    return { target: target.name, error: (error as Error).message };
  }
}

async function imagesOf(spec: string, inputs: number): Promise<Uint8Array> {
  const data = await loadDataSet(spec);
  checkSampleFit({ name: "the model", inputs }, data, "Give the data set it was trained on with --data, or none.");
  return bytesOf(data.test);
}

function reportText({ rows, unlisted }: Report, io: Io): string {
  const { red, dim } = colorsOf(io.stdout, io.env);
  const cells = rows.map(({ target, images, mismatches, seconds, missing, error }) => [
    target,
    images === undefined ? "" : count(images),
    missing ? "skipped" : error !== undefined ? "failed" : mismatches === undefined ? "ok" : count(mismatches),
    seconds === undefined ? "" : `${seconds.toFixed(2)} s`,
  ]);
  const notes = rows.flatMap(({ target, missing, install, instructions, error }) => [
    ...(instructions === undefined ? [] : [`${target}: ${count(instructions)} instructions an image`]),
    ...(missing === undefined
      ? []
      : [dim(`${target} is skipped, it needs ${missing.map(toolName).join(" and ")}: ${install}`)]),
    ...(error === undefined ? [] : [red(`${target}: ${error}`)]),
  ]);
  if (unlisted.length > 0) {
    const more = unlisted.length > MOST_SHOWN ? ` and ${count(unlisted.length - MOST_SHOWN)} more` : "";
    notes.push(dim(`not of the export, and not looked at: ${unlisted.slice(0, MOST_SHOWN).join(", ")}${more}`));
  }
  return (
    table([["target", "images", "mismatches", "time"], ...cells]) + notes.map((line) => `${shown(line)}\n`).join("")
  );
}

const MOST_SHOWN = 20;

/** "onnxruntime-web" of "npm:onnxruntime-web", "numpy" of "py:numpy". */
function toolName(tool: string): string {
  return tool.replace(/^(npm|py):/, "");
}
