/** Exported designs in simulation: every score of every image equals the frozen model's, whatever the widths, the folding
 *  and the stalls; and what is tampered with fails.
 *
 *  Foldings and stalls are random. The seed is printed; SEED=… repeats a run. */

import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { bitMatrix } from "../../../src/core/bits.ts";
import { below, randomWords } from "../../../src/core/random.ts";
import { type Folding, fold, type Unit } from "../../../src/export/vhdl/folding.ts";
import { type FrozenModel, outputOf } from "../../../src/model/model.ts";
import { randomModel, withOutput } from "../../model/random-model.ts";
import { designFiles, run, tamper, vectorsOf, writeDesign } from "./design.ts";

const root = mkdtempSync(join(tmpdir(), "onebit-hdl-"));
afterAll(() => rmSync(root, { recursive: true }));
let designs = 0;
let folder = "";
beforeEach(() => {
  folder = join(root, String(designs++));
});

const seed = Number(process.env.SEED ?? randomInt(1, 1_000_000));
console.log(`SEED=${seed}`);

/** A unit a layer, of random numbers of neurons and inputs. */
function randomUnits(sizes: readonly number[], next: () => number): Unit[] {
  return sizes.slice(1).map((m, l) => ({ pe: 1 + below(next(), m), simd: 1 + below(next(), sizes[l]!) }));
}

/** The frozen model's head as training with one common scale leaves it. */
function unscaled(model: FrozenModel): FrozenModel {
  const { scale, offset } = outputOf(model);
  return withOutput(model, { scale: scale.map(() => 1), offset: offset.map(() => 0) });
}

function expectAll(outcome: ReturnType<typeof run>, images: number, folding?: Folding): void {
  expect(outcome.output).toContain(`onebit: ${images} images, 0 errors`);
  expect(outcome.status).toBe(0);
  if (folding) {
    expect(outcome.interval).toBeLessThanOrEqual(folding.interval);
    expect(outcome.latency).toBe(folding.latency);
  }
}

const shapes = [
  [13, 7, 10, 9, 3],
  [1, 1],
  [1, 1, 1],
  [9, 1, 5, 2],
  [63, 64, 65, 10],
  [64, 63, 1, 4],
  [65, 1, 64, 63, 10],
  [785, 65, 10],
  [784, 10],
];

describe.each(shapes.map((sizes) => ({ sizes })))("$sizes", ({ sizes }) => {
  const next = randomWords(seed, sizes.join("-"));
  const foldings: Unit[][] = [
    sizes.slice(1).map((m, l) => ({ pe: m, simd: sizes[l]! })),
    sizes.slice(1).map(() => ({ pe: 1, simd: 1 })),
    randomUnits(sizes, next),
    randomUnits(sizes, next),
  ];
  test.each(foldings.map((units) => ({ units, text: units.map(({ pe, simd }) => `${pe}x${simd}`).join(" ") })))(
    "folded to $text",
    ({ units }) => {
      const images = sizes[0]! > 100 ? 3 : 20;
      const random = randomModel(sizes, "threshold", below(next(), 1000));
      const model = below(next(), 2) === 0 ? unscaled(random) : random;
      const input = below(next(), 2) === 0 ? "bits" : "pixels";
      writeDesign(folder, designFiles(model, vectorsOf(model, images, seed), { units, input }));
      expectAll(run(folder, "make", "sim"), images, fold(sizes, units));
      for (const stalls of [
        [90, 0],
        [0, 90],
        [below(next(), 80), below(next(), 80)],
      ]) {
        const generics = `STALL_IN=${stalls[0]} STALL_OUT=${stalls[1]}`;
        expectAll(run(folder, "make", "stalls", ...generics.split(" "), `SEED=${1 + below(next(), 10_000)}`), images);
      }
      expectAll(run(folder, "make", "text"), images);
    },
  );
});

test("13-7-10-9-3 for 18,000 beats with stalls at both ends", () => {
  const model = randomModel([13, 7, 10, 9, 3], "threshold", 3);
  const images = 3000; // 2 beats in and 4 out each
  const next = randomWords(seed, "beats");
  const units = randomUnits([13, 7, 10, 9, 3], next);
  writeDesign(folder, designFiles(model, vectorsOf(model, images, seed), { units }));
  expectAll(run(folder, "make", "stalls", "STALL_IN=40", "STALL_OUT=40", `SEED=${1 + below(next(), 10_000)}`), images);
});

test("scores that take all 32 bits", () => {
  const extreme = withOutput(randomModel([3, 4, 3], "threshold", 1), {
    scale: Int32Array.of(1_073_741_823, -1_073_741_823, 1),
    offset: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, -(2 ** 31)),
  });
  writeDesign(folder, designFiles(extreme, vectorsOf(extreme, 20, 1)));
  expectAll(run(folder, "make", "sim"), 20);
  expectAll(run(folder, "make", "iverilog"), 20);
});

test("among equal scores the lowest class wins", () => {
  const model = unscaled(randomModel([8, 5, 6], "threshold", 2));
  const tied = withOutput(model, { weights: bitMatrix(6, 5) });
  const vectors = vectorsOf(tied, 20, 2);
  expect(new Set(vectors.scores.subarray(0, 6)).size).toBe(1);
  writeDesign(folder, designFiles(tied, vectors));
  expectAll(run(folder, "make", "sim"), 20);
  tamper(folder, "vectors/expected.hex", (text) => text.replace(/^((?:.*\n){6})00000000/, "$100000001"));
  expect(run(folder, "make", "sim").output).toContain("image 0, beat 6: is 00000000, expected 00000001");
});

describe("the netlist", () => {
  test.each([
    { sizes: [13, 7, 10, 9, 3], text: "3x5 4x2 9x10 2x4" },
    { sizes: [1, 1], text: "1x1" },
    { sizes: [17, 1, 2], text: "1x17 1x1" },
    { sizes: [40, 9, 5], text: "9x33 5x9" },
  ])("$sizes folded to $text", ({ sizes, text }) => {
    const units = text.split(" ").map((unit) => {
      const [pe, simd] = unit.split("x").map(Number);
      return { pe: pe!, simd: simd! };
    });
    for (const input of ["bits", "pixels"] as const) {
      for (const model of [randomModel(sizes, "threshold", 4), unscaled(randomModel(sizes, "threshold", 5))]) {
        writeDesign(folder, designFiles(model, vectorsOf(model, 30, 1), { units, input }));
        expectAll(run(folder, "make", "-B", "iverilog"), 30);
      }
    }
  });
});

describe("what was tampered with fails:", () => {
  const model = unscaled(randomModel([16, 8, 4], "threshold", 7));
  const units = [
    { pe: 2, simd: 4 },
    { pe: 1, simd: 8 },
  ];
  const files = designFiles(model, vectorsOf(model, 40, 7), { units });
  /** The other one of 0 and 1, or of 0 and f, in the first row's first digit. */
  const flip = (text: string) =>
    text.replace(/(0 => \d+x")(.)/, (_, start, digit) => `${start}${digit === "0" ? 1 : 0}`);

  test.each([
    ["a weight", "rtl/bnn_weights_1.vhd", flip, "sim"],
    ["a threshold", "rtl/bnn_thresholds_0.vhd", (text: string) => text.replace(/(\d => 10x")(...)/g, "$1000"), "sim"],
    [
      "a vector",
      "vectors/stimulus.hex",
      (text: string) => text.replace(/^.*\n.*\n/, "00\n00\n").replace(/(.*\n){2}$/, "00\nff\n"),
      "sim",
    ],
    ["a score", "vectors/expected.hex", (text: string) => text.replace(/^.{8}/, "7fffffff"), "sim"],
    ["a class", "vectors/expected.hex", (text: string) => text.replace(/.\n$/, "f\n"), "sim"],
    [
      "a weight's character",
      "text/weights.txt",
      (text: string) => text.replace(/(.)$/, (c) => (c === "0" ? "1" : "0")),
      "text",
    ],
    ["a threshold's character", "text/thresholds.txt", (text: string) => text.replace(/^\d+/gm, "00000"), "text"],
    [
      "the order of the classes",
      "rtl/onebit_argmax.vhd",
      (text: string) => text.replace("score_2 > best", "score_2 >= best"),
      "sim",
    ],
    [
      "the comparison",
      "rtl/onebit_threshold.vhd",
      (text: string) => text.replace(">= unsigned(rom", "> unsigned(rom"),
      "sim",
    ],
  ] as const)("%s", (_, name, change, target) => {
    writeDesign(folder, files);
    expectAll(run(folder, "make", target), 40);
    tamper(folder, name, change);
    const outcome = run(folder, "make", target);
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toContain("image ");
  });

  test("a design that does not answer", () => {
    writeDesign(folder, files);
    tamper(folder, "rtl/bnn.vhd", (text) => text.replace("in_last => s_axis_tlast", "in_last => '0'"));
    const outcome = run(folder, "make", "sim");
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toMatch(/no result for \d+ clocks/);
  });
});
