/** Every kernel, reference against WebAssembly, bit for bit, on widths around whole bytes, words, vectors and panels,
 *  whole and split over three threads. */

import { describe, expect, test } from "vitest";
import { enableRelaxedSimd } from "../../src/cli/relaxed-simd.ts";
import { bitMatrix, rowBytes } from "../../src/core/bits.ts";
import { randomWords } from "../../src/core/random.ts";
import type { Arena } from "../../src/kernels/arena.ts";
import { access, type KernelArguments, type KernelName } from "../../src/kernels/kernels.ts";
import {
  codesPitch,
  groupsDown,
  panelLength,
  panelsAcross,
  panelsDown,
  quantizedPitch,
} from "../../src/kernels/layout.ts";
import { createMachine, type MachineOptions } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import { planFeatures, planSamples } from "../../src/kernels/reference/lookup.ts";
import { nibblesAcross, pairCodes } from "../../src/kernels/reference/nibbles.ts";
import { columnMaxima } from "../../src/kernels/reference/quantize.ts";

enableRelaxedSimd();

const WIDTHS = [1, 63, 64, 65, 127, 128, 129, 784, 1000];
let BATCH = 5;

type View = Uint8Array | Int8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** Places a kernel's arrays and gives its arguments and extent. */
type Case = (arena: Arena, n: number, m: number) => { [K in KernelName]: [K, number, KernelArguments<K>] }[KernelName];

const call = <K extends KernelName>(kernel: K, extent: number, ...args: KernelArguments<K>) =>
  [kernel, extent, args] as [K, number, KernelArguments<K>];

const pairs = (arena: Arena, n: number) => arena.u8(Math.ceil(BATCH / 2) * codesPitch(rowBytes(n)));

const packed = (arena: Arena, rows: number, n: number) => arena.u8(rows * rowBytes(n));

const m4 = (a: Arena, m: number) => [a.f32(m), a.f32(m), a.f32(m)] as const;

const cases: Record<KernelName, Case> = {
  gatherImages: (a, n) =>
    call("gatherImages", BATCH, a.u8(9 * n), a.i32(BATCH), a.i32(2 * BATCH), a.u8(BATCH * n), 1, n),
  thresholdBits: (a, n) => call("thresholdBits", BATCH, a.u8(BATCH * n), packed(a, BATCH, n), n, rowBytes(n), 127),
  probabilityBits: (a, n) =>
    call("probabilityBits", BATCH, a.u8(BATCH * n), a.i32(BATCH), a.u32(4), packed(a, BATCH, n), n, rowBytes(n)),
  pixelsToFloat32: (a, n) => call("pixelsToFloat32", BATCH, a.u8(BATCH * n), a.f32(BATCH * n), n),
  packSigns: (a, n, m) => call("packSigns", m, a.f32(m * n), packed(a, m, n), a.i32(m), n, rowBytes(n)),
  signForward: (a, _, m) => call("signForward", m, a.f32(BATCH * m), packed(a, BATCH, m), BATCH, m, rowBytes(m)),
  signBackward: (a, _, m) => call("signBackward", m, a.f32(BATCH * m), a.f32(BATCH * m), BATCH, m),
  pairCodes: (a, n) => call("pairCodes", n, packed(a, BATCH, n), pairs(a, n), BATCH, rowBytes(n)),
  nibblesAcross: (a, n, m) => call("nibblesAcross", m, packed(a, m, n), a.u8(panelsAcross(m, n)), n, rowBytes(n)),
  nibblesDown: (a, n, m) => call("nibblesDown", n, packed(a, m, n), a.u8(panelsDown(m, n)), m, rowBytes(n)),
  agreementProduct: (a, n, m) =>
    call(
      "agreementProduct",
      m,
      ...([pairs(a, n), a.u8(panelsAcross(m, n)), a.i32(BATCH * m), BATCH, m, n, rowBytes(n)] as const),
    ),
  columnMaxima: (a, _, m) => call("columnMaxima", m, a.f32(BATCH * m), a.f32(m), BATCH, m),
  quantize: (a, n, m) =>
    call(
      "quantize",
      BATCH,
      ...([a.f32(BATCH * m), a.f32(m), a.u32(3), quantized(a, m), 0x9abcdef0, levelsFor(n), m] as const),
    ),
  planSamples: (a, n, m) => call("planSamples", BATCH, quantized(a, m), ...planned(a, n, BATCH, m), digitsFor(n), m),
  planFeatures: (a, n, m) =>
    call(
      "planFeatures",
      m,
      ...([quantized(a, m), a.i8(16 * Math.ceil(m / 16) * 4 * groupsDown(BATCH))] as const),
      ...([...planned(a, n, m, BATCH), digitsFor(n), BATCH, m] as const),
    ),
  inputGradient: (a, n, m) =>
    call(
      "inputGradient",
      n,
      ...([...planned(a, n, BATCH, m), a.u8(panelsDown(m, n)), a.f32(m), a.f32(BATCH * n)] as const),
      ...([digitsFor(n), levelsFor(n), BATCH, m, n] as const),
    ),
  weightUpdate: (a, n, m) => {
    const array = () => a.f32(m * n);
    return call(
      "weightUpdate",
      m,
      ...([...planned(a, n, m, BATCH), a.u8(panelsDown(BATCH, n)), a.f32(m), a.f32(64 * Math.ceil(m / 64))] as const),
      ...([array(), array(), array(), a.f32(8), packed(a, m, n), a.i32(m)] as const),
      ...([n % 3, n % 2, digitsFor(n), levelsFor(n), BATCH, m, n, rowBytes(n)] as const),
    );
  },
  expandMasks: (a, n, m) => call("expandMasks", m, packed(a, m, n), a.u8(8 * m * rowBytes(n)), rowBytes(n)),
  byteProduct: (a, n, m) =>
    call(
      "byteProduct",
      m,
      ...([a.u8(BATCH * n), a.u8(8 * m * rowBytes(n)), a.i32(BATCH * m), BATCH, m, n, rowBytes(n)] as const),
    ),
  batchMomentsInt32: (a, _, m) => call("batchMomentsInt32", m, a.i32(BATCH * m), a.f64(2 * m), BATCH, m),
  batchMomentsFloat32: (a, _, m) => call("batchMomentsFloat32", m, a.f32(BATCH * m), a.f64(2 * m), BATCH, m),
  batchNormScale: (a, _, m) => call("batchNormScale", m, a.f64(2 * m), ...m4(a, m), ...m4(a, m), BATCH, m, 1e-5, 0.1),
  inferenceScale: (a, _, m) => call("inferenceScale", m, ...m4(a, m), 1e-5),
  normalizeInt32: (a, _, m) => call("normalizeInt32", m, a.i32(BATCH * m), ...m4(a, m), a.f32(BATCH * m), BATCH, m),
  normalizeFloat32: (a, _, m) => call("normalizeFloat32", m, a.f32(BATCH * m), ...m4(a, m), a.f32(BATCH * m), BATCH, m),
  batchNormBackwardInt32: (a, _, m) =>
    call(
      "batchNormBackwardInt32",
      m,
      ...([a.i32(BATCH * m), ...m4(a, m), a.f32(BATCH * m), a.f64(2 * m), a.f32(m), a.f32(m), BATCH, m] as const),
    ),
  batchNormBackwardFloat32: (a, _, m) =>
    call(
      "batchNormBackwardFloat32",
      m,
      ...([a.f32(BATCH * m), ...m4(a, m), a.f32(BATCH * m), a.f64(2 * m), a.f32(m), a.f32(m), BATCH, m] as const),
    ),
  panelsOfBits: (a, n) =>
    call("panelsOfBits", n, packed(a, BATCH, n), a.f32(panelLength(BATCH, n)), BATCH, n, rowBytes(n)),
  panelsOfBytes: (a, n) => call("panelsOfBytes", n, a.u8(BATCH * n), a.f32(panelLength(BATCH, n)), BATCH, n),
  panelsOfFloat32: (a, n) => call("panelsOfFloat32", n, a.f32(BATCH * n), a.f32(panelLength(BATCH, n)), BATCH, n),
  panelsOfTransposed: (a, n) => call("panelsOfTransposed", n, a.f32(n * BATCH), a.f32(panelLength(BATCH, n)), BATCH, n),
  productColumns: (a, n, m) =>
    call(
      "productColumns",
      m,
      ...([a.f32(BATCH * n), a.f32(panelLength(n, m)), a.f32(BATCH * m), BATCH, n, m, n, 1] as const),
    ),
  productRows: (a, n, m) =>
    call(
      "productRows",
      m,
      ...([a.f32(BATCH * m), a.f32(panelLength(BATCH, n)), a.f32(m * n), BATCH, n, 1, m] as const),
    ),
  addBias: (a, _, m) => call("addBias", m, a.f32(m), a.f32(BATCH * m), BATCH, m),
  biasBackward: (a, _, m) => call("biasBackward", m, a.f32(BATCH * m), a.f32(m), BATCH, m),
  scaleInt32: (a, _, m) => call("scaleInt32", m, a.i32(BATCH * m), a.f32(BATCH * m), 0.3, BATCH, m),
  scaleFloat32: (a, _, m) => call("scaleFloat32", m, a.f32(BATCH * m), a.f32(BATCH * m), 0.3, BATCH, m),
  expandBits: (a, n) => call("expandBits", BATCH, packed(a, BATCH, n), a.f32(BATCH * n), n, rowBytes(n)),
  activationForward: (a, n, m) => call("activationForward", m, a.f32(BATCH * m), a.f32(BATCH * m), n % 4, BATCH, m),
  activationBackward: (a, n, m) =>
    call("activationBackward", m, a.f32(BATCH * m), a.f32(BATCH * m), a.f32(BATCH * m), n % 4, BATCH, m),
  softmaxForward: (a, n) => call("softmaxForward", BATCH, a.f32(BATCH * n), a.f32(BATCH * n), n),
  softmaxBackward: (a, n) => call("softmaxBackward", BATCH, a.f32(BATCH * n), a.f32(BATCH * n), n),
  argmax: (a, n) => call("argmax", BATCH, a.f32(BATCH * n), a.i32(BATCH), n),
  nllLoss: (a, n) =>
    call("nllLoss", BATCH, a.f32(BATCH * n), a.u8(9), a.i32(BATCH), a.f64(BATCH), a.f32(BATCH * n), BATCH, n),
  hingeLoss: (a, n) =>
    call("hingeLoss", BATCH, a.f32(BATCH * n), a.u8(9), a.i32(BATCH), a.f64(BATCH), a.f32(BATCH * n), BATCH, n),
  update: (a, n, m) => {
    const array = () => a.f32(m * n);
    return call("update", m, ...([array(), array(), array(), array(), a.f32(8), n % 3, n, n % 2] as const));
  },
};

/** The plan of so many lines over `length` numbers each, written in two digits where n is even. */
function planned(a: Arena, n: number, lines: number, length: number) {
  const digits = digitsFor(n);
  const size = lines * digits * groupsDown(length);
  return [a.u8(16 * size), a.u32(size), a.i32(lines * digits)] as const;
}

const digitsFor = (n: number) => (n % 2 ? 1 : 2);
const levelsFor = (n: number) => (n % 2 ? 31 : 127);
const quantized = (a: Arena, m: number) => a.i8(4 * groupsDown(BATCH) * quantizedPitch(m));

/** Numbers a kernel may meet: exact zeros of both signs and ±1 among them; state and variance are positive. Padding bits
 *  and indices stay in their bounds. */
function fill(views: View[], kernel: KernelName, n: number, m: number): void {
  const next = randomWords(7, `${kernel} ${n} ${m}`);
  for (const [i, view] of views.entries()) {
    for (let k = 0; k < view.length; k++) {
      const word = next();
      if (view instanceof Uint8Array) view[k] = kernel.endsWith("Loss") ? word % n : word & 255;
      else if (view instanceof Int8Array) view[k] = quantity(word, levelsFor(n));
      else if (view instanceof Int32Array)
        view[k] =
          kernel.startsWith("batch") || kernel.startsWith("norm") || kernel.startsWith("scale")
            ? (word % 2001) - 1000
            : word % 9;
      else if (view instanceof Uint32Array) view[k] = word;
      else {
        const real = word / 2 ** 31 - 1;
        const special = [0, -0, 1, -1][word % 16];
        const value = special ?? real * 3;
        view[k] =
          (kernel === "update" && i >= 2) ||
          (kernel === "weightUpdate" && (i === 4 || i >= 7)) ||
          kernel === "inputGradient" ||
          view instanceof Float64Array ||
          /Scale/.test(kernel)
            ? Math.abs(value)
            : value;
      }
    }
  }
  // Rates of the optimizers are positive, ε among them.
  const rates = { update: 4, weightUpdate: 9 } as Partial<Record<KernelName, number>>;
  const which = rates[kernel];
  if (which !== undefined) for (const [k, rate] of views[which]!.entries()) views[which]![k] = 0.05 + 0.3 * rate;
  prepare(views, kernel, n, m);
  if (kernel === "byteProduct") for (const [k, byte] of views[1]!.entries()) views[1]![k] = byte & 1 ? 255 : 0;
  if (kernel === "gatherImages") for (const [k, move] of views[2]!.entries()) views[2]![k] = k % 2 ? 0 : (move % 5) - 2;
  clearPadding(views, kernel, n, m);
}

/** Mostly small, as gradients are, and now and then as large as can be. */
function quantity(word: number, levels: number): number {
  const size = word % 7 === 0 ? levels : (word >>> 8) % 5;
  return word & 0x80000000 ? -size : size;
}

/** Arrays that other kernels make: nibbles, maxima and plans. */
function prepare(views: View[], kernel: KernelName, n: number, m: number): void {
  if (kernel === "agreementProduct") {
    const random = randomWords(8, kernel);
    const bits = (rows: number) => {
      const { bytes, stride } = bitMatrix(rows, n);
      for (let r = 0; r < rows; r++)
        for (let k = 0; k < n; k++) bytes[r * stride + (k >> 3)]! |= (random() & 1) << (k & 7);
      return bytes;
    };
    const [codes, panels] = views as Uint8Array[];
    codes!.fill(0);
    panels!.fill(0);
    pairCodes(bits(BATCH), codes!, BATCH, rowBytes(n), 0, n);
    nibblesAcross(bits(m), panels!, n, rowBytes(n), 0, m);
  }
  if (kernel === "nibblesAcross") views[1]!.fill(0); // groups beyond the row are never written
  if (kernel === "quantize") columnMaxima(views[0] as Float32Array, views[1] as Float32Array, BATCH, m, 0, m);
  if (kernel !== "inputGradient" && kernel !== "weightUpdate") return;
  const [tables, steps, counts, panels] = views as [Uint8Array, Uint32Array, Int32Array, Uint8Array];
  const random = randomWords(9, `${kernel} ${n} ${m}`);
  const q = new Int8Array(4 * groupsDown(BATCH) * quantizedPitch(m));
  for (let b = 0; b < BATCH; b++) {
    for (let j = 0; j < m; j++) q[b * quantizedPitch(m) + j] = quantity(random(), levelsFor(n));
  }
  for (const [k, byte] of panels.entries()) panels[k] = byte & 15;
  if (kernel === "inputGradient") planSamples(q, tables, steps, counts, digitsFor(n), m, 0, BATCH);
  else {
    const columns = new Int8Array(16 * Math.ceil(m / 16) * 4 * groupsDown(BATCH));
    planFeatures(q, columns, tables, steps, counts, digitsFor(n), BATCH, m, 0, m);
  }
}

/** Rows of bits are padded with 0, and masks with them. */
function clearPadding(views: View[], kernel: KernelName, n: number, m: number): void {
  const bits = {
    pairCodes: [0],
    nibblesAcross: [0],
    nibblesDown: [0],
    packSigns: [1],
    signForward: [1],
    expandMasks: [0],
    weightUpdate: [10],
  } as Partial<Record<KernelName, number[]>>;
  const columns = kernel === "signForward" ? m : n;
  for (const index of bits[kernel] ?? []) {
    const view = views[index]!;
    for (let k = 0; k < 8 * view.length; k++) {
      if (k % (8 * rowBytes(columns)) >= columns) view[k >> 3]! &= ~(1 << (k & 7));
    }
  }
  if (kernel === "byteProduct") {
    const stride = 8 * rowBytes(n);
    for (let k = 0; k < views[1]!.length; k++) if (k % stride >= n) views[1]![k] = 0;
  }
  if (kernel === "thresholdBits" || kernel === "probabilityBits") views.at(-1)!.fill(0); // padding is never written
}

async function run(kernel: KernelName, n: number, m: number, options: MachineOptions): Promise<View[]> {
  const machine = await createMachine((arena) => {
    const program = new Program();
    const [name, extent, args] = cases[kernel](arena, n, m);
    program.add(name, extent, ...(args as KernelArguments<typeof name>));
    return { programs: [program], views: (args as unknown[]).filter((arg) => typeof arg !== "number") as View[] };
  }, options);
  const { programs, views } = machine.built;
  fill(views, kernel, n, m);
  machine.run(programs[0]!);
  machine.close();
  return views.map((view) => view.slice());
}

/** As bits, so that −0 is not 0. NaN never arises. */
const raw = (views: View[]) =>
  views.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("hex"));

describe.each(Object.keys(access) as KernelName[])("%s", (kernel) => {
  test.each(WIDTHS)("width %i", async (n) => {
    for (const m of n === 129 ? [1, 33, 130] : [33]) {
      const width = kernel.endsWith("Loss") ? Math.min(n, 200) : n;
      const expected = await run(kernel, width, m, { kernels: "reference" });
      for (const view of expected) {
        if (view instanceof Float32Array || view instanceof Float64Array) expect(view.some(Number.isNaN)).toBe(false);
      }
      // With relaxed SIMD and without.
      for (const kernels of ["wasm", "wasm-plain"] as const) {
        expect(raw(await run(kernel, width, m, { kernels }))).toEqual(raw(expected));
      }
    }
  });

  test.each([1, 2, 4, 8, 37])("batch %i", async (batch) => {
    BATCH = batch;
    const expected = raw(await run(kernel, 129, 65, { kernels: "reference" }));
    expect(raw(await run(kernel, 129, 65, {}))).toEqual(expected);
    BATCH = 5;
  });

  test("three threads", async () => {
    const expected = raw(await run(kernel, 129, 65, { kernels: "reference" }));
    expect(raw(await run(kernel, 129, 65, { threads: 3 }))).toEqual(expected);
  });
});

/** From bits to agreements, as a layer does it. */
function addAgreement(
  program: Program,
  arena: Arena,
  x: Uint8Array,
  w: Uint8Array,
  a: Int32Array,
  batch: number,
  m: number,
  n: number,
): void {
  const stride = rowBytes(n);
  const codes = arena.u8(Math.ceil(batch / 2) * codesPitch(stride));
  const panels = arena.u8(panelsAcross(m, n));
  program.add("pairCodes", n, x, codes, batch, stride);
  program.add("nibblesAcross", m, w, panels, n, stride);
  program.add("agreementProduct", m, codes, panels, a, batch, m, n, stride);
}

test("counts beyond what a byte lane holds: 10,000 differing bits, and pixels of 255", async () => {
  for (const options of [{ kernels: "reference" }, {}] as const) {
    const n = 10_000;
    const machine = await createMachine((arena) => {
      const x = packed(arena, 1, n);
      const w = packed(arena, 5, n);
      const q = arena.u8(n);
      const masks = arena.u8(8 * rowBytes(n));
      const agreements = arena.i32(5);
      const sums = arena.i32(1);
      const program = new Program();
      addAgreement(program, arena, x, w, agreements, 1, 5, n);
      program.add("byteProduct", 1, q, masks, sums, 1, 1, n, rowBytes(n));
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
    const x = packed(arena, n, n);
    const w = packed(arena, 1, n);
    const a = arena.i32(n);
    const program = new Program();
    addAgreement(program, arena, x, w, a, n, 1, n);
    return { programs: [program], x, w, a };
  });
  const { programs, x, w, a } = machine.built;
  for (let k = 0; k < n; k++) x[k * rowBytes(n) + (k >> 3)] = 1 << (k & 7);
  w[100 >> 3] = 1 << (100 & 7); // +1 at input 100 alone
  machine.run(programs[0]!);
  // x[100] = w: n agreements; every other x differs from w in two places.
  expect([...a]).toEqual(Array.from({ length: n }, (_, k) => (k === 100 ? n : n - 4)));
});
