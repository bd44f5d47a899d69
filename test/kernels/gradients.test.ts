/** Integer gradients against what they stand for: rounding is right on average, and the planned look-ups give exactly
 *  the sums of q times ±1, at the bounds of their 8- and 16-bit sums too. */

import { describe, expect, test } from "vitest";
import { enableRelaxedSimd } from "../../src/cli/relaxed-simd.ts";
import { bitMatrix, rowBytes } from "../../src/core/bits.ts";
import { randomWords } from "../../src/core/random.ts";
import { quantizedPitch } from "../../src/kernels/layout.ts";
import { createMachine, type MachineOptions } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";

enableRelaxedSimd();

const machines: [string, MachineOptions][] = [
  ["reference", { kernels: "reference" }],
  ["wasm", {}],
  ["wasm-baseline", { kernels: "wasm-baseline" }],
];

/** Quantizes d [rows, m] so many times, at steps 1, 2, 3 …; returns each q, unpadded, and the unit. */
async function quantized(options: MachineOptions, d: Float32Array, m: number, levels: number, times: number) {
  const rows = d.length / m;
  const machine = await createMachine((arena) => {
    const program = new Program();
    const arrays = {
      d: arena.f32(rows * m),
      maxima: arena.f32(m),
      draw: arena.u32(3),
      q: arena.allocate("quantize", "q", { batch: rows, m }),
    };
    program.add("columnMaxima", { ...arrays, batch: rows, m });
    program.add("quantize", { ...arrays, stream: 5, levels, batch: rows, m });
    return { programs: [program], ...arrays };
  }, options);
  const { programs, draw, q, maxima } = machine.built;
  machine.built.d.set(d);
  const all: Int8Array[] = [];
  for (let step = 1; step <= times; step++) {
    draw.set([1, 2, step]);
    machine.run(programs[0]!);
    all.push(Int8Array.from(d, (_, i) => q[Math.floor(i / m) * quantizedPitch(m) + (i % m)]!));
  }
  return { all, unit: Math.max(...maxima) / levels };
}

describe.each(machines)("quantize, %s", (_, options) => {
  test("is between the integers around d/s, and d/s on average", async () => {
    const m = 37;
    const next = randomWords(3, "gradients");
    const d = Float32Array.from({ length: 4 * m }, () => (next() / 2 ** 31 - 1) ** 3);
    const times = 400;
    const { all, unit } = await quantized(options, d, m, 31, times);
    for (const [i, x] of d.entries()) {
      const values = all.map((q) => q[i]!);
      const exact = x / unit;
      for (const value of values) expect(Math.abs(value - exact)).toBeLessThan(1 + 1e-4);
      // The mean of 400 roundings deviates by at most 0.5/√400 = 0.025; five deviations.
      expect(Math.abs(values.reduce((a, b) => a + b, 0) / times - exact)).toBeLessThan(0.125);
    }
    expect(new Set(all.map(String)).size).toBe(times); // each step rounds anew
  });

  test("the largest is ±levels, zeros are 0, and a layer of zeros stays one", async () => {
    for (const levels of [7, 15, 31, 127]) {
      const { all } = await quantized(options, Float32Array.of(0.5, -0.5, 0, -0), 4, levels, 3);
      for (const q of all) expect([...q]).toEqual([levels, -levels, 0, 0]);
    }
    const { all } = await quantized(options, new Float32Array(4), 4, 31, 2);
    for (const q of all) expect([...q]).toEqual([0, 0, 0, 0]);
  });
});

describe.each(machines)("a gradient that is not a number, %s", (_, options) => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d is not lost", async (value) => {
    const { all } = await quantized(options, Float32Array.of(1, value, 0, 2), 4, 31, 1);
    expect([...all[0]!]).toEqual([0, 0, 0, 0]);
    expect(await lineTimes(options, new Int8Array(4), new Uint8Array(4 * rowBytes(3)), 3, 31, value)).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

/** s·q·W for one line of m numbers and the columns of W [m, n], by planSamples and inputGradient; s = 1. */
async function lineTimes(
  options: MachineOptions,
  q: Int8Array,
  w: Uint8Array,
  n: number,
  levels: number,
  largest = levels,
) {
  const m = q.length;
  const digits = levels > 31 ? 2 : 1;
  const sizes = { batch: 1, m, n, rows: m, stride: rowBytes(n), digits };
  const machine = await createMachine((arena) => {
    const program = new Program();
    const arrays = {
      q: arena.allocate("planSamples", "q", sizes),
      bits: arena.u8(m * rowBytes(n)),
      maxima: arena.f32(m),
      d: arena.f32(n),
    };
    const plan = {
      tables: arena.allocate("planSamples", "tables", sizes),
      steps: arena.allocate("planSamples", "steps", sizes),
      counts: arena.allocate("planSamples", "counts", sizes),
    };
    const panels = arena.allocate("nibblesDown", "panels", sizes);
    program.add("planSamples", { ...arrays, ...plan, ...sizes });
    program.add("nibblesDown", { ...arrays, panels, ...sizes });
    program.add("inputGradient", { ...arrays, ...plan, panels, levels, ...sizes });
    return { programs: [program], ...arrays };
  }, options);
  machine.built.q.set(q);
  machine.built.bits.set(w);
  machine.built.maxima[0] = largest;
  machine.run(machine.built.programs[0]!);
  return [...machine.built.d];
}

describe.each(machines)("look-ups, %s", (_, options) => {
  const n = 70;

  test.each([1, 3, 4, 5, 64, 129, 1000])("%i random numbers times random signs", async (m) => {
    for (const levels of [7, 31, 127]) {
      const next = randomWords(levels, `look-ups ${m}`);
      const q = Int8Array.from({ length: m }, () => (next() % (2 * levels + 1)) - levels);
      const w = bitMatrix(m, n);
      const signs = Array.from({ length: m }, (_, i) =>
        Array.from({ length: n }, (_, k) => {
          const bit = next() & 1;
          w.bytes[i * w.stride + (k >> 3)]! |= bit << (k & 7);
          return bit ? 1 : -1;
        }),
      );
      const expected = Array.from({ length: n }, (_, k) => q.reduce((sum, value, i) => sum + value * signs[i]![k]!, 0));
      expect(await lineTimes(options, q, w.bytes, n, levels)).toEqual(expected);
    }
  });

  // 31 · 1056 = 32,736 is the largest sum of whole groups that 16 bits hold.
  test.each([1056, 1057, 1060, 8192])("all of %i numbers as large as can be, all agreeing", async (m) => {
    for (const levels of [31, 127]) {
      for (const sign of [1, -1]) {
        const { bytes } = bitMatrix(m, n);
        for (let i = 0; i < m; i++)
          for (let k = 0; k < n; k += 8) bytes[i * rowBytes(n) + (k >> 3)] = k + 8 > n ? 63 : 255;
        const out = await lineTimes(options, new Int8Array(m).fill(sign * levels), bytes, n, levels);
        expect(out).toEqual(new Array(n).fill(sign * levels * m));
      }
    }
  });
});
