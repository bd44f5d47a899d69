/** What a training reports. */

/** One row of `metrics.jsonl`, after each epoch. Accuracies are 0 … 1. */
export interface EpochRow {
  /** 1, 2, 3 … */
  readonly epoch: number;
  readonly learningRate: number;
  /** Mean over the epoch's samples. */
  readonly trainLoss: number;
  /** Of the batches as they were trained on. */
  readonly trainAccuracy: number;
  /** Null without a validation split. */
  readonly validationAccuracy: number | null;
  /** Where the test samples are watched (`FitOptions.watch`); chooses nothing. */
  readonly testAccuracy?: number;
  /** Share of the binary weights whose sign one step changes, mean over the steps. */
  readonly flipRatio: number;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
}

/** A few times a second: `done` of the epoch's `samples` so far, their mean loss and accuracy. */
export interface Progress {
  readonly epoch: number;
  readonly done: number;
  readonly samples: number;
  readonly loss: number;
  readonly accuracy: number;
}
