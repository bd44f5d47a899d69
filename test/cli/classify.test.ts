import { mkdir, readdir, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { bitMatrix, setBit } from "../../src/core/bits.ts";
import { encodeIdx } from "../../src/data/idx.ts";
import { encodePng } from "../../src/images/png/encode.ts";
import { encodeModel } from "../../src/model/file.ts";
import type { FrozenModel } from "../../src/model/model.ts";
import { namedDataSets } from "../../src/node/data-sets.ts";
import { randomModel, stacked } from "../model/random-model.ts";
import { onebit, temporaryFolder } from "./harness.ts";

const at = temporaryFolder();

/** Class 0 has ink above the middle, class 1 below it, of 28 × 28. */
const halves: FrozenModel = (() => {
  const weights = bitMatrix(2, 784);
  for (let k = 0; k < 392; k++) setBit(weights, 0, k, 1);
  for (let k = 392; k < 784; k++) setBit(weights, 1, k, 1);
  const ones = Int32Array.of(1, 1);
  const output = { operand: "agreements", weights, scale: ones, offset: Int32Array.of(0, 0) } as const;
  return stacked({ kind: "threshold", threshold: 127 }, [], output);
})();

const images = new Uint8Array(2 * 784);
images.fill(255, 0, 100);
images.fill(255, 784 + 500, 784 + 600);

beforeAll(async () => {
  await writeFile(at("halves.onebit"), encodeModel(halves));
  await writeFile(at("two.idx"), encodeIdx([2, 28, 28], images));
  const pixels = new Uint8Array(100 * 100);
  for (let r = 10; r < 90; r++) pixels.fill(255, r * 100 + 45, r * 100 + 55);
  await writeFile(at("one.png"), await encodePng({ width: 100, height: 100, pixels }));
  // With a foot, whose ink is close to the centre of mass: more pixels lie below the middle than above it.
  for (let r = 80; r < 90; r++) pixels.fill(255, r * 100 + 15, r * 100 + 85);
  await writeFile(at("foot.png"), await encodePng({ width: 100, height: 100, pixels }));
  // Upside down.
  await writeFile(at("head.pgm"), Buffer.concat([Buffer.from("P5 100 100 255\n"), pixels.toReversed()]));
});

describe("classify", () => {
  test("images of an IDX file, as they are", async () => {
    const { status, out } = await onebit(["classify", at("halves.onebit"), at("two.idx"), "--json"]);
    expect(status).toBe(0);
    const rows = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      { image: `${at("two.idx")}, image 0`, label: 0, class: "0", scores: [492, 292] },
      { image: `${at("two.idx")}, image 1`, label: 1, class: "1", scores: [292, 492] },
    ]);
  });

  test("a PNG file, fitted, and shows what the network sees", async () => {
    const { status, out, err } = await onebit(["classify", at("halves.onebit"), at("one.png")]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    const lines = out.split("\n");
    expect(lines[13]).toBe(" ".repeat(28));
    expect(lines[7]).toMatch(/^ {12,13}█{2,3} {12,13}$/);
    // As much ink above the middle as below it: of equal scores the lowest class wins.
    expect(lines[14]).toBe(`${at("one.png")}: 0`);
    expect(lines[15]).toBe("scores 0: 392  1: 392");
  });

  test.each([
    ["foot.png", 1],
    ["head.pgm", 0],
  ])("the class of the greatest score: %s is %d", async (name, expected) => {
    const text = await onebit(["classify", at("halves.onebit"), at(name)]);
    expect(text.out).toContain(`\n${at(name)}: ${expected}\n`);
    const { out } = await onebit(["classify", at("halves.onebit"), at(name), "--json"]);
    const { label, scores } = JSON.parse(out);
    expect(label).toBe(expected);
    expect(scores[expected]).toBeGreaterThan(scores[1 - expected]);
    expect(scores[0] + scores[1]).toBe(784);
  });

  test("class names, where the model was trained on a set that has them", async () => {
    const file = encodeModel(randomModel([784, 10], "threshold", 1), { config: { data: "fashion-mnist:3000" } });
    await writeFile(at("fashion.onebit"), file);
    const { out } = await onebit(["classify", at("fashion.onebit"), at("one.png"), "--json"]);
    const { label, class: name, scores } = JSON.parse(out);
    expect(name).toBe(namedDataSets.find((set) => set.name === "fashion-mnist")!.classes[label]);
    expect(scores).toHaveLength(10);
    const text = await onebit(["classify", at("fashion.onebit"), at("one.png")]);
    expect(text.out).toContain(`${at("one.png")}: ${name}\n`);
    expect(text.out).toMatch(/scores T-shirt\/top: \d+ {2}Trouser: \d+/);
  });

  test("samples of features have no picture, and labels are no samples", async () => {
    await writeFile(at("features.idx"), encodeIdx([1, 784], images.subarray(0, 784)));
    const { out } = await onebit(["classify", at("halves.onebit"), at("features.idx")]);
    expect(out).toBe(`${at("features.idx")}: 0\nscores 0: 492  1: 292\n`);
    await writeFile(at("labels.idx"), encodeIdx([2], Uint8Array.of(0, 1)));
    const { err } = await onebit(["classify", at("halves.onebit"), at("labels.idx")]);
    expect(err).toContain("holds 2 labels, not samples");
  });

  test("shades for a network on pixels", async () => {
    await writeFile(at("pixels.onebit"), encodeModel(randomModel([784, 9, 3], "pixels", 1)));
    const { out } = await onebit(["classify", at("pixels.onebit"), at("one.png")]);
    const lines = out.split("\n");
    expect(lines[14]).toMatch(/^ +█+ +$/);
    expect(lines[14]).toHaveLength(56);
  });

  test.each<[string, string, () => Promise<string[]>]>([
    ["file", "does not exist", async () => [at("halves.onebit"), at("none.png")]],
    [
      "data",
      "is empty",
      async () => {
        await writeFile(at("empty"), "");
        return [at("halves.onebit"), at("empty")];
      },
    ],
    [
      "data",
      "is neither PNG, PGM nor IDX",
      async () => {
        await writeFile(at("photo.jpg"), Uint8Array.of(0xff, 0xd8, 0xff));
        return [at("halves.onebit"), at("photo.jpg")];
      },
    ],
    [
      "shape",
      "halves.onebit takes samples of 784 numbers, but",
      async () => {
        await writeFile(at("small.idx"), encodeIdx([1, 5, 5], new Uint8Array(25)));
        return [at("halves.onebit"), at("small.idx")];
      },
    ],
    [
      "shape",
      "odd.onebit takes 20 numbers, which are not the pixels of a square picture",
      async () => {
        await writeFile(at("odd.onebit"), encodeModel(randomModel([20, 3], "threshold", 1)));
        return [at("odd.onebit"), at("one.png")];
      },
    ],
  ])("refuses (%s): %s", async (code, message, argv) => {
    const { status, err } = await onebit(["classify", ...(await argv()), "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(err).error).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

test("bench times both engines, one image at a time and 100 together", async () => {
  await writeFile(at("tiny.onebit"), encodeModel(randomModel([9, 3], "threshold", 1)));
  const { status, out } = await onebit(["bench", at("tiny.onebit"), "--json"]);
  expect(status).toBe(0);
  const { layers, rows } = JSON.parse(out);
  expect(layers).toEqual([9, 3]);
  expect(rows.map(({ engine, batch }: { engine: string; batch: number }) => [engine, batch])).toEqual([
    ["wasm", 1],
    ["wasm", 100],
    ["plain", 1],
    ["plain", 100],
  ]);
  for (const { least, median, most } of rows) {
    expect(least).toBeGreaterThan(0);
    expect(median).toBeGreaterThanOrEqual(least);
    expect(most).toBeGreaterThanOrEqual(median);
  }
});

test("a folder that is not empty is not exported into, and nothing is written", async () => {
  await mkdir(at("full"));
  await writeFile(at("full", "mine"), "");
  const argv = ["export", at("halves.onebit"), "--format", "c", "--out", at("full")];
  expect((await onebit(argv)).err).toContain("exists already and is not empty");
  expect(await readdir(at("full"))).toEqual(["mine"]);
  expect((await onebit([...argv, "--force"])).status).toBe(0);
  expect(await readdir(at("full"))).toContain("model.c");
});
