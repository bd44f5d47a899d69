/** Where a program makes threads wait for each other. */

import { describe, expect, test } from "vitest";
import { Arena } from "../../src/kernels/arena.ts";
import { createMachine } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";

const sizes = { least: 0, rows: 20, n: 20, inner: 20, columns: 20, stride: 16 };

const phases = (program: Program) => program.phases.map((phase) => phase.map(({ kernel }) => kernel));

test("calls that split the same array in the same way share a phase", () => {
  const program = new Program();
  const [x, y] = [new Float32Array(0), new Float32Array(0)];
  program.add("scaleFloat32", { x, out: y, factor: 2, batch: 1, m: 20 });
  program.add("signBackward", { y, d: x, surrogate: 0, batch: 1, m: 20 });
  expect(phases(program)).toEqual([["scaleFloat32", "signBackward"]]);
});

test("a call that reads any part waits for what was written in parts", () => {
  const program = new Program();
  const [latent, bits, flips] = [new Float32Array(0), new Uint8Array(0), new Int32Array(0)];
  program.add("packSigns", { latent, bits, flips, ...sizes });
  program.add("panelsOfBits", { bits, panels: new Float32Array(0), ...sizes });
  expect(phases(program)).toEqual([["packSigns"], ["panelsOfBits"]]);
});

test("a call that writes waits for those that read any part", () => {
  const program = new Program();
  const [latent, bits, flips] = [new Float32Array(0), new Uint8Array(0), new Int32Array(0)];
  program.add("panelsOfBits", { bits, panels: new Float32Array(0), ...sizes });
  program.add("packSigns", { latent, bits, flips, ...sizes });
  expect(phases(program)).toEqual([["panelsOfBits"], ["packSigns"]]);
});

test("another axis or extent is another split; reading alone never waits", () => {
  const program = new Program();
  const [logits, predicted] = [new Float32Array(0), new Int32Array(0)];
  program.add("scaleInt32", { x: new Int32Array(0), out: logits, factor: 1, batch: 10, m: 10 });
  program.add("argmax", { logits, predicted, batch: 10, m: 10 });
  program.add("softmaxForward", { x: logits, y: new Float32Array(0), batch: 10, m: 10 });
  expect(phases(program)).toEqual([["scaleInt32"], ["argmax", "softmaxForward"]]);
});

test("programs of nothing leave the threads in step", async () => {
  const machine = await createMachine(
    (arena) => {
      const x = arena.f32(32);
      const nothing = new Program();
      const double = new Program();
      double.add("scaleFloat32", { x, out: x, factor: 2, batch: 1, m: 32 });
      return { programs: [nothing, double], nothing, double, x };
    },
    { threads: 2 },
  );
  const { nothing, double, x } = machine.built;
  for (let i = 0; i < 20_000; i++) {
    x.fill(1);
    machine.run(nothing);
    machine.run(double);
    if (!x.every((value) => value === 2)) throw new Error(`after ${i} rounds x is ${x}`);
  }
  machine.close();
});

describe("a call is checked against its declaration", () => {
  const arrays = () => ({ x: new Float32Array(6), out: new Float32Array(6) });
  const sizes = { factor: 2, batch: 2, m: 3 };
  const thrown = (add: (program: Program) => void) => () => add(new Program());

  test("lengths", () => {
    expect(thrown((p) => p.add("scaleFloat32", { ...arrays(), ...sizes }))).not.toThrow();
    expect(thrown((p) => p.add("scaleFloat32", { ...arrays(), ...sizes, batch: 3 }))).toThrow(
      "scaleFloat32: x has 6 elements, not 9",
    );
    const empty = new Float32Array(new ArrayBuffer(64), 0, 0);
    expect(thrown((p) => p.add("scaleFloat32", { ...arrays(), x: empty, ...sizes }))).toThrow(
      "x has 0 elements, not 6",
    );
  });

  test("an array may be left empty where it is declared so", () => {
    const state1 = new Float32Array(new ArrayBuffer(64), 0, 0);
    const all = { w: new Float32Array(6), g: new Float32Array(6), rates: new Float32Array(8), state1 };
    const numbers = { method: 0, clip: 0, rows: 2, width: 3 };
    expect(thrown((p) => p.add("update", { ...all, state0: new Float32Array(6), ...numbers }))).not.toThrow();
    expect(thrown((p) => p.add("update", { ...all, state0: state1, ...numbers }))).toThrow(
      "state0 has 0 elements, not 6",
    );
  });

  test("what types would refuse too", () => {
    // @ts-expect-error: out is missing
    expect(thrown((p) => p.add("scaleFloat32", { x: new Float32Array(6), ...sizes }))).toThrow(
      "out is not a Float32Array",
    );
    // @ts-expect-error: another type of array
    expect(thrown((p) => p.add("scaleFloat32", { ...arrays(), x: new Int32Array(6), ...sizes }))).toThrow(
      "x is not a Float32Array",
    );
    // @ts-expect-error: a number is missing
    expect(thrown((p) => p.add("scaleFloat32", { ...arrays(), batch: 2, m: 3 }))).toThrow(
      "the number factor is missing",
    );
    // @ts-expect-error: the size that a kernel is split over is missing
    expect(thrown((p) => p.add("argmax", { logits: new Float32Array(6), predicted: new Int32Array(2), m: 3 }))).toThrow(
      "argmax: the size batch is undefined",
    );
  });

  test("an arena allocates what is declared", () => {
    const arena = new Arena(new ArrayBuffer(1 << 16));
    const codes = arena.allocate("pairCodes", "codes", { batch: 3, stride: 16 });
    expect(codes).toBeInstanceOf(Uint8Array);
    expect(codes.length).toBe(2 * (2 * 16 + 16));
    // @ts-expect-error: a size is missing
    expect(() => arena.allocate("pairCodes", "codes", { batch: 3 })).toThrow("pairCodes: the size stride is undefined");
  });
});
