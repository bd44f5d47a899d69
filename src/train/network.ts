/** A network in memory, with the programs that train and run it. */

import type { RunConfig } from "../config/config.ts";
import { seedKey, streamId } from "../core/random.ts";
import { bytesOf, type DataSet } from "../data/dataset.ts";
import type { Arena } from "../kernels/arena.ts";
import { createMachine, type MachineOptions } from "../kernels/machine.ts";
import { Program } from "../kernels/program.ts";
import type { Mode, Parameter, Stage } from "../layers/layer.ts";
import { bits, bytes, type Signal } from "../layers/signal.ts";
import { lossKernels } from "../losses/losses.ts";
import { type Optimizer, optimizer, RATES } from "../optim/optimizers.ts";
import { architecture } from "./architecture.ts";

/** How a network reads images when it is evaluated. */
export type Input =
  | { readonly kind: "threshold"; readonly threshold: number } // bit = 1 iff pixel > threshold
  | { readonly kind: "pixels" };

/** A net trained on random binarizations, where a pixel is +1 with probability pixel/255, is evaluated and frozen on the
 *  most probable one: +1 iff pixel/255 > 1/2, that is pixel > 127. */
export function evaluationInput({ binarize }: RunConfig): Input {
  if (binarize.kind === "none") return { kind: "pixels" };
  return { kind: "threshold", threshold: binarize.kind === "threshold" ? binarize.threshold : 127 };
}

/** What the main thread writes before a step and reads after it. */
interface Board {
  /** u8 [count, pixels] and u8 [count]: the training set. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** i32 [batch]: which images make up the batch. */
  readonly indices: Int32Array;
  /** i32 [batch, 2]: how far each is moved, right and down. */
  readonly moves: Int32Array;
  /** u32 [4]: key and counter words of this repetition's random binarization. */
  readonly draw: Uint32Array;
  /** u32 [3]: key and counter word of this step's random rounding of gradients. */
  readonly rounding: Uint32Array;
  /** The optimizer's coefficients of this step. */
  readonly rates: Float32Array;
  /** u8 [batch, pixels]: the batch's images. */
  readonly pixels: Uint8Array;
  /** f64 [batch]: losses, after a step. */
  readonly loss: Float64Array;
  /** i32 [batch]: classes. */
  readonly predicted: Int32Array;
}

export interface Network {
  readonly config: RunConfig;
  readonly stages: readonly Stage[];
  readonly board: Board;
  readonly optimizer: Optimizer;
  readonly parameters: readonly Parameter[];
  /** All that a checkpoint holds, by name: parameters, their optimizer states, running means and variances. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
  /** Bytes of WebAssembly memory. */
  readonly bytes: number;
  readonly threads: number;
  /** Gathers the batch, runs forward and backward, updates the parameters. */
  step(): void;
  /** Gathers the batch and classifies it with the running estimates of batch norm. */
  validate(): void;
  /** Classifies what is in `board.pixels`. */
  infer(): void;
  /** Derives packed weights from parameters that were written; counts no flips. */
  pack(): void;
  close(): void;
}

/** Builds the network of `config` for training on `data` (none: for inference alone). Its parameters are zero. */
export async function buildNetwork(
  config: RunConfig,
  data: Pick<DataSet, "train" | "shape"> | undefined,
  options: MachineOptions,
): Promise<Network> {
  const machine = await createMachine((arena) => place(arena, config, data), options);
  const { board, stack, arrays, parameters, step, validate, infer, pack, method } = machine.built;
  if (data) {
    board.images.set(bytesOf(data.train));
    board.labels.set(data.train.labels);
  }
  const [key0, key1] = seedKey(config.seed);
  board.draw.set([key0, key1, 0, streamId("binarize")]);
  board.rounding.set([key0, key1, 0]);
  return {
    config,
    stages: stack.stages,
    board,
    optimizer: method,
    parameters,
    arrays,
    bytes: machine.bytes,
    threads: machine.threads,
    step: () => machine.run(step),
    validate: () => machine.run(validate),
    infer: () => machine.run(infer),
    pack() {
      machine.run(pack);
      for (const stage of stack.stages) stage.flips?.fill(0);
    },
    close: () => machine.close(),
  };
}

function place(arena: Arena, config: RunConfig, data: Pick<DataSet, "train" | "shape"> | undefined) {
  const batch = config.batch;
  const n = config.layers[0]!;
  const classes = config.layers.at(-1)!;
  const count = data?.train.count ?? 0;
  const pixels = bytes(arena, batch, n);
  const board: Board = {
    images: arena.u8(count * n),
    labels: arena.u8(count),
    indices: arena.i32(batch),
    moves: arena.i32(2 * batch),
    draw: arena.u32(4),
    rounding: arena.u32(3),
    rates: arena.f32(RATES),
    pixels: pixels.data,
    loss: arena.f64(batch),
    predicted: arena.i32(batch),
  };
  const input = config.binarize.kind === "none" ? pixels : bits(arena, batch, n);
  const levels = gradientLevels(config);
  const quantization = levels ? { levels, digits: levels > 31 ? 2 : 1, draw: board.rounding } : undefined;
  const stack = architecture(config).build({ arena, batch, quantization }, input);
  const logits = stack.output.data as Float32Array;
  const d = arena.f32(batch * classes);
  const method = optimizer(config.optimizer);

  const parameters: Parameter[] = [];
  const arrays = new Map<string, Float32Array>();
  const states = new Map<Parameter, Float32Array[]>();
  for (const [i, stage] of stack.stages.entries()) {
    for (const parameter of stage.parameters) {
      const own = Array.from({ length: method.states }, () => arena.f32(parameter.rows * parameter.width));
      parameters.push(parameter);
      states.set(parameter, own);
      arrays.set(`${i}.${parameter.name}`, parameter.values);
      for (const [k, state] of own.entries()) arrays.set(`${i}.${parameter.name}.state-${k}`, state);
    }
    for (const buffer of stage.buffers) arrays.set(`${i}.${buffer.name}`, buffer.values);
  }

  const gather = (program: Program) => {
    const [height, width] = data?.shape.length === 3 ? data.shape : [1, n];
    const { images, indices, moves } = board;
    program.add("gatherImages", batch, images, indices, moves, board.pixels, height!, width!);
  };
  const forward = (program: Program, mode: Mode) => {
    binarize(program, config, board, input, batch, mode);
    stack.forward(program, mode);
    program.add("argmax", batch, logits, board.predicted, classes);
  };

  const step = new Program();
  gather(step);
  forward(step, "train");
  step.add(lossKernels[config.loss], batch, logits, board.labels, board.indices, board.loss, d, batch, classes);
  stack.backward(step, d);
  stack.update(step, (parameter) => {
    const [first, second] = states.get(parameter)!;
    const clip = parameter.latent && config.clip ? 1 : 0;
    return { method: method.method, states: [first!, second ?? first!], rates: board.rates, clip };
  });

  const validate = new Program();
  gather(validate);
  forward(validate, "infer");

  const infer = new Program();
  forward(infer, "infer");

  const pack = new Program();
  stack.pack(pack);

  return {
    board,
    stack,
    arrays,
    parameters,
    method,
    step,
    validate,
    infer,
    pack,
    programs: [step, validate, infer, pack],
  };
}

/** The largest integer a gradient is rounded to, 2^(bits − 1) − 1; 0 for gradients in float32. */
function gradientLevels({ gradients }: RunConfig): number {
  return gradients === "float32" ? 0 : 2 ** (Number(gradients.slice(3)) - 1) - 1;
}

/** Pixels to bits, where the network takes bits. */
function binarize(
  program: Program,
  config: RunConfig,
  { pixels, indices, draw }: Board,
  input: Signal,
  batch: number,
  mode: Mode,
): void {
  if (input.kind !== "bits") return;
  const { data, width, stride } = input;
  const evaluation = evaluationInput(config);
  if (config.binarize.kind === "probability" && mode === "train") {
    program.add("probabilityBits", batch, pixels, indices, draw, data, width, stride);
  } else if (evaluation.kind === "threshold") {
    program.add("thresholdBits", batch, pixels, data, width, stride, evaluation.threshold);
  }
}
