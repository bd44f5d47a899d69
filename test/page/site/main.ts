/** Offers the tasks to the tests: `run("worker", "train", options)`. */

import { type Settled, settle, type Tasks } from "./tasks.ts";

declare global {
  var run: (where: "page" | "worker", task: keyof Tasks, options: unknown) => Promise<Settled<unknown>>;
}

globalThis.run = (where, task, options) => (where === "page" ? settle(task, options) : inWorker(task, options));

function inWorker(task: keyof Tasks, options: unknown): Promise<Settled<unknown>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Settled<unknown>>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not load"));
    worker.postMessage({ task, options });
  });
}
