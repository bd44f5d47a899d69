/** What happens when a worker thread fails, and that nothing is allocated while all is well. */

import type { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { presets } from "../../src/config/presets.ts";
import { createMachine } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import { initialize } from "../../src/train/initial.ts";
import { buildNetwork } from "../../src/train/network.ts";

const workers = vi.hoisted((): Worker[] => []);
vi.mock("node:worker_threads", async (original) => {
  const module = await original<typeof import("node:worker_threads")>();
  class Watched extends module.Worker {
    constructor(...args: ConstructorParameters<typeof module.Worker>) {
      super(...args);
      workers.push(this);
    }
  }
  return { ...module, Worker: Watched };
});
afterEach(() => {
  workers.length = 0;
});

/** Gathers a batch of two samples from three, of one pixel each, on two threads. */
const gather = () =>
  createMachine(
    (arena) => {
      const sizes = { batch: 2, count: 3, height: 1, width: 1, channels: 1 };
      const [images, indices, moves, out] = [arena.u8(3), arena.i32(2), arena.i32(4), arena.u8(2)];
      const program = new Program();
      program.add("gatherImages", { images, indices, moves, out, ...sizes });
      return { programs: [program], indices };
    },
    { threads: 2, patience: 1 },
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
  const images = Uint8Array.from({ length: 6400 }, (_, i) => (i * 37) & 255);
  const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 10);
  const set = { shape: [8, 8, 1], train: { name: "patterns", count: 100, inputs: images, labels } };
  const network = await buildNetwork({ ...presets.quick, layers: [64, 32, 32, 10], batch: 20 }, set, { threads });
  initialize(network, undefined);
  network.board.rates.set(network.optimizer.rates(1e-3, 1));
  network.step();
  const memory = network.board.rates.buffer;
  const size = memory.byteLength;
  const before = process.memoryUsage();
  for (let i = 0; i < 2000; i++) network.step();
  const after = process.memoryUsage();
  expect(memory.byteLength).toBe(size); // growing would have detached it
  expect(after.arrayBuffers).toBeLessThanOrEqual(before.arrayBuffers);
  network.close();
});
