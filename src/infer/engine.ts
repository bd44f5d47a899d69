/** Inference in WebAssembly: plans one memory for a model, fills it once, and runs assembly/infer.ts on it. The same scores
 *  as plain.ts, bit for bit. A call allocates views and the scores it returns. */

import { isForbidden } from "../core/policy.ts";
import { limits, offsets, planesOf } from "../model/differences.ts";
import {
  classesOf,
  type FrozenDense,
  type FrozenModel,
  type FrozenOutput,
  hiddenOf,
  inputsOf,
  outputOf,
} from "../model/model.ts";
import { infer } from "./generated/wasm.ts";
import { checkInputs, type Inputs } from "./inputs.ts";
import { GROUP, QUAD, SLICES, TURN } from "./layout.ts";

export interface Engine {
  /** Bytes of its memory. */
  readonly bytes: number;
  /** Int32Array [count, classes]. Throws as `checkInputs` does. */
  scores(inputs: Inputs, count: number): Int32Array;
}

/** The engine of a model that `checkModel` accepts, or why this host has none. The code is smaller than the 4 KiB that a
 *  page's main thread may compile at once. */
export function createEngine(model: FrozenModel): Engine | NoEngine {
  return attempt(model, () => new WebAssembly.Module(code()));
}

/** `createEngine`, with WebAssembly compiled beside the page's main thread. */
export async function openEngine(model: FrozenModel): Promise<Engine | NoEngine> {
  try {
    const module = await WebAssembly.compile(code());
    return attempt(model, () => module);
  } catch (error) {
    return { why: reason(error) };
  }
}

/** A host without the engine. */
export interface NoEngine {
  /** What is missing, and what can be done about it: "this host has no WebAssembly". */
  readonly why: string;
}

function attempt(model: FrozenModel, compile: () => WebAssembly.Module): Engine | NoEngine {
  const plan = planMemory(model);
  const pages = Math.ceil(plan.bytes / PAGE);
  let memory: WebAssembly.Memory;
  let kernel: Kernel;
  try {
    const module = compile();
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  } catch (error) {
    return { why: reason(error, pages * PAGE) };
  }
  return start(model, plan, memory.buffer, kernel);
}

function code(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(infer), (character) => character.charCodeAt(0));
}

/** What an error of WebAssembly means. */
function reason(error: unknown, bytes = 0): string {
  if (typeof WebAssembly === "undefined") return "this host has no WebAssembly";
  if (isForbidden(error)) {
    return "the page's Content-Security-Policy forbids WebAssembly; allow 'wasm-unsafe-eval' in its script-src";
  }
  if (error instanceof RangeError) return `WebAssembly cannot have ${bytes} bytes of memory here`;
  return "this host has no WebAssembly SIMD";
}

const PAGE = 65536;
/** Images that pass a layer together: they share what the processor has cached of its table. */
const CHUNK = 32;
/** The widest layer whose differences its counters hold. */
const MOST_INPUTS = 2 ** (SLICES - 1) - 1;
/** The kernel reads fewer bytes than these beyond images and weights. */
const SLACK = 16;

/** What assembly/infer.ts exports, with addresses and sizes. */
type Kernel = Readonly<
  Record<"binarize" | "split" | "prepare" | "hidden" | "hiddenByRows" | "output", (...args: number[]) => void>
>;

/** Where a layer lies in memory. */
interface Stage {
  /** Its input, u8 [CHUNK, planes, stride]. */
  readonly x: number;
  readonly planes: number;
  readonly stride: number;
  readonly groups: number;
  /** Whether `weights` is a table of patterns; else they are rows. */
  readonly tabled: boolean;
  readonly weights: number;
  /** i32 [neurons, 2]: limits, or the scales and offsets of classes; of a tabled layer, the slices counters start with. */
  readonly constants: number;
}

interface Plan {
  readonly images: number;
  readonly stages: readonly Stage[];
  /** Rows of the weights that are being made a table of. */
  readonly rows: number;
  /** u16 [CHUNK, groups] */
  readonly offsets: number;
  readonly scratch: number;
  readonly scores: number;
  readonly bytes: number;
}

function planMemory(model: FrozenModel): Plan {
  let bytes = 0;
  const take = (size: number) => {
    const address = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return address;
  };
  const images = take(CHUNK * inputsOf(model) + SLACK);
  const stages = model.layers.map((layer): Stage => {
    const { rows, columns, stride: rowStride, bytes: packed } = layer.weights;
    const planes = planesOf(layer.operand);
    const groups = Math.ceil(columns / (3 * TURN)) * TURN;
    const tabled = layer.kind === "dense" && planes === 1 && columns <= MOST_INPUTS;
    const stride = Math.max(rowStride, Math.ceil((3 * groups) / 128 + 1) * 16);
    return {
      x: take(CHUNK * planes * stride),
      planes,
      stride,
      groups,
      tabled,
      weights: take(tabled ? Math.ceil(rows / QUAD) * groups * GROUP : packed.length),
      constants: take(tabled ? blocksOf(rows) * SLICES * 16 : 8 * rows),
    };
  });
  const tables = stages.filter(({ tabled }) => tabled);
  const packed = model.layers.map(({ weights }, i) => (stages[i]!.tabled ? weights.bytes.length : 0));
  return {
    images,
    stages,
    rows: take(Math.max(0, ...packed) + SLACK),
    offsets: take(CHUNK * 2 * Math.max(0, ...tables.map(({ groups }) => groups))),
    scratch: take(3 * 16),
    scores: take(4 * CHUNK * classesOf(model)),
    bytes,
  };
}

function start(model: FrozenModel, plan: Plan, buffer: ArrayBuffer, kernel: Kernel): Engine {
  const memory = new Uint8Array(buffer);
  const hidden = hiddenOf(model).map((layer, i) =>
    hiddenStep(layer, plan.stages[i]!, plan.stages[i + 1]!, plan, memory, kernel),
  );
  const steps = [...hidden, outputStep(outputOf(model), plan.stages.at(-1)!, plan, memory, kernel)];
  const inputs = inputsOf(model);
  const classes = classesOf(model);
  const results = new Int32Array(buffer, plan.scores, CHUNK * classes);
  const { x, stride } = plan.stages[0]!;
  const { encoder } = model;

  /** Images first … first + count − 1 as the first layer's input. */
  const load = (images: Inputs, first: number, count: number) => {
    if (images instanceof Uint8Array) {
      memory.set(images.subarray(first * inputs, (first + count) * inputs), plan.images);
      if (encoder.kind === "pixels") kernel.split(plan.images, inputs, x, stride, count);
      else kernel.binarize(plan.images, inputs, encoder.threshold, x, stride, count);
    } else {
      for (let i = 0; i < count; i++) {
        memory.set(images.bytes.subarray((first + i) * images.stride, (first + i + 1) * images.stride), x + i * stride);
      }
    }
  };
  return {
    bytes: buffer.byteLength,
    scores(images, count) {
      checkInputs(model, images, count);
      const scores = new Int32Array(count * classes);
      for (let first = 0; first < count; first += CHUNK) {
        const size = Math.min(CHUNK, count - first);
        load(images, first, size);
        for (const step of steps) step(size);
        scores.set(results.subarray(0, size * classes), first * classes);
      }
      return scores;
    },
  };
}

/** Computes a layer for so many images of a chunk. */
type Step = (count: number) => void;

function hiddenStep(layer: FrozenDense, stage: Stage, next: Stage, plan: Plan, memory: Uint8Array, k: Kernel): Step {
  const { x, planes, stride, groups, weights, constants } = stage;
  const { rows, columns, stride: rowStride, bytes } = layer.weights;
  if (!stage.tabled) {
    memory.set(bytes, weights);
    new Int32Array(memory.buffer).set(limits(layer), constants >> 2);
    return (count) =>
      k.hiddenByRows(x, planes, stride, weights, rowStride, rows, constants, next.x, next.planes * next.stride, count);
  }
  memory.set(bytes, plan.rows);
  k.prepare(plan.rows, rowStride, rows, columns, groups, weights);
  memory.set(startSlices(limits(layer)), constants);
  const blocks = blocksOf(rows);
  const { offsets, scratch } = plan;
  return (count) =>
    k.hidden(x, stride, groups, weights, constants, blocks, next.x, next.stride, count, offsets, scratch);
}

function outputStep(layer: FrozenOutput, stage: Stage, plan: Plan, memory: Uint8Array, k: Kernel): Step {
  const { x, planes, stride, weights, constants } = stage;
  const { rows, stride: rowStride, bytes } = layer.weights;
  memory.set(bytes, weights);
  const numbers = new Int32Array(memory.buffer);
  numbers.set(layer.scale, constants >> 2);
  numbers.set(offsets(layer), (constants >> 2) + rows);
  return (count) =>
    k.output(x, planes, stride, weights, rowStride, rows, constants, constants + 4 * rows, plan.scores, count);
}

/** Vectors of 128 neurons. */
function blocksOf(neurons: number): number {
  return Math.ceil(neurons / 128);
}

/** What each neuron's counter starts with, MOST_INPUTS − L, in bit slices: [blocks, SLICES, 128] bits. The neurons that
 *  fill up the last vector have L = −1 and never fire. */
function startSlices(limits: Int32Array): Uint8Array {
  const slices = new Uint8Array(blocksOf(limits.length) * SLICES * 16);
  for (let j = 0; j < 128 * blocksOf(limits.length); j++) {
    const start = MOST_INPUTS - (limits[j] ?? -1);
    for (let slice = 0; slice < SLICES; slice++) {
      slices[((j >> 7) * SLICES + slice) * 16 + ((j & 127) >> 3)]! |= ((start >> slice) & 1) << (j & 7);
    }
  }
  return slices;
}
