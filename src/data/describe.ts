/** What there is to say about a data set, as plain data: for `onebit data` and for reports. */

import { type FileDigests, fileDigests } from "../node/data-sets.ts";
import type { DataSet, ImageSet } from "./dataset.ts";

export interface ImageSetDescription {
  readonly count: number;
  /** [classes], images of each class */
  readonly perClass: readonly number[];
  /** 0 … 255, over all pixels of all images */
  readonly meanPixel: number;
  /** Share of the pixels above 127, 0 … 1: what a threshold in the middle sets. */
  readonly shareAbove127: number;
  readonly sha256: FileDigests;
}

export interface DataSetDescription {
  readonly name: string;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  readonly train: ImageSetDescription;
  readonly test: ImageSetDescription;
}

export function describeDataSet(data: DataSet): DataSetDescription {
  const { name, classes, train, test } = data;
  return {
    name,
    classes,
    height: train.height,
    width: train.width,
    train: describeImages(train, classes),
    test: describeImages(test, classes),
  };
}

function describeImages(set: ImageSet, classes: number): ImageSetDescription {
  const perClass = new Array<number>(classes).fill(0);
  for (const label of set.labels) perClass[label]!++;
  let sum = 0;
  let above = 0;
  for (const pixel of set.images) {
    sum += pixel;
    above += pixel >> 7;
  }
  return {
    count: set.count,
    perClass,
    meanPixel: sum / set.images.length,
    shareAbove127: above / set.images.length,
    sha256: fileDigests(set),
  };
}
