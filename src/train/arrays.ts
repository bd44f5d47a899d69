/** A network's arrays and programs, placed in one memory for one batch size and one data set. */

import type { Plan } from "../config/config.ts";
import { seedKey, streamId } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Samples } from "../data/dataset.ts";
import { encoders } from "../encoders/index.ts";
import type { Arena } from "../kernels/arena.ts";
import { RATES } from "../kernels/layout.ts";
import { Program } from "../kernels/program.ts";
import { addStep, type Context, type Mode, type Parameter } from "../layers/layer.ts";
import type { Signal } from "../layers/signal.ts";
import { type LossArrays, losses } from "../losses/losses.ts";
import { buildStack, type Stack } from "../network/sequential.ts";
import { type Optimizer, optimizers } from "../optim/optimizers.ts";
import { optimizerOf } from "../optim/roles.ts";

/** What the main thread writes before a program and reads after it. */
export interface Mailbox {
  /** [count, ...shape] and u8 [count]: the training set. */
  readonly inputs: Uint8Array | Float32Array;
  readonly labels: Uint8Array;
  /** i32 [batch]: which samples make up the batch. */
  readonly indices: Int32Array;
  /** i32 [batch, 2]: how far each is moved, right and down. */
  readonly moves: Int32Array;
  /** u32 [4]: key and counter words of this repetition's random encoding. */
  readonly draw: Uint32Array;
  /** u32 [3]: key and counter word of this step's random rounding of gradients. */
  readonly rounding: Uint32Array;
  /** [batch, ...shape]: the batch as it is handed over. */
  readonly samples: Uint8Array | Float32Array;
  /** u8 [batch]: labels that are handed over with them. */
  readonly given: Uint8Array;
  /** f64 [batch]: losses, after a step. */
  readonly loss: Float64Array;
  /** i32 [batch]: classes. */
  readonly predicted: Int32Array;
  /** f32 [batch, classes]: ∂loss/∂logits. */
  readonly d: Float32Array;
}

/** Parameters that are stepped alike, and the coefficients of their steps. */
export interface StepGroup {
  readonly optimizer: Optimizer;
  /** λ of decoupled weight decay. */
  readonly decay: number;
  readonly rates: Float32Array;
}

export interface Placed {
  readonly mailbox: Mailbox;
  /** What the first layer takes. */
  readonly encoded: Signal;
  readonly stack: Stack;
  readonly groups: readonly StepGroup[];
  /** f32 [batch, inputs]: ∂loss/∂input, where no layer before has parameters. */
  readonly dInput: Float32Array | undefined;
  /** All that a checkpoint holds, by name: parameters, their optimizer states, running means and variances. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
  readonly programs: readonly Program[];
  readonly run: Programs;
}

/** What a network can be told to do. */
export interface Programs {
  /** Gathers the batch, runs forward and backward, and steps all parameters. */
  readonly step: Program;
  /** Gathers the batch and classifies it by the running estimates of batch norm. */
  readonly validate: Program;
  /** Classifies the samples that were handed over, likewise. */
  readonly infer: Program;
  /** A forward pass of training on the samples that were handed over; their loss; a backward pass from `d`, without steps; and
   *  the steps. The last two only with float32 gradients: integer ones are never stored. */
  readonly forward: Program;
  readonly loss: Program;
  readonly backward: Program;
  readonly update: Program;
  /** Encodes the samples that were handed over, as in training. */
  readonly encode: Program;
  /** Derives packed weights from parameters that were written. */
  readonly derive: Program;
}

/** Places everything, or only measures: then all arrays are empty (arena.ts). `set`: the training set; none for a network that is
 *  only handed samples. */
export function place(arena: Arena, plan: Plan, shape: Shape, set: Samples | undefined): Placed {
  const { network, batch } = plan;
  const definition = encoders.of(network.encoder);
  const n = sizeOf(shape);
  const count = set?.count ?? 0;
  const indices = arena.i32(batch);
  const draw = arena.u32(4);
  const rounding = arena.u32(3);
  const encoder = definition.build(network.encoder, { arena, batch, shape, indices, draw });
  const steps = new Steps(arena, plan.optimizer);
  const levels = gradientLevels(plan);
  const quantization = levels > 0 ? { levels, digits: levels > 31 ? 2 : 1, draw: rounding } : undefined;
  const parameter: Context["parameter"] = (options) => steps.parameter(options);
  const stack = buildStack(network, { arena, batch, quantization, parameter }, encoder.output);
  const logits = stack.output.data as Float32Array; // compile has checked its kind
  const classes = stack.output.width;
  const mailbox: Mailbox = {
    inputs: definition.takes === "bytes" ? arena.u8(count * n) : arena.f32(count * n),
    labels: arena.u8(count),
    indices,
    moves: arena.i32(2 * batch),
    draw,
    rounding,
    samples: encoder.samples,
    given: arena.u8(batch),
    loss: arena.f64(batch),
    predicted: arena.i32(batch),
    d: arena.f32(batch * classes),
  };
  const { d, labels, loss, predicted } = mailbox;
  const own = arena.i32(batch); // 0, 1, 2 …: the samples that were handed over

  const gather = (program: Program) => {
    const { inputs, samples, moves } = mailbox;
    if (inputs instanceof Float32Array) {
      program.add("gatherFloat32", { samples: inputs, indices, out: samples as Float32Array, batch, n, count });
    } else {
      const [height, width, channels] = shape.length === 3 ? (shape as [number, number, number]) : [1, n, 1];
      const size = { batch, count, height, width, channels };
      program.add("gatherImages", { images: inputs, indices, moves, out: samples as Uint8Array, ...size });
    }
  };
  const forward = (program: Program, mode: Mode) => {
    encoder.encode(program, mode);
    stack.forward(program, mode);
  };
  const classify = (program: Program) => program.add("argmax", { logits, predicted, batch, m: classes });
  const addLoss = (program: Program, from: Pick<LossArrays, "labels" | "indices" | "count">) =>
    losses.of(plan.loss).add(plan.loss, program, { logits, ...from, loss, d, batch, m: classes });

  const run: Programs = {
    step: new Program(),
    validate: new Program(),
    infer: new Program(),
    forward: new Program(),
    loss: new Program(),
    backward: new Program(),
    update: new Program(),
    encode: new Program(),
    derive: new Program(),
  };
  gather(run.step);
  forward(run.step, "train");
  classify(run.step);
  addLoss(run.step, { labels, indices, count });
  stack.backward(run.step, d, "step");

  gather(run.validate);
  forward(run.validate, "infer");
  classify(run.validate);

  forward(run.infer, "infer");
  classify(run.infer);

  forward(run.forward, "train");
  addLoss(run.loss, { labels: mailbox.given, indices: own, count: batch });
  let dInput: Float32Array | undefined;
  if (quantization === undefined) {
    dInput = stack.backward(run.backward, d, "gradients");
    for (const stage of stack.stages) for (const each of stage.parameters) addStep(run.update, each);
    stack.derive(run.update);
  }
  encoder.encode(run.encode, "train");
  stack.derive(run.derive);

  if (own.length > 0) for (let b = 0; b < batch; b++) own[b] = b;
  const [key0, key1] = seedKey(plan.seed);
  if (draw.length > 0) draw.set([key0, key1, 0, streamId("binarize")]);
  if (rounding.length > 0) rounding.set([key0, key1, 0]);
  return {
    mailbox,
    encoded: encoder.output,
    stack,
    groups: steps.groups,
    dInput,
    arrays: arraysOf(stack),
    programs: Object.values(run),
    run,
  };
}

/** Places parameters with the state that the optimizer of their role keeps. */
class Steps {
  readonly #arena: Arena;
  readonly #optimizer: Optimizer;
  readonly #groups = new Map<string, StepGroup>();

  constructor(arena: Arena, optimizer: Optimizer) {
    this.#arena = arena;
    this.#optimizer = optimizer;
  }

  get groups(): StepGroup[] {
    return [...this.#groups.values()];
  }

  parameter({ stored = true, ...options }: Parameters<Context["parameter"]>[0]): Parameter {
    const { role, rows, width } = options;
    const optimizer = optimizerOf(this.#optimizer, role);
    const { method, states, clips, decay } = optimizers.of(optimizer);
    const array = (there: boolean) => this.#arena.f32(there ? rows * width : 0);
    return {
      ...options,
      values: array(true),
      gradient: array(stored),
      optimization: {
        method,
        state0: array(true),
        state1: array(states === 2),
        rates: this.#group(optimizer, role === "other" ? 0 : (decay?.(optimizer) ?? 0)).rates,
        clip: role === "binary" && clips?.(optimizer) ? 1 : 0,
      },
    };
  }

  #group(optimizer: Optimizer, decay: number): StepGroup {
    const key = `${JSON.stringify(optimizer)} ${decay}`;
    const group = this.#groups.get(key) ?? { optimizer, decay, rates: this.#arena.f32(RATES) };
    this.#groups.set(key, group);
    return group;
  }
}

/** The largest integer a gradient is rounded to, 2^(bits − 1) − 1; 0 for gradients in float32. */
function gradientLevels({ gradients }: Plan): number {
  return gradients === "float32" ? 0 : 2 ** (Number(gradients.slice(3)) - 1) - 1;
}

function arraysOf({ stages }: Stack): Map<string, Float32Array> {
  const arrays = new Map<string, Float32Array>();
  for (const [i, { parameters, buffers }] of stages.entries()) {
    for (const { name, values, optimization } of parameters) {
      arrays.set(`${i}.${name}`, values);
      for (const [k, state] of [optimization.state0, optimization.state1].entries()) {
        if (state.length > 0) arrays.set(stateName(`${i}.${name}`, k), state);
      }
    }
    for (const { name, values } of buffers) arrays.set(`${i}.${name}`, values);
  }
  return arrays;
}

const STATE = ".state-";
const stateName = (parameter: string, k: number) => `${parameter}${STATE}${k}`;
/** Whether an array of that name is an optimizer's state. */
export const isState = (name: string) => name.includes(STATE);
