import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bitMatrix, setBit } from "../../../src/core/bits.ts";
import { fold } from "../../../src/export/vhdl/folding.ts";
import { cores, simulation } from "../../../src/export/vhdl/generated/cores.ts";
import type { PlanOptions } from "../../../src/export/vhdl/plan.ts";
import { coeFile, memFile, mifFile, scoreRom, thresholdRom, weightRom } from "../../../src/export/vhdl/roms.ts";
import { expected, stimulus } from "../../../src/export/vhdl/vectors.ts";
import { type FrozenModel, outputOf } from "../../../src/model/model.ts";
import { randomModel } from "../../model/random-model.ts";
import { designFiles, vectorsOf } from "./design.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const model = randomModel([13, 7, 3], "threshold", 1);
const vectors = vectorsOf(model, 4, 1);
const files = (options: PlanOptions = {}, of: FrozenModel = model) => designFiles(of, vectors, options);

test("the cores are those of hdl/", () => {
  const read = (folder: string) =>
    Object.fromEntries(
      readdirSync(join(root, folder))
        .filter((name) => /\.vh?d?$/.test(name))
        .map((name) => [name, readFileSync(join(root, folder, name), "utf8")]),
    );
  expect(cores).toEqual(read("hdl"));
  expect(simulation).toEqual(read("hdl/sim"));
});

describe("docs/hdl", () => {
  const entities = Object.values({ ...cores, ...simulation }).flatMap((text) =>
    [...text.matchAll(/^entity (\w+) is\n([\s\S]*?)^end entity;/gm)].map(([, name, body]) => [name!, body!] as const),
  );
  test.each(entities)("%s: every generic and port", (name, body) => {
    const page = readFileSync(join(root, `docs/hdl/${name}.md`), "utf8");
    const names = [...body.matchAll(/^ {4}(\w+) *:/gm)].map(([, declared]) => declared);
    expect(names.length).toBeGreaterThan(4);
    for (const declared of names) expect(page).toContain(`\`${declared}\``);
  });
});

describe("memories", () => {
  const layer = fold([3, 3], [{ pe: 2, simd: 2 }]).layers[0]!;

  test("a one-hot weight lies where the core reads it; what does not exist is 1", () => {
    for (let neuron = 0; neuron < 3; neuron++) {
      for (let input = 0; input < 3; input++) {
        const weights = bitMatrix(3, 3);
        setBit(weights, neuron, input, 1);
        const { rows, width } = weightRom("w", weights, layer);
        expect(width).toBe(4);
        // Rows: neurons 0, 1 on inputs 0, 1; on 2; neuron 2 on inputs 0, 1; on 2. Bits: p · 2 + s, the highest first.
        const bits = ["0000", "1010", "1100", "1110"].map((row) => [...row]);
        bits[Math.floor(neuron / 2) * 2 + Math.floor(input / 2)]![3 - ((neuron % 2) * 2 + (input % 2))] = "1";
        expect(rows).toEqual(bits.map((row) => row.join("")));
      }
    }
  });

  test("thresholds, the first neuron lowest; a neuron that does not exist never fires", () => {
    expect(thresholdRom("t", Int32Array.of(0, 4, 2), layer)).toEqual({
      name: "t",
      width: 6,
      rows: ["100000", "111010"],
    });
  });

  test("scores in as many bits as they need", () => {
    const output = {
      ...outputOf(randomModel([3, 3], "threshold", 1)),
      scale: Int32Array.of(1, -2, 1),
      offset: Int32Array.of(0, 3, -4),
    };
    expect(scoreRom("scores", output).rows).toEqual(["01000", "10011", "01100"]);
  });

  test(".mem, .mif and .coe", () => {
    const rom = { name: "x", width: 5, rows: ["00001", "10000"] };
    expect(memFile(rom)).toBe("00001\n10000\n");
    expect(mifFile(rom)).toBe(
      "WIDTH=5;\nDEPTH=2;\nADDRESS_RADIX=UNS;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n  0 : 01;\n  1 : 10;\nEND;\n",
    );
    expect(coeFile(rom)).toBe("memory_initialization_radix=16;\nmemory_initialization_vector=\n01,\n10;\n");
  });
});

describe("vectors", () => {
  const images = Uint8Array.of(0, 100, 101, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const two = { images, scores: Int32Array.of(-1, 5, 5, 7, 7, 7), count: 2 };

  test("bits: pixel 0 is the lowest of the first beat; pixels are compared with >", () => {
    expect(stimulus(two, 9, 100, 1)).toBe("04\n01\n00\n00\n");
  });

  test("pixels of 8 bits", () => {
    expect(stimulus(two, 9, 100, 8).split("\n").slice(0, 2)).toEqual(["0000000000656400", "00000000000000ff"]);
  });

  test("scores and the lowest of the best classes", () => {
    expect(expected(two, 3).split("\n").slice(0, 8)).toEqual([
      "ffffffff",
      "00000005",
      "00000005",
      "00000001",
      "00000007",
      "00000007",
      "00000007",
      "00000000",
    ]);
  });

  test("refuses another number of pixels or scores, and none", () => {
    expect(() => stimulus(two, 8, 0, 1)).toThrow("18 pixels are not 2 vectors of 8");
    expect(() => expected(two, 4)).toThrow("6 scores are not 2 vectors of 4");
    expect(() => expected({ ...two, scores: new Int32Array(), count: 0 }, 3)).toThrow(
      "0 scores are not 0 vectors of 3",
    );
  });
});

describe("exportVhdl", () => {
  test("writes every part of the design", () => {
    const roms = ["weights_0", "weights_1", "thresholds_0", "scores"];
    expect(Object.keys(files()).sort()).toEqual(
      [
        ...Object.keys(cores).map((name) => `rtl/${name}`),
        ...Object.keys(simulation).map((name) => `sim/${name}`),
        ...roms.map((rom) => `rtl/bnn_${rom}.vhd`),
        ...roms.flatMap((rom) => ["mem", "mif", "coe"].map((kind) => `rom/${rom}.${kind}`)),
        "rtl/bnn.vhd",
        "rtl/bnn_pkg.vhd",
        "sim/bnn_tb.vhd",
        "sim/bnn_from_text.vhd",
        "vectors/stimulus.hex",
        "vectors/expected.hex",
        "text/weights.txt",
        "text/thresholds.txt",
        "text/scores.txt",
        "text/manifest.json",
        "Makefile",
        "README.md",
      ].sort(),
    );
  });

  test("is ASCII where a VHDL tool reads it, and has no constant of this machine", () => {
    for (const [name, text] of Object.entries(files())) {
      if (name !== "README.md") expect([name, /[^\x20-\x7e\n\t]/.exec(text)]).toEqual([name, null]);
    }
    expect(files()).toEqual(files());
  });

  test("the README tells clocks, latency and size", () => {
    const readme = files({ cycles: 513 })["README.md"]!;
    expect(readme).toContain("| 13 → 7 | 1 | 1 | 91 | 92 |");
    expect(readme).toMatch(
      /A new image every \*\*92 clocks\*\*, 1,086,956 images\/s at 100 MHz; a single image takes \d+ clocks/,
    );
    expect(readme).toContain("an image is a packet of 2 beats");
    expect(readme).not.toContain("undefined");
  });

  test("8-bit pixels, another name", () => {
    const all = files({ input: "pixels", name: "digits" });
    const threshold = model.encoder.kind === "threshold" && model.encoder.threshold;
    expect(all["rtl/digits.vhd"]).toContain(`THRESHOLD => ${threshold}, LANES => 8`);
    expect(all["rtl/digits_pkg.vhd"]).toContain("constant BEAT_BITS   : positive := 64;");
    expect(all["rtl/digits_weights_0.vhd"]).toContain("entity digits_weights_0 is");
  });

  test.each(["signal", "bus", "work", "Net", "2net", "a__b", "a_", "_a", "", "onebit_mvu", "a b", "a".repeat(65)])(
    'refuses the name "%s"',
    (name) => {
      expect(() => files({ name })).toThrow(
        expect.objectContaining({ code: "argument", message: `"${name}" cannot name a VHDL entity` }),
      );
    },
  );

  test("refuses a first layer that sums pixels", () => {
    const onPixels = randomModel([13, 7, 3], "pixels", 1);
    expect(() => files({}, onPixels)).toThrow(
      expect.objectContaining({ code: "model", message: expect.stringContaining("sums 8-bit pixels") }),
    );
  });

  test("refuses a model that is inconsistent", () => {
    const broken = { ...model, encoder: { kind: "threshold", threshold: 300 } } as const;
    expect(() => files({}, broken)).toThrow("the encoder's threshold is 300");
  });
});
