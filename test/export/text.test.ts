import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bitMatrix, setBit } from "../../src/core/bits.ts";
import { OnebitError } from "../../src/core/errors.ts";
import { below, randomWords } from "../../src/core/random.ts";
import { exporters } from "../../src/export/formats.ts";
import type { Order } from "../../src/export/text/layout.ts";
import { importText, TEXT_FILES } from "../../src/export/text/read.ts";
import type { ModelInfo } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import type { FrozenModel } from "../../src/model/model.ts";
import { randomModel, stacked, withHidden } from "../model/random-model.ts";

type Files = Record<string, Uint8Array>;

/** The files of the format text. */
function exportText(model: FrozenModel, options: { order?: Order; info?: ModelInfo } = {}) {
  const { info = {}, ...rest } = options;
  return exporters.text({ model, info, hash: modelHash(model) }, { writer: "onebit test", ...rest });
}

function files(model: FrozenModel, options: { order?: Order; info?: ModelInfo } = {}): Files {
  const exported = exportText(model, options);
  return Object.fromEntries(exported.map(({ name, chunks }) => [name, Uint8Array.from(Buffer.concat([...chunks]))]));
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

/** 3 pixels → 2 neurons → 2 classes. Neuron 0: + − −, neuron 1: − + +; class 0: + −, class 1: − −. */
const tiny: FrozenModel = (() => {
  const hidden = bitMatrix(2, 3);
  setBit(hidden, 0, 0, 1);
  setBit(hidden, 1, 1, 1);
  setBit(hidden, 1, 2, 1);
  const output = bitMatrix(2, 2);
  setBit(output, 0, 0, 1);
  return stacked(
    { kind: "threshold", threshold: 99 },
    [{ operand: "agreements", weights: hidden, thresholds: Int32Array.of(4, 1) }],
    { operand: "agreements", weights: output, scale: Int32Array.of(7, -8), offset: Int32Array.of(0, 21) },
  );
})();

describe("exportText", () => {
  test("writes the four files", () => {
    expect(exportText(tiny).map(({ name }) => name)).toEqual([...TEXT_FILES]);
  });

  test("weights by source neuron: for each input its edges to every neuron", () => {
    expect(text(files(tiny)["weights.txt"])).toBe("10" + "01" + "01" + "10" + "00");
  });

  test("weights by target neuron: for each neuron its edges from every input", () => {
    expect(text(files(tiny, { order: "target" })["weights.txt"])).toBe("100" + "011" + "10" + "00");
  });

  test("thresholds, most significant bit first, and scores", () => {
    expect(text(files(tiny)["thresholds.txt"])).toBe("100\n001\n");
    expect(text(files(tiny)["scores.txt"])).toBe("7 0\n-8 21\n");
  });

  test("a threshold on pixels in two's complement", () => {
    const summed = withHidden(tiny, 0, { operand: "sum", thresholds: Int32Array.of(-765, 766) });
    const model: FrozenModel = { ...summed, encoder: { kind: "pixels" } };
    // 1 + ceil(log2(255 · 3 + 2)) = 11 bits
    expect(text(files(model)["thresholds.txt"])).toBe("10100000011\n01011111110\n");
  });

  test("the manifest", () => {
    const all = files(tiny, { info: { accuracy: 0.5 } });
    const entry = (name: string) => ({
      name,
      length: all[name]!.length,
      sha256: createHash("sha256").update(all[name]!).digest("hex"),
    });
    expect(JSON.parse(text(all["manifest.json"]))).toEqual({
      format: "onebit-text",
      version: 1,
      writer: "onebit test",
      model: modelHash(tiny),
      input: { kind: "threshold", threshold: 99 },
      layers: [3, 2, 2],
      order: "source",
      bits: { "0": -1, "1": 1 },
      comparison: ">=",
      thresholds: [{ operand: "agreements", bits: 3, encoding: "unsigned" }],
      files: ["weights.txt", "thresholds.txt", "scores.txt"].map(entry),
      info: { accuracy: 0.5 },
    });
  });

  test("the report's network: 1,962,816 characters, a write per layer, 10, 9 and 11 bits a threshold", () => {
    const model = randomModel([784, 500, 1024, 1024, 10], "threshold", 1);
    const [weights, thresholds] = exportText(model);
    expect(weights!.chunks.map((chunk) => chunk.length)).toEqual([392_000, 512_000, 1_048_576, 10_240]);
    expect(weights!.chunks.slice(0, 3).reduce((sum, chunk) => sum + chunk.length, 0)).toBe(1_952_576);
    expect(text(Buffer.concat([...weights!.chunks]))).toMatch(/^[01]{1962816}$/);
    expect(thresholds!.chunks.map((chunk) => text(chunk).indexOf("\n"))).toEqual([10, 9, 11]);
    const onPixels = exportText(randomModel([784, 2, 2], "pixels", 1));
    expect(text(onPixels[1]!.chunks[0]).indexOf("\n")).toBe(19);
  });
});

describe("importText", () => {
  const shapes = [
    [1, 1],
    [1, 1, 1],
    [9, 5, 4, 3],
    [65, 129, 64, 10],
    [784, 500, 10],
  ];
  const cases = shapes.flatMap((sizes) =>
    (["threshold", "pixels"] as const).flatMap((kind) =>
      (["source", "target"] as const).map((order) => ({ sizes, kind, order })),
    ),
  );
  test.each(cases)("reads $sizes on $kind in $order order back", ({ sizes, kind, order }) => {
    const model = randomModel(sizes, kind, 5);
    const info = { training: "none" };
    expect(importText(files(model, { order, info }))).toEqual({ model, info, hash: modelHash(model) });
  });

  test("reads what another tool wrote: the least manifest", () => {
    const manifest = {
      format: "onebit-text",
      version: 1,
      input: { kind: "threshold", threshold: 99 },
      layers: [3, 2, 2],
      order: "target",
    };
    const written = { ...files(tiny, { order: "target" }), "manifest.json": bytes(JSON.stringify(manifest)) };
    expect(importText(written)).toEqual({ model: tiny, info: {}, hash: modelHash(tiny) });
  });
});

describe("importText refuses", () => {
  const all = files(tiny);
  const manifest = JSON.parse(text(all["manifest.json"])) as Record<string, unknown>;
  /** The files of `tiny` with some changed, without lengths, SHA-256 and hash. */
  const changed = (change: Record<string, string>): Files => ({
    ...all,
    "manifest.json": bytes(JSON.stringify({ ...manifest, files: [], model: undefined })),
    ...Object.fromEntries(Object.entries(change).map(([name, content]) => [name, bytes(content)])),
  });
  const said = (change: Record<string, unknown>): Files => ({
    ...all,
    "manifest.json": bytes(JSON.stringify({ ...manifest, ...change })),
  });
  const without = (name: string): Files => Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));

  test.each<[string, Files]>([
    ["weights.txt is missing", without("weights.txt")],
    ["thresholds.txt is missing", without("thresholds.txt")],
    ["scores.txt is missing", without("scores.txt")],
    ["manifest.json is missing", without("manifest.json")],
    ["manifest.json is not JSON", { ...all, "manifest.json": bytes("{") }],
    ["manifest.json is not JSON", { ...all, "manifest.json": Uint8Array.of(0xff) }],
    ['manifest.json does not say "format": "onebit-text"', said({ format: "other" })],
    ["manifest.json does not say", { ...all, "manifest.json": bytes("null") }],
    ["manifest.json is of version 2; this onebit reads 1", said({ version: 2 })],
    ['manifest.json compares by ">"; onebit by >=', said({ comparison: ">" })],
    ['manifest.json gives bits the meaning {"0":1,"1":-1}', said({ bits: { 0: 1, 1: -1 } })],
    ["manifest.json has the unknown encoder", said({ input: { kind: "probability" } })],
    ["manifest.json has the layers [3], not 2 … 256 widths", said({ layers: [3] })],
    ['manifest.json has the order "rows"', said({ order: "rows" })],
    ["manifest.json has the order undefined", said({ order: undefined })],
    ["manifest.json has files that are not a list", said({ files: { name: "weights.txt" } })],
    ["manifest.json lists a file without a name", said({ files: [{ length: 1 }] })],
    ["other.txt is missing", said({ files: [{ name: "other.txt" }] })],
    ['manifest.json names its model "00", but the files hold', said({ model: "00" })],
    [
      "the imported model is inconsistent: the encoder's threshold is 300",
      said({ input: { kind: "threshold", threshold: 300 } }),
    ],
    ["weights.txt has 11 bytes; the manifest says 10", { ...all, "weights.txt": bytes("10010110001") }],
    ["weights.txt was altered", { ...all, "weights.txt": bytes("1001011001") }],
    ["thresholds.txt was altered", { ...all, "thresholds.txt": bytes("100\n000\n") }],
    ["scores.txt was altered", { ...all, "scores.txt": bytes("7 0\n-8 20\n") }],
    ["weights.txt has 11 characters; its layers have 10", changed({ "weights.txt": "1001011000\n" })],
    ["weights.txt has 9 characters", changed({ "weights.txt": "100101100" })],
    ['weights.txt has "2" at character 6 (counted from 1)', changed({ "weights.txt": "1001021000" })],
    ['weights.txt has "\\n" at character 10', changed({ "weights.txt": "100101100\n" })],
    ["thresholds.txt has 7 characters; lines of 3 bits", changed({ "thresholds.txt": "100\n001" })],
    ["thresholds.txt has 10 characters", changed({ "thresholds.txt": "100\r\n001\r\n" })],
    ['thresholds.txt has "-" at character 5', changed({ "thresholds.txt": "100\n-01\n" })],
    ["thresholds.txt has no newline at character 4", changed({ "thresholds.txt": "1000001\n" })],
    [
      "the imported model is inconsistent: layers[0], neuron 1: the threshold is 5, not 0 … 4",
      changed({ "thresholds.txt": "100\n101\n" }),
    ],
    ["scores.txt does not end with a newline", changed({ "scores.txt": "7 0\n-8 21" })],
    ["scores.txt has 3 lines for 2 classes", changed({ "scores.txt": "7 0\n-8 21\n1 1\n" })],
    ['scores.txt has "7  0" in line 1', changed({ "scores.txt": "7  0\n-8 21\n" })],
    ['scores.txt has "-8 2.5" in line 2', changed({ "scores.txt": "7 0\n-8 2.5\n" })],
    ['scores.txt has "2147483648 0" in line 1', changed({ "scores.txt": "2147483648 0\n-8 21\n" })],
    [
      "the imported model is inconsistent: layers[1], class 0: scores of 2147483647",
      changed({ "scores.txt": "2147483647 0\n-8 21\n" }),
    ],
  ])("%s", (message, broken) => {
    expect(() => importText(broken)).toThrow(
      expect.objectContaining({ code: "model", message: expect.stringContaining(message) }),
    );
  });

  test("each of 2,000 altered bytes in the three text files", () => {
    const next = randomWords(1, "text mutations");
    const model = randomModel([9, 5, 4, 3], "pixels", 1);
    const whole = files(model, { order: ["source", "target"][next() & 1] as Order });
    for (let run = 0; run < 2000; run++) {
      const name = TEXT_FILES[below(next(), 3)]!;
      const copy = whole[name]!.slice();
      copy[below(next(), copy.length)]! ^= 1 + below(next(), 255);
      expect(() => importText({ ...whole, [name]: copy })).toThrow(OnebitError);
    }
  });
});
