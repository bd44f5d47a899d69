/** `onebit export --format vhdl`, from a model's file to a folder. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeModel } from "../../src/model/file.ts";
import { randomModel } from "../model/random-model.ts";
import { onebit, temporaryFolder, writeBars } from "./harness.ts";

const at = temporaryFolder();
const vhdl = (...more: string[]) => onebit(["export", at("model.onebit"), "--format", "vhdl", ...more]);
const bars = () => ["--data", `idx:${at("bars")}`];

beforeAll(async () => {
  await writeBars(at("bars"));
  await writeFile(at("model.onebit"), encodeModel(randomModel([64, 16, 3], "threshold", 1)));
  await writeFile(at("pixels.onebit"), encodeModel(randomModel([64, 16, 3], "pixels", 1)));
});

describe("export --format vhdl", () => {
  it("writes a design with the first test images between one of 0 and one of 255", async () => {
    const { status, out, err } = await vhdl("--out", at("design"), "--vectors", "5", ...bars());
    expect({ status, err }).toEqual({ status: 0, err: "" });
    const written = out.trim().split("\n");
    expect(written).toContain(at("design", "rtl", "bnn.vhd"));
    const found = await readdir(at("design"), { recursive: true, withFileTypes: true });
    expect(found.filter((entry) => entry.isFile())).toHaveLength(written.length);
    const beats = (await readFile(at("design", "vectors", "stimulus.hex"), "utf8")).trim().split("\n");
    expect(beats).toHaveLength(8 * (2 + 5));
    expect(beats.slice(0, 16)).toEqual([...Array(8).fill("00"), ...Array(8).fill("ff")]);
    const results = (await readFile(at("design", "vectors", "expected.hex"), "utf8")).trim().split("\n");
    expect(results).toHaveLength(4 * (2 + 5));
  });

  it("needs no data set for no images", async () => {
    const { status } = await vhdl(
      "--out",
      at("none"),
      "--vectors",
      "0",
      "--name",
      "digits",
      "--input",
      "pixels",
      "--json",
    );
    expect(status).toBe(0);
    expect(await readFile(at("none", "rtl", "digits.vhd"), "utf8")).toContain("onebit_binarize");
    expect((await readFile(at("none", "vectors", "stimulus.hex"), "utf8")).trim().split("\n")).toHaveLength(16);
  });

  it("replaces a design only with --force", async () => {
    await vhdl("--out", at("twice"), "--vectors", "0");
    const again = await vhdl("--out", at("twice"), "--vectors", "0");
    expect(again.status).toBe(2);
    expect(again.err).toContain("exists already");
    expect((await vhdl("--out", at("twice"), "--vectors", "0", "--force")).status).toBe(0);
  });

  it("explains the folding and writes nothing", async () => {
    const { status, out } = await vhdl("--explain", "--cycles", "140", "--clock", "50");
    expect(status).toBe(0);
    expect(out).toBe(
      `layer    PE  SIMD  ROM rows  clocks  ROM bits  RAMB18  utilisation
64 → 16   1     8       128     129     1,136       1       99.2 %
16 → 3    1     1        48      49        48       1       37.2 %
total                           129     1,184       2

an image every 129 clocks, latency 199: 387,596 images/s at 50 MHz
`,
    );
    const json = JSON.parse((await vhdl("--explain", "--cycles", "140", "--clock", "50", "--json")).out);
    expect(json).toMatchObject({ beats: 8, interval: 129, latency: 199, imagesPerSecond: 387_596 });
    expect(json.layers[0]).toMatchObject({ pe: 1, simd: 8, rows: 128, romBits: 1136 });
  });

  it.each([
    [["--cycles", "5", "--explain"], "64-16-3 cannot take an image every 5 clocks", "The fewest are 9."],
    [["--cycles", "0", "--explain"], '--cycles does not take "0"', "It takes an integer of 1…"],
    [["--cycles", "9", "--preset", "mid", "--explain"], "cannot be used with option '--preset <preset>'", undefined],
    [["--name", "onebit", "--out", "x", "--vectors", "0"], '"onebit" cannot name a VHDL entity', "Give a lower-case"],
    [["--order", "target", "--out", "x"], "--order is of the format text, not of vhdl", undefined],
    [
      ["--out", "x", "--data", "mnist"],
      "the network takes samples of 64 numbers, but mnist has samples of 28 × 28 × 1",
      "--vectors 0",
    ],
    [["--out", "x", "--clock", "50"], "only --explain tells times, so --clock has nothing to do", "Leave it out."],
    [["--explain", "--force"], "without --out no files are written, so --force has nothing to do", "Leave it out."],
    [["--explain", "--vectors", "5"], "so --vectors has nothing to do", "Leave it out."],
    [["--out", "x", "--vectors", "0", "--data", "mnist"], "so --data has nothing to do", "Leave it out."],
    [["--preset", "mid"], "required option '--out <dir>' not specified", undefined],
  ])("%o exits 2 and says why", async (argv, message, hint) => {
    const { status, err } = await vhdl(...argv);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint ?? "");
  });

  it("changes a name that VHDL reserves", async () => {
    const { status, out } = await vhdl("--name", "Entity", "--out", at("reserved"), "--vectors", "0");
    expect(status).toBe(0);
    expect(out).toContain("entity_net.vhd");
  });

  it("takes no network that sums pixels", async () => {
    const { status, err } = await onebit(["export", at("pixels.onebit"), "--format", "vhdl", "--explain"]);
    expect(status).toBe(2);
    expect(err).toContain("sums 8-bit pixels");
  });
});
