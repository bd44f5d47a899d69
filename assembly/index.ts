// The kernels, compiled to WebAssembly SIMD. Each is a plain function on addresses into one memory and numbers; its
// last two arguments [lo, hi) are its share of the rows, features or samples it is split over. src/kernels/reference/
// documents each and is the same in plain TypeScript, operation by operation: both give the same bits. Fused
// multiply–add and inexact relaxed SIMD, which differ between processors, are not used.

import { MODULE_BYTES } from "./generated/layout";

// The network's arrays begin behind the module's own data.
if (__heap_base > <usize>MODULE_BYTES) unreachable();

export * from "./activations";
export * from "./agreement";
export * from "./bytes";
export * from "./images";
export * from "./lookup";
export * from "./losses";
export * from "./nibbles";
export * from "./norm";
export * from "./product";
export * from "./quantize";
export * from "./signs";
export * from "./updates";
