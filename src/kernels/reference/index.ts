/** The kernels in plain TypeScript: the definition that assembly/ must match bit for bit.
 *
 *  Every kernel is a function on typed arrays and numbers. Its last two arguments [lo, hi) are its share of the rows,
 *  features or samples it is split over; calling it on any partition of the whole gives the same result, whatever the
 *  order, because no sum crosses a boundary. Matrices are row-major; [batch, m] is one row a sample. Float32 operations
 *  are rounded one by one (Math.fround), in the order of assembly/. */

export {
  activationBackward,
  activationForward,
  expandBits,
  scaleFloat32,
  scaleInt32,
  softmaxBackward,
  softmaxForward,
} from "./activations.ts";
export { gatherImages, pixelsToFloat32, probabilityBits, thresholdBits } from "./images.ts";
export { inputGradient, planFeatures, planSamples, weightUpdate } from "./lookup.ts";
export { argmax, hingeLoss, nllLoss } from "./losses.ts";
export { nibblesAcross, nibblesDown, pairCodes } from "./nibbles.ts";
export {
  batchMomentsFloat32,
  batchMomentsInt32,
  batchNormBackwardFloat32,
  batchNormBackwardInt32,
  batchNormScale,
  inferenceScale,
  normalizeFloat32,
  normalizeInt32,
} from "./norm.ts";
export { agreementProduct, byteProduct, expandMasks } from "./popcount.ts";
export {
  addBias,
  biasBackward,
  panelsOfBits,
  panelsOfBytes,
  panelsOfFloat32,
  panelsOfTransposed,
  productColumns,
  productRows,
} from "./product.ts";
export { columnMaxima, quantize } from "./quantize.ts";
export { packSigns, signBackward, signForward } from "./signs.ts";
export { update } from "./updates.ts";
