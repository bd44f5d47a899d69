/** Every kernel, reference against WebAssembly, bit for bit, on widths around whole bytes, words, vectors and panels,
 *  whole and split over three threads. Its arguments follow from its declaration (data.ts). */

import { describe, expect, test } from "vitest";
import { enableRelaxedSimd } from "../../src/cli/relaxed-simd.ts";
import { rowBytes } from "../../src/core/bits.ts";
import type { Arena } from "../../src/kernels/arena.ts";
import type { View } from "../../src/kernels/declare.ts";
import { type KernelArguments, type KernelName, kernels } from "../../src/kernels/kernels.ts";
import { createMachine, type MachineOptions } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import { choicesOf, fill, type GivenSizes, numbersOf, placed } from "./data.ts";

enableRelaxedSimd();

const WIDTHS = [1, 63, 64, 65, 127, 128, 129, 784, 1000];
const MANY: MachineOptions[] = [{}, { kernels: "wasm-baseline" }];

/** A width as that of what a kernel takes, of what it gives, and of what it sums over. */
function sizesAround(width: number, batch = 5): GivenSizes[] {
  const rest = { batch, count: 9, height: 3, channels: 2 };
  return [
    { ...rest, m: 33, n: width, rows: 33, columns: width, inner: batch, width },
    { ...rest, m: width, n: 33, rows: width, columns: 33, inner: 7, width: 33 },
    { ...rest, m: 130, n: 65, rows: 6, columns: 37, inner: width, width: 5 },
  ];
}

async function run(
  name: KernelName,
  numbers: Readonly<Record<string, number>>,
  options: MachineOptions,
): Promise<Record<string, View>> {
  const machine = await createMachine((arena) => {
    const program = new Program();
    const views = placed(name, numbers, ({ type }, length) => arena[type](length));
    program.add(name, { ...numbers, ...views } as KernelArguments<typeof name>);
    return { programs: [program], views };
  }, options);
  const { programs, views } = machine.built;
  fill(name, views, numbers);
  machine.run(programs[0]!);
  machine.close();
  return views;
}

/** As bits, so that −0 is not 0. */
const raw = (views: Record<string, View>) =>
  Object.fromEntries(
    Object.entries(views).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      Buffer.from(buffer, byteOffset, byteLength).toString("hex"),
    ]),
  );

/** Runs a kernel on the reference and on machines that must agree with it. */
async function compare(name: KernelName, sizes: GivenSizes, choice: number, machines: MachineOptions[]): Promise<void> {
  const numbers = numbersOf(name, sizes, choice);
  const expected = await run(name, numbers, { kernels: "reference" });
  for (const view of Object.values(expected)) {
    if (view instanceof Float32Array) expect(view.some(Number.isNaN)).toBe(false);
  }
  for (const options of machines) expect(raw(await run(name, numbers, options))).toEqual(raw(expected));
}

const names = Object.keys(kernels) as KernelName[];

test("there are kernels, each under its own name", () => {
  expect(names.length).toBeGreaterThan(40);
  expect(new Set(Object.values(kernels)).size).toBe(names.length);
});

describe.each(names)("%s", (name) => {
  test.each(WIDTHS)("width %i", async (width) => {
    const done = new Set<string>();
    for (const [i, sizes] of sizesAround(width).entries()) {
      const key = JSON.stringify(numbersOf(name, sizes, 0));
      if (done.has(key)) continue;
      done.add(key);
      await compare(name, sizes, WIDTHS.indexOf(width) + i, MANY);
    }
  });

  // A batch of one has no unbiased variance.
  test.each(name === "batchNormScale" ? [2, 4, 8, 37] : [1, 2, 4, 8, 37])("batch %i", async (batch) => {
    await compare(name, { ...sizesAround(129, batch)[0]!, m: 65 }, batch, [{}]);
  });

  test("all choices of its numbers", async () => {
    const sizes = sizesAround(70)[0]!;
    for (let choice = 0; choice < choicesOf(name, sizes); choice++) await compare(name, sizes, choice, MANY);
  });

  test("three threads", async () => {
    const [sizes] = sizesAround(129);
    await compare(name, { ...sizes!, m: 200, rows: 200 }, 0, [{ threads: 3 }, { kernels: "reference", threads: 3 }]);
  });
});

/** From bits to agreements, as a layer does it. */
function addAgreement(
  program: Program,
  arena: Arena,
  x: Uint8Array,
  w: Uint8Array,
  a: Int32Array,
  sizes: { readonly batch: number; readonly m: number; readonly n: number },
): void {
  const all = { ...sizes, stride: rowBytes(sizes.n) };
  const codes = arena.allocate("pairCodes", "codes", all);
  const panels = arena.allocate("nibblesAcross", "panels", all);
  program.add("pairCodes", { bits: x, codes, ...all });
  program.add("nibblesAcross", { bits: w, panels, ...all });
  program.add("agreementProduct", { codes, panels, a, ...all });
}

test("counts beyond what a byte lane holds: 10,000 differing bits, and pixels of 255", async () => {
  for (const options of [{ kernels: "reference" }, {}] as const) {
    const n = 10_000;
    const stride = rowBytes(n);
    const machine = await createMachine((arena) => {
      const x = arena.u8(stride);
      const w = arena.u8(5 * stride);
      const q = arena.u8(n);
      const masks = arena.u8(8 * stride);
      const agreements = arena.i32(5);
      const sums = arena.i32(1);
      const program = new Program();
      addAgreement(program, arena, x, w, agreements, { batch: 1, m: 5, n });
      program.add("byteProduct", { q, masks, a: sums, batch: 1, m: 1, n, stride });
      return { programs: [program], x, q, masks, agreements, sums };
    }, options);
    const { programs, x, q, masks, agreements, sums } = machine.built;
    x.fill(255, 0, n / 8);
    q.fill(255);
    masks.fill(255, 0, n);
    machine.run(programs[0]!);
    expect([...agreements]).toEqual([-n, -n, -n, -n, -n]);
    expect([...sums]).toEqual([255 * n]);
  }
});

test("one-hot inputs count at their own weight alone", async () => {
  const n = 129;
  const machine = await createMachine((arena) => {
    const x = arena.u8(n * rowBytes(n));
    const w = arena.u8(rowBytes(n));
    const a = arena.i32(n);
    const program = new Program();
    addAgreement(program, arena, x, w, a, { batch: n, m: 1, n });
    return { programs: [program], x, w, a };
  });
  const { programs, x, w, a } = machine.built;
  for (let k = 0; k < n; k++) x[k * rowBytes(n) + (k >> 3)] = 1 << (k & 7);
  w[100 >> 3] = 1 << (100 & 7); // +1 at input 100 alone
  machine.run(programs[0]!);
  // x[100] = w: n agreements; every other x differs from w in two places.
  expect([...a]).toEqual(Array.from({ length: n }, (_, k) => (k === 100 ? n : n - 4)));
});
