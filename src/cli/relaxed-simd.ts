/** Relaxed SIMD on Node 20, which has it behind a flag; later ones have it anyway. The kernels use one of its
 *  instructions, only where all processors give the same result (docs/engine.md), which saves about a tenth of
 *  training. Hosts without it get kernels that do without. Must run before the first module is compiled. */

import { setFlagsFromString } from "node:v8";

export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
