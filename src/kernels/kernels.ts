/** The seam under the maths: what a kernel is called, what it takes, and what of its arrays it touches.
 *
 *  `Kernels` is the interface of src/kernels/reference, where each kernel is documented; assembly/ exports the same
 *  functions on addresses. Layers never call a kernel: they add calls to a program (program.ts), which a machine
 *  (machine.ts) runs on one thread or several. */

import type * as reference from "./reference/index.ts";

export type Kernels = typeof reference;
export type KernelName = keyof Kernels;

/** A kernel's arguments without its share [lo, hi). */
export type KernelArguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [...infer A, number, number] ? A : never;

/** What a kernel is split over. The features of a layer are also the rows of its weights. */
export type Axis = "samples" | "features";

/** A share begins at a multiple of the grain: 64 features are a panel of nibbles (layout.ts), four of float32 columns, and
 *  whole bytes of bits. */
export const grain: Readonly<Record<Axis, number>> = { samples: 1, features: 64 };

/** One letter for each array argument, in order:
 *    r  reads the part that belongs to its share       w  writes (and may read) the part that belongs to its share
 *    R  reads any part
 *  The part of an array that belongs to a share of features is the same in every kernel: columns of [batch, m], rows of
 *  weights [m, n], elements of [m]; where a kernel takes another part (columns of weights), it says R. */
export const access: Readonly<Record<KernelName, readonly [Axis, string]>> = {
  gatherImages: ["samples", "RRRw"],
  thresholdBits: ["samples", "rw"],
  probabilityBits: ["samples", "rRRw"],
  pixelsToFloat32: ["samples", "rw"],
  packSigns: ["features", "rww"],
  signForward: ["features", "rw"],
  signBackward: ["features", "rw"],
  pairCodes: ["features", "rw"],
  nibblesAcross: ["features", "rw"],
  nibblesDown: ["features", "Rw"],
  agreementProduct: ["features", "Rrw"],
  columnMaxima: ["features", "rw"],
  quantize: ["samples", "rRRw"],
  planSamples: ["samples", "rwww"],
  planFeatures: ["features", "Rwwww"],
  inputGradient: ["features", "RRRrRw"],
  weightUpdate: ["features", "rrrRRwwwwRww"],
  expandMasks: ["features", "rw"],
  byteProduct: ["features", "Rrw"],
  batchMomentsInt32: ["features", "rw"],
  batchMomentsFloat32: ["features", "rw"],
  batchNormScale: ["features", "rrwwwww"],
  inferenceScale: ["features", "rrw"],
  normalizeInt32: ["features", "rrrrw"],
  normalizeFloat32: ["features", "rrrrw"],
  batchNormBackwardInt32: ["features", "rrrrwwww"],
  batchNormBackwardFloat32: ["features", "rrrrwwww"],
  panelsOfBits: ["features", "Rw"],
  panelsOfBytes: ["features", "Rw"],
  panelsOfFloat32: ["features", "Rw"],
  panelsOfTransposed: ["features", "Rw"],
  productColumns: ["features", "Rrw"],
  productRows: ["features", "RRw"],
  addBias: ["features", "rw"],
  biasBackward: ["features", "rw"],
  scaleInt32: ["features", "rw"],
  scaleFloat32: ["features", "rw"],
  expandBits: ["samples", "rw"],
  activationForward: ["features", "rw"],
  activationBackward: ["features", "rrw"],
  softmaxForward: ["samples", "rw"],
  softmaxBackward: ["samples", "rw"],
  argmax: ["samples", "rw"],
  nllLoss: ["samples", "rRRww"],
  hingeLoss: ["samples", "rRRww"],
  update: ["features", "wrwwR"],
};
