/** The stream of results keeps AXI4-Stream's rules: proved on the netlist of a small network by Yosys, without a limit for
 *  what a beat must do, for the first clocks of a packet's length and number. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fold } from "../../../src/export/vhdl/folding.ts";
import { randomModel } from "../../model/random-model.ts";
import { designFiles, run, tamper, vectorsOf, writeDesign } from "./design.ts";

const properties = fileURLToPath(new URL("../../../hdl/formal/onebit_handshake.v", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "onebit-formal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sizes = [9, 3, 2];
const units = [
  { pe: 2, simd: 9 },
  { pe: 1, simd: 2 },
];

beforeAll(() => {
  const model = randomModel(sizes, "threshold", 4);
  writeDesign(folder, designFiles(model, vectorsOf(model, 2, 1), { units }));
});

function prove(defines: string, sat: string): ReturnType<typeof run> {
  const { status, output } = run(folder, "make", "-B", "netlist");
  if (status !== 0) throw new Error(output);
  const read = `read_verilog -formal -DTOP=bnn -DIN_BITS=8 -DIN_BEATS=2 -DOUT_BEATS=3 ${defines} ${properties} build/bnn.v`;
  const prepare = "prep -flatten -top onebit_handshake; memory_map; opt -full";
  return run(folder, "yosys", "-q", "-p", `${read}; ${prepare}; sat -verify -prove-asserts -set-assumes ${sat}`);
}

const induction = "-tempinduct -seq 1 -maxsteps 8";

test("a beat that is offered stays until it is taken, by induction", () => {
  expect(prove("", induction).status).toBe(0);
});

test("the first result is whole and has an image", () => {
  const steps = 28;
  expect(fold(sizes, units).latency).toBeLessThan(steps - 3);
  expect(prove("-DBOUNDED", `-tempinduct-baseonly -seq 1 -maxsteps ${steps}`).status).toBe(0);
});

test("a design that drops beats is found out", () => {
  tamper(folder, "rtl/onebit_argmax.vhd", (text) => text.replace("out_ready or not valid_3", "out_ready or valid_2"));
  expect(prove("", induction).status).not.toBe(0);
});
