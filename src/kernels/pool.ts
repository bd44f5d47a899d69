/** Worker threads beside the calling one, of Node or of a page. They share the machine's memory and run the same
 *  programs. */

import { OnebitError } from "../core/errors.ts";
import { type NodeModules, nodeModule } from "./host.ts";
import { participate, type Setup, work } from "./participant.ts";

export interface Pool {
  close(): void;
}

/** A worker that is starting. */
interface Thread {
  /** Fulfilled when it waits for commands. */
  readonly ready: Promise<void>;
  terminate(): void;
}

/** What a worker runs, with expressions of its setup and of how it sends a message: the text of its functions, so that
 *  no bundle needs a second file. */
const source = (setup: string, send: string) => `(${work.toString()})(${participate.toString()}, ${setup}, ${send})`;

/** Starts a worker for each setup and waits until all are ready. Throws `worker` when one does not start. */
export async function startPool(setups: readonly Setup[]): Promise<Pool> {
  const node = nodeModule("node:worker_threads");
  const threads: Thread[] = [];
  const close = () => {
    for (const thread of threads) thread.terminate();
  };
  try {
    for (const setup of setups) threads.push(node ? startInNode(node, setup) : startInPage(setup));
    await Promise.all(threads.map(({ ready }) => ready));
  } catch (cause) {
    close();
    const hint = node
      ? "Train with one thread."
      : "A page's Content-Security-Policy must allow worker-src blob:; with one thread there are no workers.";
    throw new OnebitError("worker", "a worker thread did not start", hint, { cause });
  }
  return { close };
}

function startInNode({ Worker }: NodeModules["node:worker_threads"], workerData: Setup): Thread {
  const threads = 'require("node:worker_threads")';
  const code = source(`${threads}.workerData`, `(message) => ${threads}.parentPort.postMessage(message)`);
  const worker = new Worker(code, { eval: true, workerData });
  worker.on("error", () => {}); // before it is ready `ready` reports it, afterwards `run` of the machine
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  // A worker that waits for commands does not keep the process alive.
  return { ready: ready.finally(() => worker.unref()), terminate: () => void worker.terminate() };
}

function startInPage(setup: Setup): Thread {
  const code = `onmessage = (event) => ${source("event.data", "(message) => postMessage(message)")};`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message || "the worker was refused"));
    worker.postMessage(setup);
  });
  return { ready: ready.finally(() => URL.revokeObjectURL(url)), terminate: () => worker.terminate() };
}
