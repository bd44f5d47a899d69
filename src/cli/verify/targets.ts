/** What runs an export, and how: compilers and emulators, Python, ONNX Runtime. Each target computes scores of images; the
 *  scores of the model decide. */

import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { concat } from "../../core/bytes.ts";
import { OnebitError } from "../../core/errors.ts";
import { vectorsHeader } from "../../export/c/c.ts";
import { bipolarQuantFunction } from "../../export/onnx/qonnx.ts";
import { expected as expectedBeats, parseStimulus } from "../../export/vhdl/vectors.ts";
import { scores } from "../../infer/run.ts";
import { loadModel } from "../../infer.ts";
import { encodeModel } from "../../model/file.ts";
import { type FrozenModel, inputsOf } from "../../model/model.ts";
import { readBytes, writeAtomic } from "../../node/files.ts";
import { readTextExport } from "../models.ts";
import { findPackage, runTool } from "./tools.ts";

/** An export under test. */
export interface Subject {
  readonly folder: string;
  readonly model: FrozenModel;
  /** u8 [count, inputs] */
  readonly images: Uint8Array;
  readonly count: number;
  /** Int32Array [count, classes] of the model. */
  readonly expected: Int32Array;
  /** A folder of the target's own, for what it writes. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Outcome {
  readonly images: number;
  readonly mismatches: number;
  /** Of one image, where they were counted. */
  readonly instructions?: number;
}

export interface Target {
  readonly name: string;
  /** Programs it takes, or npm packages. */
  readonly needs: readonly string[];
  /** What installs them. */
  readonly install: string;
  /** Throws `OnebitError` when the export does not run. */
  run(subject: Subject): Promise<Outcome>;
}

/** How the dialects differ: the type of the images, and what the runtime must be told. */
interface Dialect {
  readonly type: "uint8" | "float32";
  complete(file: Uint8Array): Uint8Array;
}

const plain: Dialect = { type: "uint8", complete: (file) => file };
const qonnx: Dialect = { type: "float32", complete: (file) => concat([file, bipolarQuantFunction()]) };

/** The targets of each format of a manifest. */
export const targets: Readonly<Record<string, readonly Target[]>> = {
  "onebit-text": [{ name: "onebit import", needs: [], install: "", run: runImport }],
  "onebit-npz": [python("model.npz")],
  "onebit-json": [python("model.json")],
  "onebit-c": [
    compiled("C99, this machine", "main"),
    compiled("C99, sanitized", "main-sanitize"),
    emulated(
      "C99, Cortex-M4",
      "cortex-m4",
      ["arm-none-eabi-gcc", "qemu-system-arm"],
      "gcc-arm-none-eabi qemu-system-arm",
    ),
    emulated(
      "C99, RV32IM",
      "rv32",
      ["riscv64-unknown-elf-gcc", "qemu-system-riscv32"],
      "gcc-riscv64-unknown-elf qemu-system-misc",
    ),
  ],
  "onebit-vhdl": [
    { name: "VHDL, GHDL", needs: ["make", "ghdl"], install: "apt-get install make ghdl", run: runSimulation },
  ],
  "onebit-onnx": [onnx("onnxruntime-node", plain), onnx("onnxruntime-web", plain)],
  "onebit-qonnx": [onnx("onnxruntime-node", qonnx), onnx("onnxruntime-web", qonnx)],
};

/** Images that are run where one takes long. */
const FEW = 20;

/** The four files, read back, in WebAssembly where there is. */
async function runImport({ folder, images, expected, count }: Subject): Promise<Outcome> {
  const { model } = await readTextExport(folder);
  return compare(loadModel(encodeModel(model)).scores(images), expected, count);
}

function python(file: string): Target {
  return {
    name: "NumPy",
    needs: ["python3", "py:numpy"],
    install: "apt-get install python3-numpy",
    async run({ folder, images, expected, count, scratch, env }) {
      await writeAtomic(join(scratch, "images"), images);
      const text = await runTool("python3", ["-c", PYTHON, join(folder, file), join(scratch, "images")], scratch, env);
      return compare(parseScores(text), expected, count);
    },
  };
}

/** Reads model.npz or model.json and prints the scores of each image in a line. Products are of float64: exact. */
const PYTHON = `
import json, sys
import numpy as np
path = sys.argv[1]
if path.endswith(".npz"):
    z = np.load(path)
    layers = [z[f"weights_{i}"] for i in range(sum(name.startswith("weights_") for name in z))]
    thresholds = [z[f"thresholds_{i}"] for i in range(len(layers) - 1)]
    scale, offset, threshold = z["scale"], z["offset"], z["input_threshold"] if "input_threshold" in z else None
else:
    m = json.load(open(path))
    layers = [np.array([[1 if c == "1" else -1 for c in row] for row in l["weights"]]) for l in m["layers"]]
    thresholds = [np.array(l["thresholds"]) for l in m["layers"][:-1]]
    scale, offset = (np.array(m["layers"][-1][key]) for key in ("scale", "offset"))
    threshold = m["input"].get("threshold")
x = np.fromfile(sys.argv[2], np.uint8).reshape(-1, layers[0].shape[1]).astype(float)
pixels = threshold is None
if not pixels:
    x = np.where(x > threshold, 1.0, -1.0)
for i, w in enumerate(layers):
    a = x @ w.T.astype(float)
    p = a if pixels and i == 0 else (a + w.shape[1]) / 2
    if i < len(thresholds):
        x = np.where(p >= thresholds[i], 1.0, -1.0)
np.savetxt(sys.stdout, scale.astype(np.int64) * p.astype(np.int64) + offset, "%d")
`;

/** The program `target` of the Makefile, on all images. */
function compiled(name: string, target: string): Target {
  return {
    name,
    needs: ["make", "cc"],
    install: "apt-get install make gcc libc6-dev",
    async run({ folder, images, expected, count, scratch, env }) {
      await cp(folder, scratch, { recursive: true });
      await writeAtomic(join(scratch, "images"), images);
      await runTool("make", ["-B", target], scratch, env);
      const text = await runTool(join(scratch, target), ["images"], scratch, env);
      const perLine = expected.length / count + 1; // the class is first
      return compare(
        parseScores(text).filter((_, i) => i % perLine !== 0),
        expected,
        count,
      );
    },
  };
}

/** The Makefile's `target`, which runs under QEMU, on the first images. */
function emulated(name: string, target: string, tools: readonly string[], packages: string): Target {
  return {
    name,
    needs: ["make", ...tools],
    install: `apt-get install make ${packages}`,
    async run({ folder, model, images, count, scratch, env }) {
      await cp(folder, scratch, { recursive: true });
      const few = Math.min(FEW, count);
      const { name, chunks } = vectorsHeader(model, images.subarray(0, few * inputsOf(model)));
      await writeAtomic(join(scratch, name), chunks);
      // It exits with 1 on a mismatch, which is no failure to run.
      const text = await runTool("make", ["-B", "-i", target], scratch, env);
      const said = /images (\d+) mismatches (\d+) instructions (\d+)/.exec(text)?.slice(1).map(Number);
      if (said === undefined) throw new OnebitError("file", `make ${target} says: ${text.trim().slice(-400)}`);
      return { images: said[0]!, mismatches: said[1]!, instructions: said[2]! };
    },
  };
}

/** The Makefile's `sim`: the design's own testbench and vectors, at full speed. The vectors must be the model's. */
async function runSimulation({ folder, model, scratch, env }: Subject): Promise<Outcome> {
  const read = async (name: string) => new TextDecoder().decode(await readBytes(join(folder, "vectors", name)));
  const images = parseStimulus(await read("stimulus.hex"), inputsOf(model));
  const count = images.length / inputsOf(model);
  const vectors = { images, count, scores: scores(model, images, count) };
  if ((await read("expected.hex")) !== expectedBeats(vectors, model.output.weights.rows)) {
    throw new OnebitError("model", "vectors/expected.hex holds other scores than the model's");
  }
  await cp(folder, scratch, { recursive: true });
  const text = await runTool("make", ["-i", "sim"], scratch, env);
  const said = /onebit: (\d+) images, (\d+) errors/.exec(text)?.slice(1).map(Number);
  if (said === undefined) throw new OnebitError("file", `make sim says: ${text.trim().slice(-400)}`);
  return { images: said[0]!, mismatches: said[1]! };
}

/** The parts of ONNX Runtime that are used. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<{
      run(feeds: Record<string, unknown>): Promise<{ readonly scores: { readonly data: ArrayLike<number> } }>;
    }>;
  };
  readonly Tensor: new (type: string, data: ArrayLike<number>, dimensions: readonly number[]) => unknown;
}

/** model.onnx in a package that is installed where onebit is called from, or beside onebit. */
function onnx(name: string, { type, complete }: Dialect): Target {
  return {
    name,
    needs: [`npm:${name}`],
    install: `npm install ${name}`,
    async run({ folder, model, images, expected, count }) {
      const runtime = createRequire(findPackage(name)!)(name) as Runtime;
      runtime.env.wasm.numThreads = 1;
      const file = await readBytes(join(folder, "model.onnx"));
      const session = await runtime.InferenceSession.create(complete(file));
      const n = inputsOf(model);
      const scores = new Float64Array(expected.length);
      for (let first = 0; first < count; first += BATCH) {
        const some = images.subarray(first * n, (first + BATCH) * n);
        const shape = [some.length / n, n];
        const feed = { images: new runtime.Tensor(type, type === "uint8" ? some : Float32Array.from(some), shape) };
        scores.set((await session.run(feed)).scores.data, first * (expected.length / count));
      }
      return compare(scores, expected, count);
    },
  };
}

const BATCH = 1000;

/** Numbers of a text, between spaces and line ends. */
function parseScores(text: string): Float64Array {
  return Float64Array.from(text.trim().split(/\s+/), Number);
}

/** Images of which any score differs, or is missing. */
function compare(scores: ArrayLike<number>, expected: Int32Array, count: number): Outcome {
  const classes = expected.length / count;
  const wrong = new Set<number>();
  for (const [i, score] of expected.entries()) if (scores[i] !== score) wrong.add(Math.floor(i / classes));
  return { images: count, mismatches: scores.length === expected.length ? wrong.size : count };
}
