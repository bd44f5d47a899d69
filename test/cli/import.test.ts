/** `onebit import`: text files of onebit, and of tools that write no manifest. */

import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomModel, withOutput } from "../model/random-model.ts";
import { onebit, temporaryFolder } from "./harness.ts";

const at = temporaryFolder();
const model = {
  ...withOutput(randomModel([20, 9, 3], "threshold", 1), { scale: Int32Array.of(1, 1, 1), offset: new Int32Array(3) }),
  encoder: { kind: "threshold", threshold: 99 } as const,
};
const pixels = randomModel([20, 3], "pixels", 2);

/** Exports the model, and removes files of the export. */
async function exported(name: string, removed: readonly string[], ...options: string[]): Promise<string> {
  const { status } = await onebit(["export", at("model.onebit"), "--out", at(name), ...options]);
  expect(status).toBe(0);
  for (const file of removed) await rm(at(name, file));
  return at(name);
}

beforeAll(async () => {
  await writeFile(at("model.onebit"), encodeModel(model, { note: "x" }, ["a", "b", "c"]));
});

describe("with a manifest", () => {
  test("names of classes and info come back", async () => {
    const folder = await exported("whole", []);
    const { status } = await onebit(["import", folder, "--out", at("whole.onebit")]);
    expect(status).toBe(0);
    expect(await readFile(at("whole.onebit"))).toEqual(await readFile(at("model.onebit")));
  });

  test("flags may agree with it, and are refused where they do not", async () => {
    const folder = await exported("said", []);
    const flags = ["--layers", "20,9,3", "--binarize", "threshold:99", "--order", "source"];
    expect((await onebit(["import", folder, "--out", at("said.onebit"), ...flags])).status).toBe(0);
    for (const [flag, value, message] of [
      ["--layers", "20,8,3", "manifest.json says layers [20,9,3], not [20,8,3]"],
      ["--binarize", "none", 'says encoder {"kind":"threshold","threshold":99}, not {"kind":"pixels"}'],
      ["--order", "target", 'manifest.json says order "source", not "target"'],
    ] as const) {
      const { status, err } = await onebit(["import", folder, "--out", at("no.onebit"), flag, value]);
      expect(status).toBe(2);
      expect(err).toContain(message);
    }
  });
});

describe("without a manifest", () => {
  const flags = ["--layers", "20,9,3", "--binarize", "threshold:99"];

  test.each([
    ["source", ["manifest.json"], []],
    ["target", ["manifest.json"], ["--order", "target"]],
    ["no-scores", ["manifest.json", "scores.txt"], []],
  ] as const)("%s", async (name, removed, order) => {
    const folder = await exported(name, removed, ...order);
    const { status, err } = await onebit(["import", folder, "--out", at(`${name}.onebit`), ...flags, ...order]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(decodeModel(await readFile(at(`${name}.onebit`)))).toEqual({ model, info: {}, hash: modelHash(model) });
  });

  test("one layer on pixels needs no thresholds.txt", async () => {
    await writeFile(at("pixels.onebit"), encodeModel(pixels));
    await onebit(["export", at("pixels.onebit"), "--out", at("pixels")]);
    for (const file of ["manifest.json", "thresholds.txt"]) await rm(at("pixels", file));
    const { status } = await onebit([
      "import",
      at("pixels"),
      "--out",
      at("again.onebit"),
      "--layers",
      "20,3",
      "--binarize",
      "none",
    ]);
    expect(status).toBe(0);
    expect(decodeModel(await readFile(at("again.onebit"))).hash).toBe(modelHash(pixels));
  });

  test.each([
    [[], "manifest.json is missing", "--layers 784,500,10 --binarize threshold:127"],
    [["--layers", "20,9,3"], "manifest.json is missing", "--binarize"],
    [["--layers", "20,8,3", "--binarize", "none"], "weights.txt has 207 characters; its layers have 184 weights", ""],
    [["--layers", "20", "--binarize", "none"], '--layers does not take "20"', "784,500,10"],
    [["--layers", "20,0,3", "--binarize", "none"], "the model has the layers [20,0,3], not 2 … 256 widths", ""],
    [["--layers", "20,9,3", "--binarize", "threshold:256"], '--binarize does not take "threshold:256"', "none"],
    [["--layers", "20,9,3", "--binarize", "probability"], '--binarize does not take "probability"', "threshold:0"],
  ])("%j is refused", async (given, message, hint) => {
    const folder = at("bare");
    await cp(await exported("bare-export", ["manifest.json"], "--force"), folder, { recursive: true });
    const { status, err } = await onebit(["import", folder, "--out", at("no.onebit"), ...given]);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  test("a folder without weights is refused", async () => {
    const folder = await exported("nothing", ["manifest.json", "weights.txt"]);
    const { err } = await onebit(["import", folder, "--out", at("no.onebit"), ...flags]);
    expect(err).toContain("weights.txt is missing");
  });
});
