/** One thread's part in running programs.
 *
 *  `participate` and `work` reach workers as source text (their `toString()`, which a bundler may have renamed), so
 *  they must not refer to anything outside themselves but types. */

/** One thread's shares of a program: phases of calls, on addresses and with bounds. */
export type FlatProgram = (readonly [kernel: string, args: readonly number[]])[][];

export interface Setup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly programs: readonly FlatProgram[];
  readonly threads: number;
  /** i32 [5]: see `slots`. */
  readonly sync: Int32Array;
  readonly slots: Slots;
}

/** What `sync` holds: threads at the barrier, barriers passed, commands given, the program last commanded, and 1 when a
 *  thread failed. */
export const slots = { arrived: 0, passed: 1, commands: 2, program: 3, failed: 4 } as const;
type Slots = typeof slots;

export interface Participant {
  /** Runs this thread's share of a program. All threads must run the same one. False when a thread failed or did not
   *  come to a barrier while this one waited `timeout` seconds; then nothing can be run any more. */
  run(program: number, timeout: number): boolean;
  /** A worker's life: waits for a command, runs it, and so on until the worker is terminated. */
  serve(): void;
}

export function participate(setup: Setup): Participant {
  const { module, memory, programs, threads, sync, slots } = setup;
  /** Looks this often before it sleeps, for some 50 microseconds: as long as waking up takes, and as threads are
   *  late. */
  const SPINS = 20_000;

  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
    string,
    (...args: number[]) => void
  >;

  const plans = programs.map((program) =>
    program.map((phase) => phase.map(([kernel, args]) => ({ kernel: kernels[kernel]!, args }))),
  );

  /** Until sync[slot] is no longer `old`. False after `timeout` waits of a second each: one long wait would also end
   *  when the whole process was stopped for that long and goes on. */
  function changed(slot: number, old: number, timeout: number): boolean {
    for (let i = 0; i < SPINS; i++) if (Atomics.load(sync, slot) !== old) return true;
    for (let second = 0; Atomics.load(sync, slot) === old; ) {
      if (Atomics.wait(sync, slot, old, 1000) === "timed-out" && ++second >= timeout) return false;
    }
    return true;
  }

  function barrier(timeout: number): boolean {
    if (threads === 1) return true;
    const passed = Atomics.load(sync, slots.passed);
    if (Atomics.add(sync, slots.arrived, 1) === threads - 1) {
      Atomics.store(sync, slots.arrived, 0);
      Atomics.add(sync, slots.passed, 1);
      Atomics.notify(sync, slots.passed);
    } else if (Atomics.load(sync, slots.failed) !== 0 || !changed(slots.passed, passed, timeout)) return false;
    return Atomics.load(sync, slots.failed) === 0;
  }

  function run(program: number, timeout: number): boolean {
    for (const phase of plans[program]!) {
      for (const { kernel, args } of phase) kernel.apply(undefined, args as number[]);
      if (!barrier(timeout)) return false;
    }
    return true;
  }

  function serve(): void {
    let commands = 0;
    for (;;) {
      changed(slots.commands, commands, Number.POSITIVE_INFINITY);
      commands = Atomics.load(sync, slots.commands);
      run(Atomics.load(sync, slots.program), Number.POSITIVE_INFINITY);
    }
  }

  return { run, serve };
}

/** A worker's life. A failure is marked in `sync`, and the barrier is opened for whoever waits there. */
export function work(participate: (setup: Setup) => Participant, setup: Setup, send: (message: string) => void): void {
  const { sync, slots } = setup;
  try {
    const participant = participate(setup);
    send("ready");
    participant.serve();
  } catch (error) {
    Atomics.store(sync, slots.failed, 1);
    Atomics.add(sync, slots.passed, 1);
    Atomics.notify(sync, slots.passed);
    throw error;
  }
}
