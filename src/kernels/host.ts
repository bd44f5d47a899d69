/** What the host is asked for: Node's own modules, without an import that a bundler for pages would see, and
 *  threads. */

import { OnebitError } from "../core/errors.ts";

/** A worker of Node: the part of it that is used. */
export interface NodeWorker {
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "message" | "error", listener: (value: unknown) => void): unknown;
  unref(): void;
  terminate(): unknown;
}

export interface NodeModules {
  readonly "node:worker_threads": {
    readonly Worker: new (code: string, options: { readonly eval: true; readonly workerData: unknown }) => NodeWorker;
  };
  readonly "node:os": { availableParallelism(): number };
}

/** One of Node's own modules; undefined in a page. */
export function nodeModule<K extends keyof NodeModules>(name: K): NodeModules[K] | undefined {
  const host: { readonly process?: { readonly getBuiltinModule?: (name: K) => NodeModules[K] | undefined } } =
    globalThis;
  return host.process?.getBuiltinModule?.(name);
}

/** More threads than these bring little, and wait for each other more. */
const MOST_THREADS = 8;

/** The threads that "auto" takes: the processor's cores, at most 8, where threads can share memory and wait for each
 *  other (in Node, and in a worker of a page that is cross-origin isolated); else 1. */
export function availableThreads(): number {
  if (obstacle() !== undefined) return 1;
  const cores = nodeModule("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(MOST_THREADS, cores));
}

/** How many threads an option asks for; 1 where it is left out. Throws `argument` when it is not a number of threads,
 *  `host` when there cannot be more than one here. */
export function threadsOf(wanted: number | "auto" = 1): number {
  if (wanted === "auto") return availableThreads();
  checkThreads(wanted);
  const reason = wanted > 1 ? obstacle() : undefined;
  if (reason) throw new OnebitError("host", `${wanted} threads cannot run here: ${reason.what}`, reason.hint);
  return wanted;
}

/** Throws `argument` when it is not a number of threads. */
export function checkThreads(threads: number): void {
  if (Number.isSafeInteger(threads) && threads >= 1) return;
  throw new OnebitError("argument", `threads is ${threads}`, 'Give a whole number from 1 on, or "auto".');
}

/** Why there can be but one thread here, if so. */
function obstacle(): { readonly what: string; readonly hint: string } | undefined {
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    return {
      what: "the page is not cross-origin isolated, so that there is no shared memory",
      hint:
        "Serve it with the headers Cross-Origin-Opener-Policy: same-origin and " +
        "Cross-Origin-Embedder-Policy: require-corp, or train with one thread.",
    };
  }
  try {
    // Not equal, so it would return at once; where waiting is not allowed it throws.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return undefined;
  } catch {
    return {
      what: "the main thread of a page may not wait for others",
      hint: "Train in a worker, or with one thread.",
    };
  }
}
