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
import {
  codesPitch,
  groupsDown,
  methods,
  panelLength,
  panelsAcross,
  panelsDown,
  quantizedPitch,
} from "../src/kernels/layout.ts";
import { createMachine, type MachineOptions } from "../src/kernels/machine.ts";
import { Program } from "../src/kernels/program.ts";
import { takeTurns } from "./timing.ts";

const N = 1024;
const BATCH = 100;
const ROUNDS = 25;
const STRIDE = rowBytes(N);

export interface KernelRow {
  readonly name: string;
  /** "relaxed" or "plain" SIMD; "" for C. */
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
  const plan = (lines: number, groups: number) =>
    [arena.u8(16 * lines * groups), arena.u32(lines * groups), arena.i32(lines)] as const;
  const x = arena.u8(BATCH * STRIDE);
  const w = arena.u8(N * STRIDE);
  const codes = arena.u8((BATCH / 2) * codesPitch(STRIDE));
  const across = arena.u8(panelsAcross(N, N));
  const a = arena.i32(BATCH * N);
  const d = f32(BATCH * N);
  const out = f32(BATCH * N);
  const latent = f32(N * N);
  const stored = f32(N * N);
  const panelsOfW = f32(panelLength(N, N));
  const panelsOfX = f32(panelLength(BATCH, N));
  const downW = arena.u8(panelsDown(N, N));
  const downX = arena.u8(panelsDown(BATCH, N));
  const maxima = f32(N);
  const states = [f32(N * N), f32(N * N)] as const;
  const rates = f32(8);
  const part = f32(N);
  const signs = arena.u8(N * STRIDE);
  const flips = arena.i32(N);
  const columns = arena.i8(N * 4 * groupsDown(BATCH));

  const setUp = new Program();
  setUp.add("pairCodes", N, x, codes, BATCH, STRIDE);
  setUp.add("nibblesAcross", N, w, across, N, STRIDE);
  setUp.add("nibblesDown", N, w, downW, N, STRIDE);
  setUp.add("nibblesDown", N, x, downX, BATCH, STRIDE);
  setUp.add("panelsOfBits", N, w, panelsOfW, N, N, STRIDE);
  setUp.add("panelsOfBits", N, x, panelsOfX, BATCH, N, STRIDE);

  const timed: { name: string; program: Program; macs: number }[] = [];
  const kernel = (name: string, fill: (program: Program) => void, macs = BATCH * N * N) => {
    const program = new Program();
    fill(program);
    timed.push({ name, program, macs });
  };
  kernel("forward, look-up", (p) => p.add("agreementProduct", N, codes, across, a, BATCH, N, N, STRIDE));
  kernel("dX, float32", (p) => p.add("productColumns", N, d, panelsOfW, out, BATCH, N, N, N, 1));
  kernel("dW, float32", (p) => p.add("productRows", N, d, panelsOfX, stored, BATCH, N, 1, N));
  const quantities: { array: Int8Array; name: keyof typeof GRADIENTS }[] = [];
  const optimizer = [methods.adam, 1] as const;
  for (const name of Object.keys(GRADIENTS) as (keyof typeof GRADIENTS)[]) {
    const q = arena.i8(BATCH * quantizedPitch(N));
    quantities.push({ array: q, name });
    const rows = plan(BATCH, groupsDown(N));
    const lines = plan(N, groupsDown(BATCH));
    setUp.add("planSamples", BATCH, q, ...rows, 1, N);
    setUp.add("planFeatures", N, q, columns, ...lines, 1, BATCH, N);
    kernel(`dX, look-up, ${name}`, (p) => p.add("inputGradient", N, ...rows, downW, maxima, out, 1, 31, BATCH, N, N));
    // dW = qᵀ·X is dX with the roles of samples and features exchanged.
    kernel(`dW, look-up, ${name}`, (p) =>
      p.add("inputGradient", N, ...lines, downX, maxima, stored, 1, 31, N, BATCH, N),
    );
    kernel(`dW + Adam + signs, fused, ${name}`, (p) =>
      p.add(
        "weightUpdate",
        N,
        ...([...lines, downX, maxima, part, latent, ...states, rates, signs, flips] as const),
        ...([...optimizer, 1, 31, BATCH, N, N, STRIDE] as const),
      ),
    );
    kernel(`dW + Adam + signs, one after the other, ${name}`, (p) => {
      p.add("inputGradient", N, ...lines, downX, maxima, stored, 1, 31, N, BATCH, N);
      p.add("update", N, latent, stored, ...states, rates, methods.adam, N, 1);
      p.add("packSigns", N, latent, signs, flips, N, STRIDE);
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
    rates,
    quantities,
  };
}

async function measure(variant: string, options: MachineOptions): Promise<KernelRow[]> {
  const machine = await createMachine(place, options);
  const { timed, setUp, x, w, d, latent, maxima, rates, quantities } = machine.built;
  const next = randomWords(2, "kernels");
  for (const bytes of [x, w]) for (let i = 0; i < bytes.length; i++) bytes[i] = next();
  for (const floats of [d, latent]) for (let i = 0; i < floats.length; i++) floats[i] = next() / 2 ** 31 - 1;
  maxima[0] = 0.01;
  rates.set([1e-5, 0.9, 0.1, 0.999, 0.001, 1, 1e-8]);
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
  const rows = await measure("plain", { kernels: "wasm-plain" });
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
