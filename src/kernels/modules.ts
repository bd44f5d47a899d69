/** The WebAssembly modules of the kernels. One is embedded, and what the others change in it. */

import { baseline, memoryFlag, relaxedChanges } from "./generated/wasm.ts";

export interface ModuleKind {
  /** Its memory is shared between threads. */
  readonly shared: boolean;
  /** It has relaxed SIMD instructions. */
  readonly relaxed: boolean;
}

/** A module's bytes. One of them says what memory it imports: 1 for one with a maximum, 3 for one that is shared
 *  too. */
export function moduleBytes({ shared, relaxed }: ModuleKind): Uint8Array<ArrayBuffer> {
  const original = Uint8Array.from(atob(baseline), (character) => character.charCodeAt(0));
  if (shared) original[memoryFlag] = 3;
  if (!relaxed) return original;
  const changed: number[] = [];
  let done = 0;
  for (const [at, dropped, put] of relaxedChanges) {
    changed.push(...original.subarray(done, at), ...put);
    done = at + dropped;
  }
  changed.push(...original.subarray(done));
  return Uint8Array.from(changed);
}
