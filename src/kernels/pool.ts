/** Worker threads beside the main thread, on Node. They share the machine's memory and run the same programs. */

import type { Worker } from "node:worker_threads";
import { OnebitError } from "../core/errors.ts";
import { participate, type Setup, slots } from "./participant.ts";

export interface Pool {
  close(): void;
}

/** What a worker runs: the text of `participate`, so that no bundle needs a second file. A failure is marked in `sync`,
 *  and the barrier is opened for whoever waits there. */
const source = `
const { workerData, parentPort } = require("node:worker_threads");
const { sync } = workerData;
try {
  const participant = (${participate.toString()})(workerData);
  parentPort.postMessage("ready");
  participant.serve();
} catch (error) {
  Atomics.store(sync, ${slots.failed}, 1);
  Atomics.add(sync, ${slots.passed}, 1);
  Atomics.notify(sync, ${slots.passed});
  throw error;
}`;

/** Starts a worker for each setup and waits until all are ready. */
export async function startPool(setups: readonly Setup[]): Promise<Pool> {
  const { Worker } = await import("node:worker_threads");
  const workers: Worker[] = [];
  const close = () => {
    for (const worker of workers) void worker.terminate();
  };
  try {
    await Promise.all(
      setups.map((workerData) => {
        const worker = new Worker(source, { eval: true, workerData });
        workers.push(worker);
        return new Promise<void>((resolve, reject) => {
          worker.once("message", () => resolve());
          worker.once("error", reject);
        }).finally(() => worker.unref());
      }),
    );
  } catch (cause) {
    close();
    throw new OnebitError("worker", "a worker thread did not start", "Train with one thread.", { cause });
  }
  for (const worker of workers) worker.on("error", () => {}); // `run` reports it
  return { close };
}
