/** Exports of awkward networks, run with whatever this machine has. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { describe, expect, test } from "vitest";
import { withHost } from "../../src/cli/verify/host.ts";
import { exportFiles, type Format } from "../../src/export/format.ts";
import { formatNames, formats } from "../../src/export/formats.ts";
import { takeOptions } from "../../src/export/options.ts";
import { testImages } from "../../src/export/vectors.ts";
import { plainScores } from "../../src/infer/plain.ts";
import { encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { classesOf, type FrozenModel } from "../../src/model/model.ts";
import { randomModel, withOutput } from "../model/random-model.ts";
import { captured, onebit, temporaryFolder } from "./harness.ts";

const at = temporaryFolder();
const isProgram = (name: string) => spawnSync(name, ["--version"]).error === undefined;
const here = () => captured({ env: process.env });

interface Row {
  readonly target: string;
  readonly images?: number;
  readonly mismatches?: number;
  readonly missing?: readonly string[];
  readonly error?: string;
}

async function exported(model: FrozenModel, name: string, format: string, ...options: string[]): Promise<string> {
  const [file, folder] = [at(`${name}.onebit`), at(`${name}-${format}`)];
  await writeFile(file, encodeModel(model));
  const { status, err } = await onebit(["export", file, "--format", format, "--out", folder, ...options]);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  return folder;
}

async function verify(folder: string): Promise<{ status: number; rows: Row[] }> {
  const { status, out } = await onebit(["verify", folder, "--json"], here());
  return { status, rows: JSON.parse(out).rows };
}

/** Every score of a class at 0, as a head of one scale has them. */
function agreementHead(model: FrozenModel): FrozenModel {
  const classes = classesOf(model);
  return withOutput(model, { scale: new Int32Array(classes).fill(1), offset: new Int32Array(classes) });
}

/** Scores that float32 does not hold. */
function wideHead(model: FrozenModel): FrozenModel {
  const scale = Int32Array.from({ length: classesOf(model) }, (_, j) => 1_000_003 + j);
  return withOutput(model, { scale, offset: scale.map((a) => -9 * a + 1) });
}

const nets: readonly [name: string, model: FrozenModel][] = [
  ["one layer", randomModel([784, 10], "threshold", 1)],
  ["one layer on pixels", randomModel([50, 3], "pixels", 2)],
  ["one neuron", randomModel([1, 1, 1], "threshold", 3)],
  ["one neuron on pixels", randomModel([33, 1, 1], "pixels", 4)],
  ["odd widths", agreementHead(randomModel([129, 65, 33, 31, 7], "threshold", 5))],
  ["odd widths on pixels", randomModel([147, 65, 127, 2], "pixels", 6)],
  ["wide scores", wideHead(randomModel([257, 18, 5], "threshold", 7))],
  ["threshold 255", { ...randomModel([20, 9, 3], "threshold", 8), encoder: { kind: "threshold", threshold: 255 } }],
];

describe.each(formatNames)("%s", (format) => {
  // The accelerator takes binarized images alone; test/cli/export-vhdl.test.ts holds what it says to others.
  test.each(nets.filter(([, { encoder }]) => format !== "vhdl" || encoder.kind === "threshold"))(
    "%s",
    async (name, model) => {
      const { status, rows } = await verify(await exported(model, name.replaceAll(" ", "-"), format));
      expect(rows.filter(({ error, mismatches = 0 }) => error !== undefined || mismatches > 0)).toEqual([]);
      expect(status).toBe(0);
      expect(rows[0]).toEqual({ target: "SHA-256 of the files" });
      const names = rows.filter(({ missing }) => missing === undefined).map(({ target }) => target);
      if (format.endsWith("onnx")) expect(names).toContain("onnxruntime-web"); // a development dependency
    },
  );
});

describe("a bad export", () => {
  test("is told apart from none", async () => {
    await mkdir(at("nothing"));
    expect(await onebit(["verify", at("nothing")])).toMatchObject({ status: 2, err: expect.stringContaining("exist") });
    await writeFile(at("nothing", "manifest.json"), '{"format": "onebit-morse"}');
    expect((await onebit(["verify", at("nothing")])).err).toContain("is not of an export that can be verified");
    await writeFile(at("nothing", "manifest.json"), '{"format": "onebit-c", "model": 1}');
    expect((await onebit(["verify", at("nothing")])).err).toContain("does not list its model and files");
    await writeFile(at("nothing", "manifest.json"), "{");
    expect((await onebit(["verify", at("nothing")])).err).toContain("manifest.json is not JSON");
  });

  test("of another model than it says is refused", async () => {
    const folder = await exported(randomModel([9, 3], "threshold", 1), "other", "json");
    await writeFile(`${folder}/model.onebit`, encodeModel(randomModel([9, 3], "threshold", 2)));
    expect((await onebit(["verify", folder])).err).toMatch(/names its model \w+, but holds \w+/);
  });
});

describe("a target", () => {
  const model = randomModel([30, 9, 3], "threshold", 1);
  const images = testImages(model, 40);
  const expected = plainScores(model, images, 40);
  // Of two images, one score each is another one.
  const wrong = expected.map((score, i) => (i === 4 || i === 60 ? score + 1 : score));
  const subject = { model, images, count: 40, expected: wrong };

  test.each(formatNames.filter((name) => name !== "vhdl"))("%s counts images with another score", async (name) => {
    const format = formats[name] as Format;
    const files = exportFiles(format, { model, info: {}, hash: modelHash(model) });
    const contents = new Map(files.map((file) => [file.name, new Uint8Array(Buffer.concat([...file.chunks]))]));
    const options = takeOptions(format.id, format.options, {});
    const box = { env: process.env, foreign: at("nowhere") };
    await withHost(contents, box, new AbortController().signal, async (host) => {
      for (const target of format.targets.filter(({ name }) => !name.includes("Cortex") && !name.includes("RV32"))) {
        if (!(await Promise.all(target.needs.map(host.has))).every(Boolean)) continue;
        expect(await target.run(subject, host, options), target.name).toMatchObject({ images: 40, mismatches: 2 });
      }
    });
  });
});

test("what is missing is skipped, and how to install it is said", async () => {
  const folder = await exported(randomModel([9, 3], "threshold", 1), "skipped", "c");
  const { status, out } = await onebit(["verify", folder], captured({ env: { PATH: at("nowhere") } }));
  expect(status).toBe(0);
  expect(out).toMatch(/^C99, RV32IM +skipped$/m);
  expect(out).toContain(
    "C99, Cortex-M4 is skipped, it needs arm-none-eabi-gcc and qemu-system-arm: apt-get install gcc-arm-none-eabi qemu-system-arm\n",
  );
});

test("--data takes the images of a set, which must fit", async () => {
  const folder = await exported(randomModel([9, 3], "threshold", 1), "data", "json");
  expect((await onebit(["verify", folder, "--data", "mnist"], here())).err).toContain(
    "the model takes samples of 9 numbers, but mnist has samples of 28 × 28 × 1",
  );
});

test.skipIf(!["cc", "make"].every(isProgram))("the Makefile of a C export does what verify does", async () => {
  const folder = await exported(randomModel([147, 65, 127, 10], "pixels", 9), "makefile", "c", "--name", "rename");
  const make = (...targets: string[]) => execFileSync("make", targets, { cwd: folder, encoding: "utf8" });
  expect(make("check")).toContain("images 20 mismatches 0");
  expect(make("sanitize")).toContain("images 20 mismatches 0");
  // These write to stderr, and fail when a score differs.
  if (["arm-none-eabi-gcc", "qemu-system-arm"].every(isProgram)) make("cortex-m4");
  if (["riscv64-unknown-elf-gcc", "qemu-system-riscv32"].every(isProgram)) make("rv32");
  if (process.arch !== "x64") return;
  // The processor's own popcount gives the same.
  const flags = "CFLAGS=-std=c99 -Wall -Wextra -Werror -mpopcnt";
  expect(make("-B", "check", flags)).toContain("images 20 mismatches 0");
});

test("--runtimes says where packages are, and nothing else is asked", async () => {
  const folder = await exported(randomModel([9, 3], "threshold", 1), "runtimes", "onnx");
  const { status, out } = await onebit(["verify", folder, "--runtimes", process.cwd(), "--json"], here());
  const row = JSON.parse(out).rows.find(({ target }: Row) => target === "onnxruntime-web");
  expect({ status, mismatches: row.mismatches }).toEqual({ status: 0, mismatches: 0 });
  const { err } = await onebit(["verify", folder, "--runtimes", at("nowhere")], here());
  expect(err).toContain(
    "has no onnxruntime-node and no onnxruntime-web installed\nInstall one there: npm install --prefix",
  );
});

test("a reserved word as a name is changed", async () => {
  const folder = await exported(randomModel([9, 3], "threshold", 1), "named", "c", "--name", "signal");
  expect(await readFile(`${folder}/signal_net.h`, "utf8")).toContain("int signal_net_classify(");
  expect((await verify(folder)).rows.filter(({ error }) => error !== undefined)).toEqual([]);
});

test("a folder is found from where onebit is called", async () => {
  const folder = await exported(randomModel([9, 3], "threshold", 1), "relative", "json");
  const { status, out } = await onebit(["verify", relative(process.cwd(), folder), "--json"], here());
  expect(status).toBe(0);
  const rows: Row[] = JSON.parse(out).rows;
  expect(rows.filter(({ error, mismatches = 0 }) => error !== undefined || mismatches > 0)).toEqual([]);
});
