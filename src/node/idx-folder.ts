/** Data sets as folders of four IDX files: `{train,t10k}-{images,labels}-idx{3,1}-ubyte`, as MNIST has them. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { type Shape, shapeText } from "../core/shape.ts";
import { checkLabels, type DataSetWithTest, plural, type Samples } from "../data/dataset.ts";
import { type DimensionsCheck, type IdxArray, idxExtent, parseIdx, sampleShape } from "../data/idx.ts";
import { fileError, readBytes } from "./read.ts";

/** Reads and checks the four files of a folder. Their names end with `-idx3-ubyte` (`-idx1-ubyte` of labels), or
 *  with `idx2` for features and `idx4` for colour pictures; also written `.idx3-ubyte`, also gzipped (`.gz`). `name`
 *  is that of the set. Without `classes` they are called "0" … up to the largest label of the training set.
 *  Throws `file` when a file cannot be read, and `data` when one is damaged or they do not fit together. */
export async function loadIdxFolder(
  name: string,
  folder: string,
  classes?: readonly string[],
): Promise<DataSetWithTest> {
  const found = await stat(folder).catch((cause) => {
    throw fileError(cause, folder);
  });
  if (!found.isDirectory()) throw new OnebitError("file", `${folder} is a file, not a directory`);

  const { samples: train, shape } = await loadSamples(folder, "train", `${name} train`);
  const { samples: test, shape: other } = await loadSamples(folder, "t10k", `${name} test`);
  if (shapeText(shape) !== shapeText(other)) {
    const message = `the samples of ${train.name} are ${shapeText(shape)}, those of ${test.name} ${shapeText(other)}`;
    throw new OnebitError("data", message);
  }
  const count = train.labels.reduce((a, b) => Math.max(a, b), 0) + 1;
  const names = classes ?? numberedClasses(count);
  for (const set of [train, test]) checkLabels(set.labels, names, set.name);
  return { name, shape, classes: names, train, test };
}

interface Part {
  readonly samples: Samples;
  readonly shape: Shape;
}

async function loadSamples(folder: string, part: "train" | "t10k", name: string): Promise<Part> {
  let shape: Shape | undefined;
  const inputs = await readIdx(folder, `${part}-images`, [3, 4, 2], (dimensions, path) => {
    shape = sampleShape(dimensions);
    if (shape !== undefined) return;
    throw new OnebitError(
      "data",
      `${path} holds ${dimensions.join(" × ")} values, a list of labels rather than samples`,
      "Samples are count × height × width, count × height × width × channels, or count × features.",
    );
  });
  const count = inputs.dimensions[0]!;
  // Before the labels are decompressed: the count of the images is what they may ask for.
  const labels = await readIdx(folder, `${part}-labels`, [1], (dimensions, path) => {
    if (dimensions.length !== 1) {
      throw new OnebitError("data", `${path} holds ${dimensions.join(" × ")} values; labels have one dimension`);
    }
    if (dimensions[0] === count) return;
    throw new OnebitError("data", `${name} has ${plural(count, "sample")}, but ${plural(dimensions[0]!, "label")}`);
  });
  return { samples: { name, count, inputs: inputs.values, labels: labels.values }, shape: shape! };
}

/** The IDX file `stem` of a folder, under the first of its usual names that is there. `check` sees its dimensions before
 *  its values are read. */
async function readIdx(
  folder: string,
  stem: string,
  ranks: readonly number[],
  check: (dimensions: readonly number[], path: string) => void,
): Promise<IdxArray> {
  const names = ranks.flatMap((rank) =>
    ["-", "."].flatMap((mark) => [`${stem}${mark}idx${rank}-ubyte`, `${stem}${mark}idx${rank}-ubyte.gz`]),
  );
  for (const name of names) {
    const path = join(folder, name);
    const checkAt: DimensionsCheck = (dimensions) => check(dimensions, path);
    const bytes = await readBytes(path, idxExtent(path, checkAt)).catch((error: OnebitError) => {
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
      throw error;
    });
    if (bytes !== undefined) return parseIdx(bytes, path, checkAt);
  }
  throw new OnebitError(
    "file",
    `${folder} has no file ${names[0]}`,
    `It may also be called ${names.slice(1).join(", ")}.`,
  );
}
