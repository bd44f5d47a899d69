/** The cores' own testbenches on ragged sizes, at full speed and stalled; and what a core says to a generic it does not take. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "./design.ts";

const hdl = fileURLToPath(new URL("../../../hdl", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "onebit-cores-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const files = [hdl, join(hdl, "test")].flatMap((from) => readdirSync(from).map((name) => join(from, name)));
  const first = ["onebit_pkg.vhd", "onebit_test_pkg.vhd"].flatMap((name) =>
    files.filter((file) => file.endsWith(name)),
  );
  const rest = files.filter((file) => file.endsWith(".vhd") && !first.includes(file));
  const { status, output } = run(folder, "ghdl", "-a", "--std=08", ...first, ...rest);
  if (status !== 0) throw new Error(output);
});

const simulate = (entity: string, generics: string) =>
  run(folder, "ghdl", "--elab-run", "--std=08", entity, ...generics.split(" ").map((generic) => `-g${generic}`));

describe.each([0, 50, 90])("stalled in %i %% of the clocks", (stall) => {
  test.each([
    ["onebit_mvu", "INPUTS=13 NEURONS=7 PE=3 SIMD=5"],
    ["onebit_mvu", "INPUTS=1 NEURONS=1 PE=1 SIMD=1"],
    ["onebit_mvu", "INPUTS=65 NEURONS=5 PE=5 SIMD=64"],
    ["onebit_mvu", "INPUTS=64 NEURONS=3 PE=1 SIMD=64"],
    ["onebit_mvu", "INPUTS=63 NEURONS=9 PE=2 SIMD=17"],
    ["onebit_mvu", "INPUTS=785 NEURONS=2 PE=2 SIMD=49"],
    ["onebit_threshold", "INPUTS=13 NEURONS=7 PE=3"],
    ["onebit_threshold", "INPUTS=1 NEURONS=1 PE=1"],
    ["onebit_threshold", "INPUTS=64 NEURONS=65 PE=65"],
    ["onebit_threshold", "INPUTS=63 NEURONS=64 PE=1"],
    ["onebit_argmax", "INPUTS=5 CLASSES=7 PE=3 AFFINE=true"],
    ["onebit_argmax", "INPUTS=5 CLASSES=7 PE=3 AFFINE=false"],
    ["onebit_argmax", "INPUTS=1 CLASSES=1 PE=1 AFFINE=true"],
    ["onebit_argmax", "INPUTS=2 CLASSES=16 PE=16 AFFINE=false"],
    ["onebit_argmax", "INPUTS=64 CLASSES=10 PE=1 AFFINE=true"],
    ["onebit_stream_in", "ELEMENTS=13 LANES=4 THRESHOLD=0"],
    ["onebit_stream_in", "ELEMENTS=1 LANES=8 THRESHOLD=255"],
    ["onebit_stream_in", "ELEMENTS=64 LANES=8 THRESHOLD=127"],
    ["onebit_stream_in", "ELEMENTS=65 LANES=1 THRESHOLD=254"],
  ])("%s, %s", (core, generics) => {
    const { status, output } = simulate(`${core}_tb`, `${generics} STALL=${stall} SEED=${1 + stall}`);
    expect(output).toContain(`${core}_tb: passed`);
    expect(status).toBe(0);
  });
});

test.each([
  ["onebit_mvu", "INPUTS=4 NEURONS=2 PE=3 SIMD=1", "onebit_mvu: PE must be 1 .. NEURONS"],
  ["onebit_mvu", "INPUTS=4 NEURONS=2 PE=1 SIMD=5", "onebit_mvu: SIMD must be 1 .. INPUTS"],
  ["onebit_threshold", "INPUTS=4 NEURONS=2 PE=3", "onebit_threshold: PE must be 1 .. NEURONS"],
  ["onebit_argmax", "INPUTS=4 CLASSES=2 PE=3", "onebit_argmax: PE must be 1 .. CLASSES"],
])("%s refuses %s", (core, generics, message) => {
  const { status, output } = simulate(`${core}_tb`, generics);
  expect(status).not.toBe(0);
  expect(output).toContain(message);
});
