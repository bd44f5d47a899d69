/** What a training reports. */

/** One row of `metrics.jsonl`, after each epoch. Accuracies are 0 … 1. */
export interface EpochRow {
  readonly epoch: number; // 1, 2, 3 …
  readonly learningRate: number;
  readonly trainLoss: number; // mean over the epoch's samples
  readonly trainAccuracy: number; // of the batches as they were trained on
  readonly validationAccuracy: number | null; // null without a validation split
  readonly testAccuracy?: number; // where the test samples are watched (`FitOptions.watch`); chooses nothing
  readonly flipRatio: number; // share of the binary weights whose sign one step changes, mean over the steps
  readonly seconds: number; // wall time of the epoch, validation included
}

/** A few times a second: `done` of the epoch's `samples` so far, their mean loss and accuracy. */
export interface Progress {
  readonly epoch: number;
  readonly done: number;
  readonly samples: number;
  readonly loss: number;
  readonly accuracy: number;
}
