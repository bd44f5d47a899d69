/** The WebAssembly modules of the kernels: one is embedded whole, of the others what they change in it. */

import { kernels, relaxedChanges, sharedChanges } from "./generated/wasm.ts";

export interface ModuleKind {
  /** Its memory is shared between threads. */
  readonly shared: boolean;
  /** It takes relaxed SIMD instructions. */
  readonly relaxed: boolean;
}

export function moduleBytes({ shared, relaxed }: ModuleKind): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
  const changes = [...(shared ? sharedChanges : []), ...(relaxed ? relaxedChanges : [])].sort(([a], [b]) => a - b);
  if (changes.length === 0) return bytes;
  const parts: number[] = [];
  let done = 0;
  for (const [at, dropped, put] of changes) {
    for (; done < at; done++) parts.push(bytes[done]!);
    parts.push(...put);
    done += dropped;
  }
  for (; done < bytes.length; done++) parts.push(bytes[done]!);
  return Uint8Array.from(parts);
}
