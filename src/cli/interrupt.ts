/** Ctrl-C: the first one asks to stop, the second one stops. */

import type { Io } from "./io.ts";

/** Thrown by a command that stopped because it was asked to; nothing is left to say. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Runs `work` with a signal that the first Ctrl-C aborts. The second ends the process with status 130. */
export async function interruptible<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const release = io.onInterrupt(() => {
    if (controller.signal.aborted) return io.exit(130);
    controller.abort();
    io.stderr.write("\nstopping; Ctrl-C again leaves at once\n");
  });
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}
