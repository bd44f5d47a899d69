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

/** Two samples of `n` pixels on two threads; the arrays have room for `rows` of them. */
const pixels = (n: number, rows: number) =>
  createMachine(
    (arena) => {
      const program = new Program();
      program.add("pixelsToFloat32", 2, arena.u8(rows * n), arena.f32(rows * n), n);
      return { programs: [program] };
    },
    { threads: 2, patience: 1 },
  );

test("a worker that dies is noticed at the next step", async () => {
  const machine = await pixels(100, 2);
  machine.run(machine.built.programs[0]!);
  await workers[0]!.terminate();
  expect(() => machine.run(machine.built.programs[0]!)).toThrow("a worker thread died");
  machine.close();
});

test("a worker that throws is noticed at once", async () => {
  // Thread 1's sample lies beyond the memory.
  const machine = await pixels(200_000, 1);
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
