/** onebit export */

import { join } from "node:path";
import { type Command, Option } from "commander";
import { OnebitError } from "../../core/errors.ts";
import { exportFiles, type Format } from "../../export/format.ts";
import { type FormatName, formatNames, formats } from "../../export/formats.ts";
import { type FormatOption, type FormatOptions, type Given, takeOptions } from "../../export/options.ts";
import type { ModelFile } from "../../model/file.ts";
import { writeTogether } from "../../node/files.ts";
import { type Io, writeJson } from "../io.ts";
import { readModel } from "../models.ts";
import { addExample, addJsonOption, addList, isGiven, readInteger } from "../options.ts";
import { refuseFilled } from "../outputs.ts";
import { readSamples, type SampleOptions } from "../samples.ts";
import { shown } from "../shown.ts";
import { table } from "../terminal.ts";

interface ExportCommandOptions extends SampleOptions {
  readonly out?: string;
  readonly format: FormatName;
  readonly explain?: boolean;
  /** MHz */
  readonly clock: number;
  readonly force?: boolean;
  readonly json?: boolean;
  /** Those of the formats, by name. */
  readonly [option: string]: unknown;
}

/** A format as the command line sees all of them. */
const formatOf = (name: FormatName) => formats[name] as Format;

/** Each flag of the formats and the formats that take it, also flags that fill an option rather than being one. */
function takers(): Map<string, FormatName[]> {
  const taken = new Map<string, FormatName[]>();
  const add = (flag: string, name: FormatName) => taken.set(flag, [...(taken.get(flag) ?? []), name]);
  for (const name of formatNames) {
    const { options, explain } = formatOf(name);
    for (const [flag, { type }] of Object.entries(options)) {
      for (const given of type === "samples" ? ["vectors", "data"] : [flag]) add(given, name);
    }
    if (explain !== undefined) for (const given of ["explain", "clock"]) add(given, name);
  }
  return taken;
}

export function define(command: Command, io: Io): void {
  command
    .description("Write a frozen model in another format.")
    .argument("<path>", "folder of a run, or a .onebit model")
    .option("--out <dir>", "folder for the files")
    .addOption(new Option("--format <format>", "of the files").choices(formatNames).default("text"))
    .option("--force", "write into a folder that is not empty, replacing files that are there");
  const taken = takers();
  for (const [flag, names] of taken) addFormatFlag(command, flag, names);
  addJsonOption(command);
  addExample(
    command,
    "onebit export runs/first --out export",
    "onebit export runs/first --format vhdl --preset full --out accelerator",
    "onebit export runs/first --format vhdl --cycles 1000 --explain --clock 150",
  );
  addList(
    command,
    "Formats",
    formatNames.map((name) => [name, formats[name].title]),
  );
  command.action(async (path: string, options: ExportCommandOptions) => {
    const { out, format, force, json } = options;
    for (const [flag, names] of taken) {
      if (command.getOptionValueSource(flag) !== "cli" || names.includes(format)) continue;
      throw new OnebitError("argument", `--${flag} is of the format ${names.join(" or ")}, not of ${format}`);
    }
    if (out === undefined && options.explain !== true) {
      throw new OnebitError("argument", "required option '--out <dir>' not specified");
    }
    refuseIdle(command, options);
    const file = await readModel(path);
    const given = givenOptions(command, formatOf(format).options, options);
    if (options.explain) writeExplanation(formatOf(format), file, given, options, io);
    if (out === undefined) return;
    if (!force) await refuseFilled(out);
    const written = await writeExport(file, format, out, await withSamples(formatOf(format), file, given, options));
    if (json) writeJson(io.stdout, { modelSha256: file.hash, files: written });
    else io.stdout.write(written.map((name) => `${shown(name)}\n`).join(""));
  });
}

/** Throws `argument` for an option that was given and, beside the others, could do nothing. */
function refuseIdle(command: Command, { out, explain, vectors }: ExportCommandOptions): void {
  const refuse = (names: readonly string[], why: string) => {
    const given = names.find((name) => isGiven(command, name));
    if (given === undefined) return;
    throw new OnebitError("argument", `${why}, so --${given} has nothing to do`, "Leave it out.");
  };
  if (explain !== true) refuse(["clock"], "only --explain tells times");
  if (out === undefined) refuse(["force", "vectors", "data"], "without --out no files are written");
  if (vectors === 0) refuse(["data"], "with --vectors 0 there are no test images");
}

/** Writes a model's files of a format, all or none, and returns their paths. */
export async function writeExport(
  file: ModelFile,
  format: FormatName,
  folder: string,
  options: Given<FormatOptions> = {},
): Promise<string[]> {
  const files = exportFiles(formatOf(format), file, options).map(({ name, chunks }) => ({
    path: join(folder, name),
    content: chunks,
  }));
  await writeTogether(files);
  return files.map(({ path }) => path);
}

/** The flag of an option, with the help of each format that has it. */
function addFormatFlag(command: Command, flag: string, names: readonly FormatName[]): void {
  const prefix = `${names.join(", ")}: `;
  if (flag === "explain") {
    const help = names.map((name) => formatOf(name).explain!.help).join("; ");
    command.option("--explain", `${prefix}print ${help}; write files only if --out is given`);
    return;
  }
  if (flag === "clock") {
    const option = new Option("--clock <mhz>", `${prefix}MHz, for what --explain prints`).default(100);
    command.addOption(option.argParser((text) => readInteger("clock", text, 1, 10_000)));
    return;
  }
  if (flag === "vectors") {
    const option = new Option("--vectors <n>", `${prefix}${samplesHelp(names)}: this many test images`).default(100);
    command.addOption(option.argParser((text) => readInteger("vectors", text, 0, 100_000)));
    return;
  }
  if (flag === "data") {
    command.option("--data <set>", `${prefix}whose test images (default: what it was trained on)`);
    return;
  }
  const declared = names.map((name) => formatOf(name).options[flag]!);
  const [first] = declared;
  const help = names.map((name, i) => {
    const { help, default: value } = declared[i]!;
    return `${name}: ${help}${value === undefined ? "" : ` (default: ${value})`}`;
  });
  const option = new Option(`--${flag} <${first!.type === "integer" ? "n" : flag}>`, help.join("; "));
  if (first!.choices !== undefined) option.choices([...first!.choices]);
  if (first!.conflicts !== undefined) option.conflicts([...first!.conflicts]);
  command.addOption(option.argParser((text) => readValue(flag, first!, text)));
}

function samplesHelp(names: readonly FormatName[]): string {
  const options = names.flatMap((name) => Object.values(formatOf(name).options));
  return options.find(({ type }) => type === "samples")!.help;
}

/** What a flag's text means to the option. Throws `argument`. */
function readValue(flag: string, option: FormatOption<unknown>, text: string): unknown {
  const value = option.type === "integer" && /^\d+$/.test(text) ? Number(text) : text;
  if (option.check(value)) return value;
  throw new OnebitError("argument", `--${flag} does not take "${text}"`, `It takes ${option.takes}.`);
}

/** The options of a format that were typed. */
function givenOptions(command: Command, declared: FormatOptions, options: ExportCommandOptions): Given<FormatOptions> {
  const names = Object.keys(declared).filter((name) => command.getOptionValueSource(name) === "cli");
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

/** The same with the images of a data set, where the format takes some. */
async function withSamples(
  { options: declared }: Format,
  file: ModelFile,
  given: Given<FormatOptions>,
  options: ExportCommandOptions,
): Promise<Given<FormatOptions>> {
  const name = Object.keys(declared).find((name) => declared[name]!.type === "samples");
  return name === undefined ? given : { ...given, [name]: await readSamples(file, options) };
}

/** What the export would be like, as a table or as JSON. */
function writeExplanation(
  { id, options: declared, explain }: Format,
  file: ModelFile,
  given: Given<FormatOptions>,
  { clock, json }: ExportCommandOptions,
  io: Io,
): void {
  const explained = explain!.run(file, takeOptions(id, declared, given), clock);
  if (json) writeJson(io.stdout, explained.json);
  else io.stdout.write(`${table(explained.text.table)}\n${explained.text.line}\n`);
}
