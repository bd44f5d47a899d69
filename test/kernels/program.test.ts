/** Where a program makes threads wait for each other. */

import { expect, test } from "vitest";
import { createMachine } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";

const phases = (program: Program) => program.phases.map((phase) => phase.map(({ kernel }) => kernel));

test("calls that split the same array in the same way share a phase", () => {
  const program = new Program();
  const [x, y] = [new Float32Array(0), new Float32Array(0)];
  program.add("scaleFloat32", 20, x, y, 2, 1, 20);
  program.add("signBackward", 20, y, x, 1, 20);
  expect(phases(program)).toEqual([["scaleFloat32", "signBackward"]]);
});

test("a call that reads any part waits for what was written in parts", () => {
  const program = new Program();
  const [latent, bits, flips] = [new Float32Array(0), new Uint8Array(0), new Int32Array(0)];
  program.add("packSigns", 20, latent, bits, flips, 20, 16);
  program.add("panelsOfBits", 20, bits, new Float32Array(0), 20, 20, 16);
  expect(phases(program)).toEqual([["packSigns"], ["panelsOfBits"]]);
});

test("a call that writes waits for those that read any part", () => {
  const program = new Program();
  const [latent, bits, flips] = [new Float32Array(0), new Uint8Array(0), new Int32Array(0)];
  program.add("panelsOfBits", 20, bits, new Float32Array(0), 20, 20, 16);
  program.add("packSigns", 20, latent, bits, flips, 20, 16);
  expect(phases(program)).toEqual([["panelsOfBits"], ["packSigns"]]);
});

test("another axis or extent is another split; reading alone never waits", () => {
  const program = new Program();
  const [logits, predicted] = [new Float32Array(0), new Int32Array(0)];
  program.add("scaleInt32", 10, new Int32Array(0), logits, 1, 10, 10);
  program.add("argmax", 10, logits, predicted, 10);
  program.add("softmaxForward", 10, logits, new Float32Array(0), 10);
  expect(phases(program)).toEqual([["scaleInt32"], ["argmax", "softmaxForward"]]);
});

test("programs of nothing leave the threads in step", async () => {
  const machine = await createMachine(
    (arena) => {
      const x = arena.f32(32);
      const nothing = new Program();
      const double = new Program();
      double.add("scaleFloat32", 32, x, x, 2, 1, 32);
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
