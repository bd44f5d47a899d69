/** The Python reader in docs/format.md reads what encodeModel writes. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { unpackSigns } from "../../src/core/bits.ts";
import { encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { layerSizes } from "../../src/model/model.ts";
import { randomModel } from "./random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "onebit-format-"));
afterAll(() => rmSync(folder, { recursive: true }));

const document = readFileSync(new URL("../../docs/format.md", import.meta.url), "utf8");
const [, reader = ""] = /```python\n([\s\S]*?)```/.exec(document) ?? [];

test("it has at most 40 lines", () => {
  expect(reader.split("\n").length - 1).toBeGreaterThan(0);
  expect(reader.split("\n").length - 1).toBeLessThanOrEqual(40);
});

test.each([
  ["threshold", [784, 500, 129, 10]],
  ["pixels", [784, 65, 33, 10]],
  ["pixels", [5, 3]],
] as const)("a model on %s, %j", (kind, sizes) => {
  const model = randomModel(sizes, kind, 4);
  writeFileSync(join(folder, "reader.py"), reader);
  writeFileSync(join(folder, "model.onebit"), encodeModel(model, { note: "ü" }));
  const printed = execFileSync("python3", [join(folder, "reader.py"), join(folder, "model.onebit")], {
    encoding: "utf8",
  });
  const layers = [...model.hidden, model.output];
  expect(JSON.parse(printed)).toEqual({
    layers: layerSizes(model),
    ones: layers.reduce((sum, { weights }) => sum + unpackSigns(weights).filter((w) => w === 1).length, 0),
    thresholds: model.hidden.flatMap((layer) => [...layer.thresholds]),
    scores: [...model.output.scale].flatMap((a, j) => [a, model.output.offset[j]!]),
    hash: modelHash(model),
  });
});
