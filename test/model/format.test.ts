/** docs/format.md suffices alone: the reader there, in Python, gives the scores of what encodeModel writes, and the tables and
 *  the example say what the code does. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bytesText, MAX_FILE, MAX_PIXELS, MAX_SIDE, MAX_TEXT } from "../../src/core/limits.ts";
import { ROOM_FOR_MORE } from "../../src/images/png/chunks.ts";
import { best, plainScores } from "../../src/infer/plain.ts";
import { decodeModel, encodeModel, MAX_HEADER } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import {
  classesOf,
  type FrozenEncoder,
  type FrozenLayer,
  type FrozenModel,
  hiddenOf,
  inputsOf,
  layerSizes,
  MAX_LAYERS,
  MAX_WIDTH,
  outputOf,
} from "../../src/model/model.ts";
import { MAX_RANK } from "../../src/model/parse.ts";
import { MAX_HEADER as MAX_CHECKPOINT_HEADER } from "../../src/train/checkpoint.ts";
import { exampleClasses, exampleModel } from "./example.ts";
import { randomImages, randomModel } from "./random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "onebit-format-"));
afterAll(() => rmSync(folder, { recursive: true }));

const document = readFileSync(new URL("../../docs/format.md", import.meta.url), "utf8");
const [, reader = ""] = /```python\n([\s\S]*?)```/.exec(document) ?? [];

/** The cells of the table behind a heading, without its head. */
function table(head: string): string[][] {
  const lines = document
    .slice(document.indexOf(`\n${head}`))
    .split("\n")
    .slice(1);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What the reader prints of a file's bytes, and of samples. */
function read(bytes: Uint8Array, samples: Uint8Array): unknown {
  const [script, file, numbers] = ["reader.py", "model.onebit", "samples"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(script, reader);
  writeFileSync(file, bytes);
  writeFileSync(numbers, samples);
  return JSON.parse(execFileSync("python3", [script, file, numbers], { encoding: "utf8" }));
}

/** Scores as rows, a row a sample. */
function scoreRows(model: FrozenModel, samples: Uint8Array): number[][] {
  const count = samples.length / inputsOf(model);
  const [scores, classes] = [plainScores(model, samples, count), classesOf(model)];
  return Array.from({ length: count }, (_, i) => [...scores.subarray(i * classes, (i + 1) * classes)]);
}

describe("the reader", () => {
  test("has at most 75 lines", () => {
    expect(reader.split("\n").length - 1).toBeGreaterThan(0);
    expect(reader.split("\n").length - 1).toBeLessThanOrEqual(75);
  });

  test.each(["threshold", "pixels"])("reads version 1, on %s", (kind) => {
    const bytes = new Uint8Array(readFileSync(new URL(`fixtures/version-1-${kind}.onebit`, import.meta.url)));
    const { model, hash } = decodeModel(bytes);
    const samples = randomImages(4, inputsOf(model), 1);
    expect(read(bytes, samples)).toMatchObject({ layers: layerSizes(model), hash, scores: scoreRows(model, samples) });
  });

  test.each([
    ["threshold", [784, 500, 129, 10]],
    ["pixels", [784, 65, 33, 10]],
    ["pixels", [5, 3]],
    ["threshold", [9, 1, 2]],
  ] as const)("reads a model on %s, %j, and gives its scores", (kind, sizes) => {
    const model = { ...randomModel(sizes, kind, 4), shape: [sizes[0], 1] };
    const samples = randomImages(6, sizes[0], 2);
    expect(read(encodeModel(model, { note: "ü" }), samples)).toEqual({
      layers: layerSizes(model),
      hash: modelHash(model),
      thresholds: hiddenOf(model).flatMap((layer) => [...layer.thresholds]),
      pairs: [...outputOf(model).scale].map((a, j) => [a, outputOf(model).offset[j]!]),
      scores: scoreRows(model, samples),
    });
  });
});

describe("the example", () => {
  test("is the bytes that encodeModel writes", () => {
    const lines = [...document.matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?){1,16}) /gm)];
    const bytes = lines.flatMap(([, hex]) => hex!.trim().split(" ")).map((byte) => Number.parseInt(byte, 16));
    expect(bytes).toEqual([...encodeModel(exampleModel, {}, exampleClasses)]);
  });

  test("comes to the scores of the table", () => {
    const rows = table("| sample | bits |");
    expect(rows).toHaveLength(3);
    for (const [sample, , , , , scores, name] of rows) {
      const numbers = Uint8Array.from(sample!.split(" "), Number);
      const expected = plainScores(exampleModel, numbers, 1);
      expect(scores!.replaceAll("−", "-").split(" ").map(Number)).toEqual([...expected]);
      expect(name).toBe(exampleClasses[best(expected, 2)[0]!]);
    }
  });
});

describe("the tables", () => {
  test("have the keys of a header", () => {
    const bytes = encodeModel(exampleModel, {}, exampleClasses);
    const length = new DataView(bytes.buffer).getUint32(12, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length)));
    expect(table("| key | value |").map(([key]) => key)).toEqual(Object.keys(header).map((key) => `\`${key}\``));
  });

  test("have every kind of encoder and of layer", () => {
    const encoders: Readonly<Record<FrozenEncoder["kind"], true>> = { threshold: true, pixels: true };
    const layers: Readonly<Record<FrozenLayer["kind"], true>> = { dense: true, output: true };
    const kindsOf = (rows: string[][], pattern: RegExp) => new Set(rows.map(([cell]) => pattern.exec(cell!)?.[1]));
    expect(kindsOf(table("| encoder | input x"), /"kind":"(\w+)"/)).toEqual(new Set(Object.keys(encoders)));
    expect(kindsOf(table("| layer | on |"), /^`(\w+)`/)).toEqual(new Set(Object.keys(layers)));
  });

  test("have the limits", () => {
    const number = (value: number) => value.toLocaleString("en");
    expect(table("| of | at most |")).toEqual([
      ["a `.onebit` file: header", bytesText(MAX_HEADER)],
      ["a `.onebit` file: layers", number(MAX_LAYERS)],
      ["a `.onebit` file: inputs or neurons of a layer", number(MAX_WIDTH)],
      ["a `.onebit` file: sizes of a shape", number(MAX_RANK)],
      ["a picture (PNG, PGM): pixels", number(MAX_PIXELS)],
      ["a picture (PNG, PGM): pixels of a side", number(MAX_SIDE)],
      ["a PNG: bytes beside its rows", bytesText(ROOM_FOR_MORE)],
      ["IDX, gzipped or not: bytes it holds", bytesText(MAX_FILE)],
      ["a checkpoint: header", bytesText(MAX_CHECKPOINT_HEADER)],
      ["JSON (configuration, result)", bytesText(MAX_TEXT)],
      ["any file", bytesText(MAX_FILE)],
    ]);
  });
});
