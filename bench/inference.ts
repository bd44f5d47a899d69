/** How long one image takes: onebit's engines, and, with peers, float32 inference of the same network shape in ONNX Runtime,
 *  in WebAssembly and native, all on one thread and in one run. The contenders take turns, so that a slower moment of the
 *  machine meets all of them; a ratio is the median of the rounds' ratios.
 *
 *  The peers are not installed with onebit's own packages as a whole: onnxruntime-node takes 290 MB, and is put under
 *  node_modules/.cache when it is first asked for. */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { FLOAT, Graph } from "../src/export/onnx/graph.ts";
import { plainScores } from "../src/infer/plain.ts";
import { loadModel } from "../src/infer.ts";
import { encodeModel } from "../src/model/file.ts";
import { randomImages, randomModel } from "../test/model/random-model.ts";

const SIZES = [784, 500, 1024, 1024, 10];
const BATCHES = [1, 100];
const IMAGES = 100;
const ROUNDS = 15;
/** Of one contender in one round, in milliseconds. */
const SLICE = 40;

/** One contender at one batch size; times of an image in microseconds. */
export interface InferenceRow {
  readonly name: string;
  readonly batch: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Its time over that of onebit's WebAssembly engine. */
  readonly ratio: number;
}

/** Classifies `batch` images from the i-th on. */
type Contender = (i: number, batch: number) => unknown;

/** Runs the benchmark. Throws when a contender computes something else than it should. */
export async function inference(options: { readonly peers: boolean }): Promise<InferenceRow[]> {
  const contenders: Record<string, Contender> = { ...onebit() };
  if (options.peers) {
    contenders["onnxruntime-web float32"] = await peer("onnxruntime-web");
    contenders["onnxruntime-node float32"] = await peer("onnxruntime-node");
  }
  const rows: InferenceRow[] = [];
  for (const batch of BATCHES) {
    const times = await takeTurns(Object.values(contenders), batch);
    for (const [k, name] of Object.keys(contenders).entries()) {
      const sorted = times[k]!.toSorted((a, b) => a - b);
      const ratios = times[k]!.map((time, round) => time / times[0]![round]!).sort((a, b) => a - b);
      const middle = ROUNDS >> 1;
      rows.push({
        name,
        batch,
        median: sorted[middle]!,
        least: sorted[0]!,
        most: sorted.at(-1)!,
        ratio: ratios[middle]!,
      });
    }
  }
  return rows;
}

/** onebit's engines, the fast one first, on the 8-bit pixels that a caller has. */
function onebit(): Record<string, Contender> {
  const model = randomModel(SIZES, "threshold", 1);
  const images = randomImages(IMAGES, SIZES[0]!, 1);
  const bytes = encodeModel(model);
  const expected = plainScores(model, images, IMAGES).join();
  const contender = (engine: "wasm" | "plain"): Contender => {
    const loaded = loadModel(bytes, { engine });
    if (loaded.scores(images).join() !== expected) throw new Error(`${engine} gives other scores than the definition`);
    return (i, batch) => loaded.classify(images.subarray(i * SIZES[0]!, (i + batch) * SIZES[0]!));
  };
  return { "onebit wasm": contender("wasm"), "onebit plain": contender("plain") };
}

interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<{ readonly y: { readonly data: Float32Array } }> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dimensions: readonly number[]) => unknown;
}

/** A float32 network of the same shape, matrix products, biases and ReLU, in ONNX Runtime. */
async function peer(name: string): Promise<Contender> {
  const runtime = createRequire(locate(name))(name) as Runtime;
  runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(floatNetwork(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
  });
  const n = SIZES[0]!;
  const pixels = Float32Array.from(randomImages(IMAGES, n, 1), (pixel) => pixel / 255);
  const run: Contender = (i, batch) => {
    const x = new runtime.Tensor("float32", pixels.subarray(i * n, (i + batch) * n), [batch, n]);
    return session.run({ x });
  };
  const { y } = (await run(0, 1)) as { y: { data: Float32Array } };
  const expected = floatScores(pixels.subarray(0, n));
  for (const [j, value] of expected.entries()) {
    if (!(Math.abs(value - y.data[j]!) <= 1e-4)) throw new Error(`${name} gives ${y.data[j]} for ${value}`);
  }
  return run;
}

/** weights[i] of input k to neuron j: some ordinary number. */
const weight = (i: number, k: number, j: number) => Math.sin(12.9898 * k + 78.233 * j + i) / 30;

function floatNetwork(): Uint8Array {
  const graph = new Graph();
  let x = "x";
  for (const [i, m] of SIZES.slice(1).entries()) {
    const n = SIZES[i]!;
    const values = Float64Array.from({ length: n * m }, (_, at) => weight(i, Math.floor(at / m), at % m));
    const product = graph.node("MatMul", [x, graph.tensor(`w${i}`, FLOAT, [n, m], values)], `product${i}`);
    const last = i === SIZES.length - 2;
    const sum = graph.node(
      "Add",
      [product, graph.tensor(`b${i}`, FLOAT, [m], new Float64Array(m))],
      last ? "y" : `a${i}`,
    );
    x = last ? sum : graph.node("Relu", [sum], `x${i}`);
  }
  return graph.encode({
    name: "float32",
    writer: "onebit bench",
    domains: [{ name: "", version: 13 }],
    inputs: [{ name: "x", type: FLOAT, shape: ["batch", SIZES[0]!] }],
    outputs: [{ name: "y", type: FLOAT, shape: ["batch", SIZES.at(-1)!] }],
    metadata: {},
  });
}

function floatScores(image: Float32Array): number[] {
  let x = [...image];
  for (const [i, m] of SIZES.slice(1).entries()) {
    const sums = Array.from({ length: m }, (_, j) => x.reduce((sum, value, k) => sum + value * weight(i, k, j), 0));
    x = i === SIZES.length - 2 ? sums : sums.map((sum) => Math.max(0, sum));
  }
  return x;
}

/** A file from which the package can be required; installs it where it is not. */
function locate(name: string): string {
  const cache = resolve("node_modules/.cache/onebit-peers");
  const places = [resolve("package.json"), join(cache, "package.json")];
  const there = () =>
    places.find((from) => {
      try {
        createRequire(from).resolve(name);
        return true;
      } catch {
        return false;
      }
    });
  const found = there();
  if (found !== undefined) return found;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{"private": true}\n');
  const arguments_ = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@1.30.0`];
  const { status } = spawnSync("npm", arguments_, { cwd: cache, stdio: ["ignore", "ignore", "inherit"] });
  const installed = there();
  if (status !== 0 || installed === undefined) throw new Error(`${name} cannot be installed`);
  return installed;
}

/** Microseconds an image, [contender][round]. */
async function takeTurns(contenders: readonly Contender[], batch: number): Promise<number[][]> {
  const run = async (contender: Contender, calls: number) => {
    const start = performance.now();
    for (let c = 0; c < calls; c++) {
      const result = contender((c * batch) % IMAGES, batch);
      if (result instanceof Promise) await result;
    }
    return performance.now() - start;
  };
  const calls: number[] = [];
  for (const contender of contenders) {
    await run(contender, 2000 / batch); // V8 compiles the fast code meanwhile
    const once = (await run(contender, 200 / batch)) / (200 / batch);
    calls.push(Math.max(1, Math.round(SLICE / once)));
  }
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, contender] of contenders.entries()) {
      times[k]!.push((1000 * (await run(contender, calls[k]!))) / (calls[k]! * batch));
    }
  }
  return times;
}
