/** Worker threads: what happens when one fails, where there can be none, and that nothing is allocated while all is
 *  well. */

import { resolveObjectURL } from "node:buffer";
import * as threads from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { threshold } from "../../src/encoders/index.ts";
import { availableThreads } from "../../src/kernels/host.ts";
import { createMachine, type MachineOptions } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import { batchNorm, binaryDense, scale, sign } from "../../src/layers/index.ts";
import { sequential } from "../../src/network/sequential.ts";
import { compile } from "../../src/train/compile.ts";

const workers: threads.Worker[] = [];
class Watched extends threads.Worker {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args);
    workers.push(this);
  }
}

/** What the host answers when it is asked for Node's own modules. */
function stubModules(answer: (name: string) => unknown): void {
  vi.stubGlobal(
    "process",
    new Proxy(process, { get: (target, key) => (key === "getBuiltinModule" ? answer : Reflect.get(target, key)) }),
  );
}
const { getBuiltinModule } = process;
beforeEach(() => {
  stubModules((name) => (name === "node:worker_threads" ? { ...threads, Worker: Watched } : getBuiltinModule(name)));
});
afterEach(() => {
  workers.length = 0;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Gathers a batch of two samples from three, of one pixel each, on two threads. */
const gather = (options: MachineOptions = {}) =>
  createMachine(
    (arena) => {
      const sizes = { batch: 2, count: 3, height: 1, width: 1, channels: 1 };
      const [images, indices, moves, out] = [arena.u8(3), arena.i32(2), arena.i32(4), arena.u8(2)];
      const program = new Program();
      program.add("gatherImages", { images, indices, moves, out, ...sizes });
      return { programs: [program], images, indices, out };
    },
    { threads: 2, workerTimeout: 1, ...options },
  );

test("a worker that dies is noticed at the next step", async () => {
  const machine = await gather();
  machine.run(machine.built.programs[0]!);
  await workers[0]!.terminate();
  expect(() => machine.run(machine.built.programs[0]!)).toThrow("a worker thread died");
  machine.close();
});

test("a worker that throws is noticed at once", async () => {
  const machine = await gather();
  machine.built.indices[1] = 2 ** 30; // of thread 1: beyond the memory
  const start = performance.now();
  expect(() => machine.run(machine.built.programs[0]!)).toThrow("a worker thread died");
  expect(performance.now() - start).toBeLessThan(900);
  machine.close();
});

test.each([1, 2])("a training step allocates no memory, %i threads", async (threads) => {
  const inputs = Uint8Array.from({ length: 6400 }, (_, i) => (i * 37) & 255);
  const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 10);
  const network = sequential(threshold(127), [binaryDense(32), batchNorm(), sign(), binaryDense(10), scale()]);
  const data = { inputs, labels, shape: [8, 8, 1] };
  const trainer = await compile(network, data, { batch: 20, validation: 0, threads });
  const batch = Array.from({ length: 20 }, (_, i) => i);
  trainer.step(batch);
  const memory = trainer.layers[0]!.parameters[0]!.values.buffer;
  const size = memory.byteLength;
  const before = process.memoryUsage();
  for (let i = 0; i < 2000; i++) trainer.step(batch);
  const after = process.memoryUsage();
  expect(memory.byteLength).toBe(size); // growing would have detached it
  expect(after.arrayBuffers).toBeLessThanOrEqual(before.arrayBuffers);
  await trainer.close();
});

/** A page's Worker: it runs the script of an object URL in a thread of Node, behind the functions of a page. */
class PageWorker {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message: string }) => void) | undefined;
  readonly #started: Promise<threads.Worker>;

  constructor(url: string) {
    this.#started = resolveObjectURL(url)!
      .text()
      .then((script) => {
        const page = `const { parentPort } = require("node:worker_threads");
          globalThis.postMessage = (message) => parentPort.postMessage(message);
          parentPort.on("message", (data) => globalThis.onmessage({ data }));
          ${script}`;
        const worker = new Watched(page, { eval: true });
        worker.on("message", (data) => this.onmessage?.({ data }));
        worker.on("error", ({ message }) => this.onerror?.({ message }));
        return worker;
      });
  }
  postMessage(message: unknown): void {
    void this.#started.then((worker) => worker.postMessage(message));
  }
  terminate(): void {
    void this.#started.then((worker) => worker.terminate());
  }
}

describe("a page", () => {
  /** A worker of a page that is cross-origin isolated. */
  beforeEach(() => {
    stubModules(() => undefined);
    vi.stubGlobal("crossOriginIsolated", true);
    vi.stubGlobal("navigator", { hardwareConcurrency: 16 });
    vi.stubGlobal("Worker", PageWorker);
  });

  test("has the threads of its processor, at most 8, and runs them from a script of its own", async () => {
    expect(availableThreads()).toBe(8);
    const machine = await gather();
    const { programs, images, indices, out } = machine.built;
    images.set([3, 5, 7]);
    indices.set([2, 1]);
    machine.run(programs[0]!);
    expect([...out]).toEqual([7, 5]);
    expect(workers.length).toBe(1);
    machine.close();
  });

  test("that is not isolated has one thread, and says why there are no more", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    expect(availableThreads()).toBe(1);
    expect((await gather({ threads: "auto" })).threads).toBe(1);
    await expect(gather()).rejects.toMatchObject({
      code: "host",
      message: expect.stringContaining("not cross-origin isolated"),
    });
  });

  test("may not wait in its main thread", async () => {
    vi.spyOn(Atomics, "wait").mockImplementation(() => {
      throw new TypeError("Atomics.wait cannot be called in this context");
    });
    expect(availableThreads()).toBe(1);
    await expect(gather()).rejects.toMatchObject({ code: "host", message: expect.stringContaining("main thread") });
  });

  test("may forbid workers", async () => {
    class Refused extends PageWorker {
      override postMessage(): void {
        this.onerror?.({ message: "" });
      }
    }
    vi.stubGlobal("Worker", Refused);
    await expect(gather()).rejects.toMatchObject({ code: "worker", hint: expect.stringContaining("worker-src blob:") });
    vi.stubGlobal("Worker", undefined);
    await expect(gather()).rejects.toMatchObject({ code: "worker" });
  });

  test.each([
    [
      "WebAssembly.compile(): Compiling a module violates the following Content Security policy directive",
      "Content-Security-Policy",
    ],
    ["call to WebAssembly.compile() blocked by CSP", "Content-Security-Policy"],
    [
      "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source",
      "Content-Security-Policy",
    ],
    ["WebAssembly.compile(): invalid value type 0x7b @+50", "lacks WebAssembly SIMD"],
  ])("that does not compile: %s", async (message, said) => {
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError(message));
    await expect(gather({ threads: 1 })).rejects.toMatchObject({
      code: "host",
      message: expect.stringContaining(said),
    });
  });
});

test("Node has the threads of its processor", async () => {
  expect(availableThreads()).toBeGreaterThanOrEqual(1);
  expect(availableThreads()).toBeLessThanOrEqual(8);
  const machine = await gather({ threads: "auto" });
  expect(machine.threads).toBe(availableThreads());
  machine.close();
});

test.each([0, -1, 1.5, Number.NaN])("%d is not a number of threads", async (threads) => {
  await expect(gather({ threads })).rejects.toMatchObject({ code: "argument" });
  await expect(gather({ threads, kernels: "reference" })).rejects.toMatchObject({ code: "argument" });
});
