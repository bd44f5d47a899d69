/** The Python reader in docs/format.md reads what encodeModel writes. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { unpackSigns } from "../../src/core/bits.ts";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { hiddenOf, layerSizes, outputOf } from "../../src/model/model.ts";
import { randomModel } from "./random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "onebit-format-"));
afterAll(() => rmSync(folder, { recursive: true }));

const document = readFileSync(new URL("../../docs/format.md", import.meta.url), "utf8");
const [, reader = ""] = /```python\n([\s\S]*?)```/.exec(document) ?? [];

test("it has at most 40 lines", () => {
  expect(reader.split("\n").length - 1).toBeGreaterThan(0);
  expect(reader.split("\n").length - 1).toBeLessThanOrEqual(40);
});

/** What the reader prints of a file's bytes. */
function read(bytes: Uint8Array): unknown {
  writeFileSync(join(folder, "reader.py"), reader);
  writeFileSync(join(folder, "model.onebit"), bytes);
  return JSON.parse(
    execFileSync("python3", [join(folder, "reader.py"), join(folder, "model.onebit")], { encoding: "utf8" }),
  );
}

test.each(["threshold", "pixels"])("version 1, on %s", (kind) => {
  const bytes = new Uint8Array(readFileSync(new URL(`fixtures/version-1-${kind}.onebit`, import.meta.url)));
  const { model, hash } = decodeModel(bytes);
  expect(read(bytes)).toMatchObject({ layers: layerSizes(model), hash });
});

test.each([
  ["threshold", [784, 500, 129, 10]],
  ["pixels", [784, 65, 33, 10]],
  ["pixels", [5, 3]],
] as const)("a model on %s, %j", (kind, sizes) => {
  const model = { ...randomModel(sizes, kind, 4), shape: [sizes[0], 1] };
  expect(read(encodeModel(model, { note: "ü" }))).toEqual({
    layers: layerSizes(model),
    ones: model.layers.reduce((sum, { weights }) => sum + unpackSigns(weights).filter((w) => w === 1).length, 0),
    thresholds: hiddenOf(model).flatMap((layer) => [...layer.thresholds]),
    scores: [...outputOf(model).scale].flatMap((a, j) => [a, outputOf(model).offset[j]!]),
    hash: modelHash(model),
  });
});
