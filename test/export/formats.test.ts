import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { getBit, unpackSigns } from "../../src/core/bits.ts";
import { formatNames, formats } from "../../src/export/formats.ts";
import { decodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomModel } from "../model/random-model.ts";

const model = randomModel([20, 9, 3], "threshold", 1);
const file = { model, info: { note: "test" }, hash: modelHash(model) };

function filesOf(format: (typeof formatNames)[number]): Record<string, Uint8Array> {
  const files = formats[format](file, { writer: "test 1" });
  return Object.fromEntries(files.map(({ name, chunks }) => [name, Uint8Array.from(Buffer.concat([...chunks]))]));
}

const json = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

describe.each(formatNames)("%s", (format) => {
  test("says what it holds, and gives the same bytes again", () => {
    const files = filesOf(format);
    const manifest = json(files["manifest.json"]);
    const names = Object.keys(files).filter((name) => name !== "manifest.json");
    expect(manifest).toMatchObject({
      format: `onebit-${format}`,
      version: 1,
      writer: "test 1",
      model: file.hash,
      layers: [20, 9, 3],
      info: { note: "test" },
    });
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(filesOf(format)).toEqual(files);
    if (format !== "text") expect(decodeModel(files["model.onebit"]!)).toEqual(file);
  });

  test("refuses an inconsistent model", () => {
    const broken = { ...model, input: { kind: "threshold" as const, threshold: 256 } };
    expect(() => formats[format]({ ...file, model: broken }, { writer: "test" })).toThrow(/inconsistent/);
  });
});

test("npz: arrays in NumPy's own format", () => {
  const arrays = unzipSync(filesOf("npz")["model.npz"]!);
  expect(Object.keys(arrays).sort()).toEqual(
    ["input_threshold", "offset", "scale", "thresholds_0", "weights_0", "weights_1"].map((name) => `${name}.npy`),
  );
  const bytes = arrays["weights_0.npy"]!;
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  const start = 10 + bytes[8]! + 256 * bytes[9]!;
  expect(start % 64).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  expect(header).toMatch(/^\{'descr': '\|i1', 'fortran_order': False, 'shape': \(9, 20,\), \} *\n$/);
  expect(new Int8Array(bytes.slice(start).buffer)).toEqual(unpackSigns(model.hidden[0]!.weights));
});

test("json: rows of 0 and 1", () => {
  const { input, layers } = json(filesOf("json")["model.json"]);
  expect(input).toEqual(model.input);
  const { weights, thresholds } = model.hidden[0]!;
  expect(layers[0]).toMatchObject({ operand: "agreements", inputs: 20, thresholds: [...thresholds] });
  expect(layers[0].weights[4][7]).toBe(String(getBit(weights, 4, 7)));
  expect(layers[1]).toMatchObject({ scale: [...model.output.scale], offset: [...model.output.offset] });
});
