/** A labelled set of 8-bit grey images. */

export interface ImageSet {
  /** Where it came from, for messages: "mnist train", "idx:my-data test". */
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** [count, height · width], row-major, 0 … 255 */
  readonly images: Uint8Array;
  /** [count], each 0 … classes − 1 */
  readonly labels: Uint8Array;
}

/** The two files a data set comes in. `classes` is the number of labels, 10 for both MNISTs. */
export interface DataSet {
  readonly name: string;
  readonly classes: number;
  readonly train: ImageSet;
  readonly test: ImageSet;
}
