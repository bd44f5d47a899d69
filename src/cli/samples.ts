/** Images to go with an export: what fills a format's option of the type "samples". */

import { bytesOf, firstOf } from "../data/dataset.ts";
import { checkSampleFit } from "../data/fit.ts";
import { testImages } from "../export/vectors.ts";
import type { ModelFile } from "../model/file.ts";
import { inputsOf } from "../model/model.ts";
import { loadDataSet } from "../node/data-sets.ts";
import { knownDataOf } from "./models.ts";

export interface SampleOptions {
  /** Test images of the data set. */
  readonly vectors: number;
  readonly data?: string;
}

/** An image of 0 and one of 255, then the first test images of the data set, or where none is known patterns:
 *  u8 [2 + vectors, inputs]. Throws as `loadDataSet` does, and `shape` when the images do not fit. */
export async function readSamples(file: ModelFile, { data, vectors }: SampleOptions): Promise<Uint8Array> {
  const inputs = inputsOf(file.model);
  const images = testImages(file.model, 2 + vectors);
  if (vectors === 0) return images;
  const name = data ?? knownDataOf(file) ?? (inputs === 784 ? "mnist" : undefined);
  if (name !== undefined) images.set(await imagesOf(name, inputs, vectors), 2 * inputs);
  return images;
}

async function imagesOf(name: string, inputs: number, count: number): Promise<Uint8Array> {
  const data = await loadDataSet(name);
  const hint = "Give the data set it was trained on with --data, or --vectors 0.";
  checkSampleFit({ name: "the network", inputs }, data, hint);
  return bytesOf(firstOf(data.test, count));
}
