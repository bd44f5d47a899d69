/** One thread's part in running programs.
 *
 *  `participate` is used by the main thread as a function and by workers as source text (its `toString()`), so it must
 *  not refer to anything outside itself but types. */

/** One thread's shares of a program: phases of calls, on addresses and with bounds. */
export type FlatProgram = (readonly [kernel: string, args: readonly number[]])[][];

export interface Setup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly programs: readonly FlatProgram[];
  readonly threads: number;
  /** i32 [5], see `slots`. */
  readonly sync: Int32Array;
}

/** What `sync` holds: threads at the barrier, barriers passed, commands given, the program last commanded, and 1 when a
 *  thread failed. */
export const slots = { arrived: 0, passed: 1, commands: 2, program: 3, failed: 4 } as const;

export interface Participant {
  /** Runs this thread's share of a program. All threads must run the same one. False when a thread failed or did not
   *  come to a barrier while this one waited `patience` seconds; then nothing can be run any more. */
  run(program: number, patience: number): boolean;
  /** A worker's life: waits for a command, runs it, and so on until the worker is terminated. */
  serve(): void;
}

export function participate(setup: Setup): Participant {
  const { module, memory, programs, threads, sync } = setup;
  const ARRIVED = 0;
  const PASSED = 1;
  const COMMANDS = 2;
  const PROGRAM = 3;
  const FAILED = 4;
  /** Looks this often before it sleeps, for some 50 microseconds: as long as waking up takes, and as threads are late. */
  const SPINS = 20_000;

  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
    string,
    (...args: number[]) => void
  >;

  const plans = programs.map((program) =>
    program.map((phase) => phase.map(([kernel, args]) => ({ kernel: kernels[kernel]!, args }))),
  );

  /** Until sync[slot] is no longer `old`. False after `patience` waits of a second each: one long wait would also end when
   *  the whole process was stopped for that long and goes on. */
  function changed(slot: number, old: number, patience: number): boolean {
    for (let i = 0; i < SPINS; i++) if (Atomics.load(sync, slot) !== old) return true;
    for (let second = 0; Atomics.load(sync, slot) === old; ) {
      if (Atomics.wait(sync, slot, old, 1000) === "timed-out" && ++second >= patience) return false;
    }
    return true;
  }

  function barrier(patience: number): boolean {
    if (threads === 1) return true;
    const passed = Atomics.load(sync, PASSED);
    if (Atomics.add(sync, ARRIVED, 1) === threads - 1) {
      Atomics.store(sync, ARRIVED, 0);
      Atomics.add(sync, PASSED, 1);
      Atomics.notify(sync, PASSED);
    } else if (Atomics.load(sync, FAILED) !== 0 || !changed(PASSED, passed, patience)) return false;
    return Atomics.load(sync, FAILED) === 0;
  }

  function run(program: number, patience: number): boolean {
    for (const phase of plans[program]!) {
      for (const { kernel, args } of phase) kernel.apply(undefined, args as number[]);
      if (!barrier(patience)) return false;
    }
    return true;
  }

  function serve(): void {
    let commands = 0;
    for (;;) {
      changed(COMMANDS, commands, Number.POSITIVE_INFINITY);
      commands = Atomics.load(sync, COMMANDS);
      run(Atomics.load(sync, PROGRAM), Number.POSITIVE_INFINITY);
    }
  }

  return { run, serve };
}
