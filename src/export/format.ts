/** What a format is: options, files and the ways to verify them, in one object. src/export/formats.ts is the table. */

import { OnebitError } from "../core/errors.ts";
import { version } from "../core/version.ts";
import type { ModelFile } from "../model/file.ts";
import type { FrozenModel } from "../model/model.ts";
import type { ExportFile } from "./files.ts";
import { type FormatOptions, type Given, type Taken, takeOptions } from "./options.ts";

/** A format: what the command line, `verify` and `exporters` know of it. */
export interface Format<O extends FormatOptions = FormatOptions> {
  /** What the command line and the table call it; manifest.json says onebit-ID. */
  readonly id: string;
  /** One line for help. */
  readonly title: string;
  readonly options: O;
  /** The options that manifest.json does not keep under `options`, of the manifest and the other files of an export. What they
   *  say is foreign: it is checked as any given options are. `read` takes a file's name and the most bytes that it may have. */
  recover?(
    manifest: Readonly<Record<string, unknown>>,
    read: (name: string, most: number) => Promise<Uint8Array>,
    model: FrozenModel,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** The files, manifest.json among them. Pure; throws `model` when the model is inconsistent or has a layer that the format
   *  cannot express. `writer` is what writes them, e.g. "onebit 0.2.0". */
  files(file: ModelFile, options: Taken<O>, writer: string): readonly ExportFile[];
  /** What can run an export and compare its scores with the model's. */
  readonly targets: readonly Target<O>[];
  /** What the export would be like, for people; undefined for most formats. */
  readonly explain?: Explanation<O>;
}

/** What `--explain` shows of a format. */
export interface Explanation<O extends FormatOptions> {
  /** Which formats' `--explain` this is, in help. */
  readonly help: string;
  /** `megahertz` is the clock that it is explained for. */
  run(file: ModelFile, options: Taken<O>, megahertz: number): { readonly json: object; readonly text: ExplainedText };
}

/** A table of cells and a line below it. */
export interface ExplainedText {
  readonly table: readonly (readonly string[])[];
  readonly line: string;
}

/** A way to verify an export: a compiler, an emulator, a runtime. */
export interface Target<O extends FormatOptions = FormatOptions> {
  readonly name: string;
  /** Programs that it takes; packages of Node as "npm:NAME", of Python as "py:NAME". */
  readonly needs: readonly string[];
  /** What installs them. */
  readonly install: string;
  /** `options` are those that the export was made with. Throws `OnebitError` when the export does not run. */
  run(subject: Subject, host: Host, options: Taken<O>): Promise<Outcome>;
}

/** What is verified: the scores of the model's samples decide. */
export interface Subject {
  readonly model: FrozenModel;
  /** u8 [count, inputs] */
  readonly images: Uint8Array;
  readonly count: number;
  /** Int32Array [count, classes] of the model. */
  readonly expected: Int32Array;
}

/** What verifying an export came to. */
export interface Outcome {
  readonly images: number;
  readonly mismatches: number;
  /** Of one image, where they were counted. */
  readonly instructions?: number;
}

/** What a target may do. It has a scratch folder of its own, empty at first, in which programs run. The export is the one that
 *  onebit writes for the model and the options: what a folder's files say is not run, even if it is the same. */
export interface Host {
  /** The names of the export's files. */
  readonly names: readonly string[];
  /** A file of the export. */
  read(name: string): Uint8Array;
  /** Writes the whole export into the scratch folder. */
  copyExport(): Promise<void>;
  /** Writes into the scratch folder. */
  write(name: string, content: Uint8Array | readonly Uint8Array[]): Promise<void>;
  /** Runs a program in the scratch folder and returns all that it writes; "./NAME" is one in that folder. Throws `file` with
   *  the end of it when the program cannot be started or ends with none of `statuses` (0 unless given). */
  run(program: string, args: readonly string[], statuses?: readonly number[]): Promise<string>;
  /** The package of a need "npm:NAME". */
  load(name: string): unknown;
  /** Throws when the user wants no more of it: for what takes long without `run`. */
  throwIfStopped(): void;
}

/** Lets TypeScript infer the options. */
export function defineFormat<const O extends FormatOptions>(format: Format<O>): Format<O> {
  return format;
}

/** Options that every format takes. */
export interface CommonOptions {
  /** What writes the files, "onebit VERSION" unless given. */
  readonly writer?: string;
}

/** The files of a model in a format. Throws `argument` for options that the format does not take and a writer that cannot
 *  stand in a comment, and as its `files`. */
export function exportFiles<O extends FormatOptions>(
  format: Format<O>,
  file: ModelFile,
  { writer = `onebit ${version}`, ...given }: Given<O> & CommonOptions = {} as Given<O> & CommonOptions,
): ExportFile[] {
  if (!WRITER.test(writer)) {
    const hint = "It stands in comments: give up to 80 letters, digits, spaces, and . + - _.";
    throw new OnebitError("argument", `${JSON.stringify(writer)} cannot name what writes an export`, hint);
  }
  return [...format.files(file, takeOptions(format.id, format.options, given as unknown as Given<O>), writer)];
}

const WRITER = /^[A-Za-z0-9][\w .+-]{0,79}$/;

/** Images of which any score differs, or is missing. */
export function compareScores(scores: ArrayLike<number>, { expected, count }: Subject): Outcome {
  const classes = expected.length / count;
  const wrong = new Set<number>();
  for (const [i, score] of expected.entries()) if (scores[i] !== score) wrong.add(Math.floor(i / classes));
  return { images: count, mismatches: scores.length === expected.length ? wrong.size : count };
}

/** Numbers of a text, between spaces and line ends. */
export function parseNumbers(text: string): Float64Array {
  return Float64Array.from(text.trim().split(/\s+/), Number);
}
