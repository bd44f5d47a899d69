/** A machine runs programs: on the WebAssembly kernels with one or more threads, or on the plain reference. */

import { OnebitError } from "../core/errors.ts";
import { isForbidden } from "../core/policy.ts";
import { Arena } from "./arena.ts";
import type { View } from "./declare.ts";
import { checkThreads, threadsOf } from "./host.ts";
import { kernels as declared } from "./kernels.ts";
import { moduleBytes } from "./modules.ts";
import { type FlatProgram, type Participant, participate, type Setup, slots } from "./participant.ts";
import { type Pool, startPool } from "./pool.ts";
import { type Program, shareOf } from "./program.ts";

export interface MachineOptions {
  /** Default "wasm": with relaxed SIMD where the host has it. "wasm-baseline" does without; the reference is plain
   *  TypeScript and some hundred times slower. All give the same bits. */
  readonly kernels?: "wasm" | "wasm-baseline" | "reference";
  /** Threads that share the work, or "auto": `availableThreads()`; 1 unless given. They change no bit of any result. */
  readonly threads?: number | "auto";
  /** A thread that keeps the others waiting for so many seconds is taken for dead; default 10. (Shares are alike:
   *  threads that live wait for each other a small part of the time a phase takes.) */
  readonly workerTimeout?: number;
}

export interface Machine<T> {
  /** What `build` returned. */
  readonly built: T;
  readonly threads: number;
  /** Bytes of the machine's memory. */
  readonly bytes: number;
  /** Runs one of the built programs to its end. Throws `worker` when a thread died or the machine was closed. */
  run(program: Program): void;
  /** Ends the worker threads. */
  close(): void;
}

const PAGE = 65536;
const MAX_PAGES = 65536;

/** Builds a network's memory and programs (see arena.ts) and makes them ready to run.
 *  Throws `memory` when it does not fit WebAssembly's 4 GiB; `host` when the host has no WebAssembly SIMD, does not let
 *  the page use it, or cannot run so many threads; `worker` when one of them does not start. */
export async function createMachine<T extends { readonly programs: readonly Program[] }>(
  build: (arena: Arena) => T,
  options: MachineOptions = {},
): Promise<Machine<T>> {
  const measure = new Arena();
  build(measure);
  const bytes = measure.bytes;
  if (bytes > PAGE * MAX_PAGES) {
    throw new OnebitError(
      "memory",
      `this network and data set take ${(bytes / 2 ** 30).toFixed(1)} GiB, WebAssembly has 4 GiB`,
      "Take smaller layers, a smaller batch or fewer samples.",
    );
  }
  if (options.kernels === "reference") return referenceMachine(build, bytes, options.threads);
  return wasmMachine(build, bytes, options);
}

/** Threads of the reference take turns: within a phase the last does all its calls first, then the one before, an order
 *  that barriers allow. If a barrier is missing, the result is another one than with one thread. */
function referenceMachine<T>(
  build: (arena: Arena) => T,
  bytes: number,
  wanted: MachineOptions["threads"] = 1,
): Machine<T> {
  const threads = wanted === "auto" ? 1 : wanted;
  checkThreads(threads);
  return {
    built: build(new Arena(new ArrayBuffer(bytes))),
    threads,
    bytes,
    run(program) {
      for (const phase of program.phases) {
        for (let thread = threads - 1; thread >= 0; thread--) {
          for (const call of phase) {
            const [lo, hi] = shareOf(call, thread, threads);
            if (lo < hi) declared[call.kernel].run(call.args, lo, hi);
          }
        }
      }
    },
    close() {},
  };
}

async function wasmMachine<T extends { readonly programs: readonly Program[] }>(
  build: (arena: Arena) => T,
  bytes: number,
  { kernels, threads: wanted, workerTimeout = 10 }: MachineOptions,
): Promise<Machine<T>> {
  const threads = threadsOf(wanted);
  const module = await compile(threads > 1, kernels !== "wasm-baseline");
  const pages = Math.ceil(bytes / PAGE);
  const memory = allocate({ initial: pages, maximum: pages, shared: threads > 1 });
  const built = build(new Arena(memory.buffer));
  const sync = new Int32Array(threads > 1 ? new SharedArrayBuffer(32) : new ArrayBuffer(32));
  const setups = Array.from({ length: threads }, (_, thread): Setup => {
    const programs = built.programs.map((program) => flatten(program, memory.buffer, thread, threads));
    return { module, memory, programs, threads, sync, slots };
  });
  const main: Participant = participate(setups[0]!);
  const pool: Pool | undefined = threads > 1 ? await startPool(setups.slice(1)) : undefined;
  let closed = false;
  return {
    built,
    threads,
    bytes,
    run(program) {
      if (closed) {
        throw new OnebitError(
          "worker",
          "it is closed: its threads have ended",
          "Call close when nothing is left to run.",
        );
      }
      // Without a phase there is no barrier, and the next command could overtake a worker that still reads this one.
      if (program.phases.length === 0) return;
      const index = built.programs.indexOf(program);
      if (threads > 1) {
        Atomics.store(sync, slots.program, index);
        Atomics.add(sync, slots.commands, 1);
        Atomics.notify(sync, slots.commands);
      }
      if (!main.run(index, workerTimeout)) {
        throw new OnebitError(
          "worker",
          "a worker thread died in the middle of a step",
          "Resume from the last checkpoint; with one thread there are no workers.",
        );
      }
    },
    close() {
      closed = true;
      pool?.close();
    },
  };
}

/** The kernels for shared memory or for one thread's own; `relaxed`: with relaxed SIMD where the host has it. */
async function compile(shared: boolean, relaxed: boolean): Promise<WebAssembly.Module> {
  const preferred = moduleBytes({ shared, relaxed });
  const accepted = !relaxed || WebAssembly.validate(preferred) ? preferred : moduleBytes({ shared, relaxed: false });
  try {
    return await WebAssembly.compile(accepted);
  } catch (cause) {
    if (isForbidden(cause)) {
      throw new OnebitError(
        "host",
        "the page's Content-Security-Policy does not let it compile WebAssembly",
        "Add 'wasm-unsafe-eval' to its script-src.",
        { cause },
      );
    }
    throw new OnebitError(
      "host",
      "this host cannot compile the kernels: it lacks WebAssembly SIMD",
      "Use Node 20 or later, or a browser from 2023 or later.",
      { cause },
    );
  }
}

function allocate(descriptor: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory(descriptor);
  } catch (error) {
    const size = ((descriptor.initial * PAGE) / 2 ** 20).toFixed(0);
    throw new OnebitError("memory", `this host did not give the ${size} MiB that training takes`, undefined, {
      cause: error,
    });
  }
}

/** A thread's shares of a program: of each call the addresses of its arrays and its numbers, as declared, and the
 *  share. */
function flatten(program: Program, memory: ArrayBufferLike, thread: number, threads: number): FlatProgram {
  return program.phases.map((phase) =>
    phase.flatMap((call) => {
      const [lo, hi] = shareOf(call, thread, threads);
      if (lo >= hi) return [];
      const { arrays, numbers } = declared[call.kernel];
      const addresses = Object.keys(arrays).map((name) => {
        const array = call.args[name] as View;
        if (array.buffer !== memory) {
          throw new OnebitError("argument", `${call.kernel}: ${name} is outside the machine's memory`);
        }
        return array.byteOffset;
      });
      return [[call.kernel, [...addresses, ...numbers.map((name) => call.args[name] as number), lo, hi]] as const];
    }),
  );
}
