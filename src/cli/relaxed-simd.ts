/** Relaxed SIMD on Node 20 and 21, which have it behind a flag; Node 22 and browsers have it anyway. The kernels use one of
 *  its instructions, and only where all processors give the same result (docs/engine.md): it saves a tenth of training.
 *  Must run before the first module is compiled. */

import { setFlagsFromString } from "node:v8";

export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
