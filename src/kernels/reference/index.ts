/** The kernels in plain TypeScript: the definition that assembly/ must match bit for bit. Every export is a kernel.
 *
 *  A kernel works on the share [lo, hi) of the samples or features it is split over (declare.ts). Matrices are
 *  row-major; [batch, m] is one row a sample. Float32 operations are rounded one by one (Math.fround), in the order of
 *  assembly/. */

export * from "./activations.ts";
export * from "./images.ts";
export * from "./lookup.ts";
export * from "./losses.ts";
export * from "./nibbles.ts";
export * from "./norm.ts";
export * from "./popcount.ts";
export * from "./product.ts";
export * from "./quantize.ts";
export * from "./signs.ts";
export * from "./updates.ts";
