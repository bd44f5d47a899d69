// The kernels, compiled to WebAssembly SIMD. Each is a plain function on addresses into one memory and numbers; its
// last two arguments [lo, hi) are its share of the rows, features or samples it is split over. src/kernels/reference/
// documents each and is the same in plain TypeScript, operation by operation: both give the same bits. Fused
// multiply–add and inexact relaxed SIMD, which differ between processors, are not used.

// The network's arrays begin at 8192 (BASE in src/kernels/arena.ts), behind the module's own data.
if (__heap_base > 8192) unreachable();

export {
  activationBackward,
  activationForward,
  expandBits,
  scaleFloat32,
  scaleInt32,
  softmaxBackward,
  softmaxForward,
} from "./activations";
export { gatherImages, pixelsToFloat32, probabilityBits, thresholdBits } from "./images";
export { inputGradient, planFeatures, planSamples, weightUpdate } from "./lookup";
export { argmax, hingeLoss, nllLoss } from "./losses";
export {
  batchMomentsFloat32,
  batchMomentsInt32,
  batchNormBackwardFloat32,
  batchNormBackwardInt32,
  batchNormScale,
  inferenceScale,
  normalizeFloat32,
  normalizeInt32,
} from "./norm";
export { agreementProduct } from "./agreement";
export { nibblesAcross, nibblesDown, pairCodes } from "./nibbles";
export { byteProduct, expandMasks } from "./bytes";
export {
  addBias,
  biasBackward,
  panelsOfBits,
  panelsOfBytes,
  panelsOfFloat32,
  panelsOfTransposed,
  productColumns,
  productRows,
} from "./product";
export { columnMaxima, quantize } from "./quantize";
export { packSigns, signBackward, signForward } from "./signs";
export { update } from "./updates";
