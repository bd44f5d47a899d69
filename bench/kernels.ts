/** Multiply–accumulates per second of the products of one layer, 1024 × 1024 at a batch of 100, on one thread: forward,
 *  gradients by look-up and in float32, and what the parts of the idea bring. Where a C compiler is there, the same forward
 *  product with the processor's own vector popcount is the machine's limit. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rowBytes } from "../src/core/bits.ts";
import { randomWords } from "../src/core/random.ts";
import type { Arena } from "../src/kernels/arena.ts";
import { methods, quantizedPitch } from "../src/kernels/layout.ts";
import { createMachine, type MachineOptions } from "../src/kernels/machine.ts";
import { Program } from "../src/kernels/program.ts";
import { takeTurns } from "./timing.ts";

const N = 1024;
const BATCH = 100;
const ROUNDS = 25;
const STRIDE = rowBytes(N);

export interface KernelRow {
  readonly name: string;
  /** "relaxed" or "baseline" SIMD; "" for C. */
  readonly variant: string;
  /** 10⁹ multiply–accumulates a second: median, and the range over the rounds. */
  readonly rate: number;
  readonly least: number;
  readonly most: number;
}

/** Gradients the look-ups are fed with: their shares of zeros are those of the hidden layers at the first step, after one
 *  epoch and after seven of the preset quick; "large" has |q| = 31 everywhere, which no layer has. */
const GRADIENTS = { "first step": 0.35, "epoch 1": 0.75, "epoch 7": 0.84, large: 0 } as const;

function gradient(name: keyof typeof GRADIENTS): Int8Array {
  const next = randomWords(1, name);
  const zeros = GRADIENTS[name];
  return Int8Array.from({ length: BATCH * quantizedPitch(N) }, () => {
    const word = next();
    const sign = word & 1 ? 1 : -1;
    if (name === "large") return 31 * sign;
    // Beside zeros, magnitudes fall off geometrically, with ratio 0.6.
    if ((word >>> 1) / 2 ** 31 < zeros) return 0;
    let size = 1;
    while (size < 31 && (next() & 255) < 154) size++;
    return sign * size;
  });
}

function place(arena: Arena) {
  const f32 = (length: number) => arena.f32(length);
  const sizes = { batch: BATCH, m: N, n: N, stride: STRIDE, digits: 1 };
  const plan = (by: "planSamples" | "planFeatures") => ({
    tables: arena.allocate(by, "tables", sizes),
    steps: arena.allocate(by, "steps", sizes),
    counts: arena.allocate(by, "counts", sizes),
  });
  const x = arena.u8(BATCH * STRIDE);
  const w = arena.u8(N * STRIDE);
  const codes = arena.allocate("pairCodes", "codes", sizes);
  const across = arena.allocate("nibblesAcross", "panels", sizes);
  const a = arena.i32(BATCH * N);
  const d = f32(BATCH * N);
  const out = f32(BATCH * N);
  const latent = f32(N * N);
  const stored = f32(N * N);
  const ofW = { rows: N, inner: N, columns: N, n: N, stride: STRIDE };
  const ofX = { rows: BATCH, inner: BATCH, columns: N, n: N, stride: STRIDE };
  const panelsOfW = arena.allocate("panelsOfBits", "panels", ofW);
  const panelsOfX = arena.allocate("panelsOfBits", "panels", ofX);
  const downW = arena.allocate("nibblesDown", "panels", ofW);
  const downX = arena.allocate("nibblesDown", "panels", ofX);
  const maxima = f32(N);
  const maximaOfBatch = f32(BATCH);
  const states = { state0: f32(N * N), state1: f32(N * N) };
  const rates = f32(8);
  const gradient = arena.allocate("weightUpdate", "gradient", sizes);
  const signs = arena.u8(N * STRIDE);
  const flips = arena.i32(N);
  const columns = arena.allocate("planFeatures", "columns", sizes);

  const setUp = new Program();
  setUp.add("pairCodes", { bits: x, codes, ...sizes });
  setUp.add("nibblesAcross", { bits: w, panels: across, ...sizes });
  setUp.add("nibblesDown", { bits: w, panels: downW, ...ofW });
  setUp.add("nibblesDown", { bits: x, panels: downX, ...ofX });
  setUp.add("panelsOfBits", { bits: w, panels: panelsOfW, ...ofW });
  setUp.add("panelsOfBits", { bits: x, panels: panelsOfX, ...ofX });

  const timed: { name: string; program: Program; macs: number }[] = [];
  const kernel = (name: string, fill: (program: Program) => void, macs = BATCH * N * N) => {
    const program = new Program();
    fill(program);
    timed.push({ name, program, macs });
  };
  kernel("forward, look-up", (p) => p.add("agreementProduct", { codes, panels: across, a, ...sizes }));
  const asIs = { ...ofW, rows: BATCH, rowStride: N, innerStride: 1 };
  const transposed = { ...ofX, rows: N, rowStride: 1, innerStride: N };
  kernel("dX, float32", (p) => p.add("productColumns", { a: d, panels: panelsOfW, out, ...asIs }));
  kernel("dW, float32", (p) => p.add("productRows", { a: d, panels: panelsOfX, out: stored, ...transposed }));
  const quantities: { array: Int8Array; name: keyof typeof GRADIENTS }[] = [];
  const levels = 31;
  const optimizer = { method: methods.adam, clip: 1, least: 0 };
  for (const name of Object.keys(GRADIENTS) as (keyof typeof GRADIENTS)[]) {
    const q = arena.i8(BATCH * quantizedPitch(N));
    quantities.push({ array: q, name });
    const rows = plan("planSamples");
    const lines = plan("planFeatures");
    setUp.add("planSamples", { q, ...rows, ...sizes });
    setUp.add("planFeatures", { q, columns, ...lines, ...sizes });
    kernel(`dX, look-up, ${name}`, (p) =>
      p.add("inputGradient", { ...rows, panels: downW, maxima, d: out, levels, ...sizes }),
    );
    // dW = qᵀ·X is dX with the roles of samples and features exchanged.
    const exchanged = { ...lines, panels: downX, maxima: maximaOfBatch, d: stored, levels };
    const addGradient = (p: Program) => p.add("inputGradient", { ...exchanged, ...sizes, batch: N, m: BATCH });
    kernel(`dW, look-up, ${name}`, addGradient);
    const weights = { ...states, rates, ...optimizer };
    kernel(`dW + Adam + signs, fused, ${name}`, (p) =>
      p.add("weightUpdate", {
        ...{ ...lines, panels: downX, maxima, gradient, weights: latent, bits: signs, flips },
        ...{ ...weights, levels, ...sizes },
      }),
    );
    kernel(`dW + Adam + signs, one after the other, ${name}`, (p) => {
      addGradient(p);
      p.add("update", { w: latent, g: stored, ...weights, rows: N, width: N });
      p.add("packSigns", { latent, bits: signs, flips, least: 0, rows: N, n: N, stride: STRIDE });
    });
  }
  return {
    programs: [setUp, ...timed.map(({ program }) => program)],
    timed,
    setUp,
    x,
    w,
    d,
    latent,
    maxima,
    maximaOfBatch,
    rates,
    quantities,
  };
}

async function measure(variant: string, options: MachineOptions): Promise<KernelRow[]> {
  const machine = await createMachine(place, options);
  const { timed, setUp, x, w, d, latent, maxima, maximaOfBatch, rates, quantities } = machine.built;
  const next = randomWords(2, "kernels");
  for (const bytes of [x, w]) for (let i = 0; i < bytes.length; i++) bytes[i] = next();
  for (const floats of [d, latent]) for (let i = 0; i < floats.length; i++) floats[i] = next() / 2 ** 31 - 1;
  maxima[0] = 0.01;
  maximaOfBatch[0] = 0.01;
  rates.set([1e-5, 0.9, 0.1, 0.999, 0.001, 1, 1e-8, 1]);
  for (const { array, name } of quantities) array.set(gradient(name));
  machine.run(setUp);
  const times = takeTurns(
    timed.map(
      ({ program }) =>
        () =>
          machine.run(program),
    ),
    ROUNDS,
  );
  machine.close();
  return timed.map(({ name, macs }, i) => {
    const { median, least, most } = times[i]!;
    return { name, variant, rate: macs / median / 1e6, least: macs / most / 1e6, most: macs / least / 1e6 };
  });
}

export async function kernels(): Promise<KernelRow[]> {
  const rows = await measure("baseline", { kernels: "wasm-baseline" });
  if (WebAssembly.validate(RELAXED)) rows.push(...(await measure("relaxed", { kernels: "wasm" })));
  return [...rows, ...native()];
}

/** (func (result v128) (i8x16.relaxed_swizzle (v128.const 0) (v128.const 0))) */
const RELAXED = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 43, 1, 41, 0],
  ...[0xfd, 12, ...new Array<number>(16).fill(0), 0xfd, 12, ...new Array<number>(16).fill(0), 0xfd, 0x80, 2, 0x0b],
);

/** bench/native/popcount.c, compiled and run; nothing without a compiler. It prints its rate and the range. */
function native(): KernelRow[] {
  const folder = mkdtempSync(join(tmpdir(), "onebit-bench-"));
  try {
    const program = join(folder, "popcount");
    const options = ["-O3", "-march=native", "-std=c11", "-o", program, "bench/native/popcount.c"];
    if (spawnSync("gcc", options, { stdio: "ignore" }).status !== 0) return [];
    const { stdout } = spawnSync(program, { encoding: "utf8" });
    const found = /^(.*?), .*: (\d+) \((\d+)-(\d+)\)/.exec(stdout);
    if (!found) throw new Error(`popcount printed ${stdout}`);
    const [rate, least, most] = found.slice(2).map(Number) as [number, number, number];
    return [{ name: `forward, C with ${found[1]}`, variant: "", rate, least, most }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
