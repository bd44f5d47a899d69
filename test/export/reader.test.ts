/** reader.py, written from docs/conventions.md alone, classifies every image as `classify` does. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { encodeIdx } from "../../src/data/idx.ts";
import { exporters } from "../../src/export/formats.ts";
import { plainClassify } from "../../src/infer/plain.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomImages, randomModel } from "../model/random-model.ts";

const folder = mkdtempSync(join(tmpdir(), "onebit-reader-"));
afterAll(() => rmSync(folder, { recursive: true }));
const reader = fileURLToPath(new URL("reader.py", import.meta.url));

test.each([
  { kind: "threshold", order: "source", sizes: [784, 500, 1024, 1024, 10], count: 200 },
  { kind: "threshold", order: "target", sizes: [784, 65, 129, 10], count: 200 },
  { kind: "pixels", order: "source", sizes: [784, 63, 64, 10], count: 60 },
  { kind: "pixels", order: "target", sizes: [784, 10], count: 60 },
] as const)("$kind, $order order, $sizes", ({ kind, order, sizes, count }) => {
  const model = randomModel(sizes, kind, 6);
  const images = randomImages(count, 784, 6);
  const classes = Uint8Array.from(plainClassify(model, images, count));
  expect(new Set(classes).size).toBeGreaterThan(2);
  const labels = classes.map((c, i) => (i % 3 === 0 ? (c + 1) % 10 : c));
  for (const { name, chunks } of exporters.text(
    { model, info: {}, hash: modelHash(model) },
    { order, writer: "test" },
  )) {
    writeFileSync(join(folder, name), Buffer.concat([...chunks]));
  }
  writeFileSync(join(folder, "images"), encodeIdx([count, 28, 28], images));
  writeFileSync(join(folder, "labels"), encodeIdx([count], labels));
  const printed = execFileSync("python3", [reader, folder, join(folder, "images"), join(folder, "labels")], {
    encoding: "utf8",
  });
  expect(JSON.parse(printed)).toEqual({
    images: count,
    correct: count - Math.ceil(count / 3),
    sha256: createHash("sha256").update(classes).digest("hex"),
  });
});
