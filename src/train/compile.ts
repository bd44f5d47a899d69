/** From a network, data and options to a trainer: checks that they fit, and builds what trains.
 *
 *      const trainer = await compile(network, data, { loss: nll(), optimizer: adam({ rate: 1e-3 }), seed: 1 });
 *      await trainer.fit({ epochs: 20 });
 *      const model = trainer.freeze(); */

import { type GradientKind, type Init, type Plan, planSchema } from "../config/config.ts";
import { checked, checkKeys } from "../core/check.ts";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import { sha256Hex } from "../core/hash.ts";
import { isObject } from "../core/json.ts";
import { type Shape, shapeText, sizeOf } from "../core/shape.ts";
import { typeName } from "../core/words.ts";
import { checkClasses, checkDataSet, checkShape, type DataSet, isDataSet } from "../data/dataset.ts";
import { dataSet, type GivenData } from "../data/given.ts";
import { encoders } from "../encoders/index.ts";
import { createMachine, type MachineOptions } from "../kernels/machine.ts";
import { layers } from "../layers/index.ts";
import type { LayerDefinition, ParameterRole } from "../layers/layer.ts";
import { type Loss, losses, nll } from "../losses/losses.ts";
import {
  checkOutput,
  macsOf,
  type Network,
  parseNetwork,
  shapesOf,
  takesIntegerGradients,
} from "../network/sequential.ts";
import { adam, type Optimizer, optimizers } from "../optim/optimizers.ts";
import { checkOptimizer } from "../optim/roles.ts";
import { constant, type Schedule, schedules } from "../optim/schedules.ts";
import { place } from "./arrays.ts";
import { type Checkpoint, decoded } from "./checkpoint.ts";
import { type GivenWeights, initialize } from "./initial.ts";
import { NetworkTrainer } from "./network-trainer.ts";
import type { Trainer } from "./trainer.ts";

/** How a network is trained: values, numbers, and the machine it runs on. */
export interface CompileOptions extends Omit<MachineOptions, "threads"> {
  /** `nll()` unless given. */
  readonly loss?: Loss;
  /** `adam()` unless given. */
  readonly optimizer?: Optimizer;
  /** `constant()` unless given. */
  readonly schedule?: Schedule;
  /** Samples a step: 100 unless given, or as many as there are to train on. */
  readonly batch?: number;
  /** Of all random numbers; 1 unless given. */
  readonly seed?: number;
  /** Training samples that are held out for validation: a tenth of them unless given. */
  readonly validation?: number;
  /** Moves each training picture by up to so many pixels in each direction, anew each epoch; 0 unless given. */
  readonly shift?: number;
  /** How binary layers on bits compute gradients; "int6" unless given. */
  readonly gradients?: GradientKind;
  /** First weights: uniform in ±1/√inputs unless given. */
  readonly init?: Init;
  /** First weights that are handed over. */
  readonly weights?: GivenWeights;
  /** Threads that share the work; they change no bit. "auto", which is the default: one a core, up to 8, where the host has
   *  shared memory, else one. */
  readonly threads?: number | "auto";
}

/** What a network is compiled for that is only handed samples: evaluation, or a loop of one's own. */
export interface WithoutData {
  readonly shape: Shape;
  readonly classes?: readonly string[];
}

/** A trainer of `network` on data: a data set, arrays, or the shape alone of samples that will be handed over.
 *
 *  Throws `config` when layers, data and options do not fit together, `argument` for values that are not allowed and for
 *  options that could do nothing, `data` for faulty data, `shape` for weights that do not fit, and what `createMachine` throws:
 *  `memory`, `host`, `worker`. */
export function compile(
  network: Network,
  data: DataSet | GivenData | WithoutData,
  options: CompileOptions = {},
): Promise<Trainer> {
  return build(network, data, options);
}

async function build(
  network: Network,
  data: DataSet | GivenData | WithoutData,
  options: CompileOptions,
): Promise<NetworkTrainer> {
  const set = dataOf(data);
  const shape = set?.shape ?? data.shape;
  checkKeys(options, OPTIONS, "compile");
  const { kernels, workerTimeout, threads = "auto", weights, ...values } = options;
  if (weights !== undefined) checkWeights(weights, values.init);
  const plan = planFor(network, set, values, weights !== undefined);
  const classes = set?.classes ?? (data as WithoutData).classes ?? defaultClasses(plan.network, shape);
  checkFits(plan, shape, classes, set);
  if (plan.init.kind !== "uniform" && weights === undefined) {
    const what = plan.init.kind === "file" ? `init is the file ${plan.init.path}` : 'init is "given"';
    throw new OnebitError("argument", `${what}, but no weights were given`, "Give them as `weights`.");
  }
  const machine = await createMachine((arena) => place(arena, plan, shape, set?.train), {
    ...(kernels && { kernels }),
    ...(workerTimeout !== undefined && { workerTimeout }),
    threads,
  });
  try {
    const { mailbox, stack, arrays } = machine.built;
    if (set) {
      mailbox.inputs.set(set.train.inputs);
      mailbox.labels.set(set.train.labels);
    }
    initialize(stack.stages, arrays, plan, weights);
    return new NetworkTrainer(machine, plan, shape, classes, set?.train.count ?? 0, set ? digestOf(set) : null);
  } catch (error) {
    machine.close();
    throw error;
  }
}

/** The trainer of a checkpoint, without data: it evaluates and freezes. Throws `checkpoint`, and as `compile` does. */
export async function openCheckpoint(
  checkpoint: Uint8Array | Checkpoint,
  options: Pick<CompileOptions, "threads" | "kernels"> = {},
): Promise<Trainer> {
  const read = decoded(checkpoint);
  const { plan, shape, classes } = read;
  const { network, ...values } = plan;
  const weights = plan.init.kind === "uniform" ? {} : { weights: { kind: "checkpoint", checkpoint: read } as const };
  const trainer = await build(network, { shape, classes }, { ...values, ...options, ...weights });
  trainer.restore(read);
  return trainer;
}

function dataOf(data: DataSet | GivenData | WithoutData): DataSet | undefined {
  if (isDataSet(data)) {
    checkDataSet(data);
    return data;
  }
  if (!isObject(data)) {
    const hint = "Give a data set, arrays {inputs, labels, shape}, or {shape} alone.";
    throw new OnebitError("argument", `compile: the data is ${typeName(data)}`, hint);
  }
  if ("inputs" in data) return dataSet(data as GivenData);
  checkKeys(data, { shape: 1, classes: 1, inputs: 1 }, "compile: the data");
  checkShape(data.shape, "compile: the data");
  if (data.classes !== undefined) checkClasses(data.classes, "compile: the data");
  return undefined;
}

/** What `compile` takes. */
const OPTIONS: Readonly<Record<keyof CompileOptions, 1>> = {
  loss: 1,
  optimizer: 1,
  schedule: 1,
  batch: 1,
  seed: 1,
  validation: 1,
  shift: 1,
  gradients: 1,
  init: 1,
  weights: 1,
  threads: 1,
  kernels: 1,
  workerTimeout: 1,
};

/** Throws `argument` for weights of no kind that there is, and for an `init` that they would leave without effect. */
function checkWeights(weights: GivenWeights, init: Init | undefined): void {
  const kind: unknown = isObject(weights) ? weights.kind : undefined;
  if (kind !== "checkpoint" && kind !== "bits") {
    throw new OnebitError(
      "argument",
      `compile: the weights (${typeName(weights)}) are neither of kind "checkpoint" nor of kind "bits"`,
      'Give { kind: "checkpoint", checkpoint: trainer.checkpoint() }.',
    );
  }
  if (kind === "checkpoint" && init?.kind === "uniform") {
    throw new OnebitError("argument", "init is uniform, but the weights of a checkpoint are given", "Leave init out.");
  }
}

/** The plan that options stand for, with what they leave out. */
function planFor(
  network: Network,
  set: DataSet | undefined,
  options: Omit<CompileOptions, keyof MachineOptions | "threads" | "weights">,
  given: boolean,
): Plan {
  const { loss = nll(), optimizer = adam(), schedule = constant(), ...numbers } = options;
  const parsed = parseNetwork(network, "the network");
  const count = set?.train.count ?? 0;
  const validation = numbers.validation ?? Math.floor(count / 10);
  const defaults = {
    gradients: takesIntegerGradients(parsed) ? "int6" : "float32",
    init: given ? { kind: "given" } : { kind: "uniform", range: "fan-in" },
    batch: set === undefined ? 100 : Math.max(1, Math.min(100, count - validation)),
    seed: 1,
    validation,
    shift: 0,
  };
  const merged = {
    ...defaults,
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
  };
  return {
    network: parsed,
    loss: losses.parse(loss, "loss", "argument"),
    optimizer: optimizers.parse(optimizer, "optimizer", "argument"),
    schedule: schedules.parse(schedule, "schedule", "argument"),
    ...checked(planSchema, merged, "compile", "argument"),
  };
}

function defaultClasses(network: Network, shape: Shape): string[] {
  return numberedClasses(sizeOf(shapesOf(network, shape).at(-1)!));
}

/** Weights a network may have: with gradients and two states of the optimizer 2²⁷ take 2 GiB, half of what WebAssembly
 *  can address. */
const MAX_WEIGHTS = 2 ** 27;

const numbers = { bytes: "8-bit numbers", float32: "float32 numbers" } as const;

/** What must hold between a plan's values, and between them and the data. Throws `config`, `kind` and `argument`. */
function checkFits(plan: Plan, shape: Shape, classes: readonly string[], set: DataSet | undefined): void {
  const { network, optimizer, batch, validation, shift, gradients } = plan;
  const fault = (message: string, hint: string) => new OnebitError("config", message, hint);
  checkOutput(network);
  const outputs = sizeOf(shapesOf(network, shape).at(-1)!);
  const definitions = network.layers.map((layer) => layers.of(layer));
  const { takes, title } = encoders.of(network.encoder);
  const weights = macsOf(network, shape).reduce((sum, macs) => sum + macs, 0);
  if (weights > MAX_WEIGHTS) {
    throw fault(
      `the network has ${weights.toLocaleString("en")} weights`,
      `A network may have ${MAX_WEIGHTS.toLocaleString("en")}.`,
    );
  }
  if (set !== undefined) checkData(set);
  const crowd = network.layers.find((_, i) => batch < (definitions[i]!.leastBatch ?? 1));
  if (crowd !== undefined) {
    const { title, leastBatch } = layers.of(crowd);
    throw fault(`batch is ${batch}, too few samples for ${title(crowd)}`, `Take a batch of ${leastBatch} or more.`);
  }
  if (gradients !== "float32" && !takesIntegerGradients(network)) {
    throw new OnebitError(
      "argument",
      `gradients is ${gradients}, but the network has no binary layer whose input is bits`,
      "Leave gradients out: they are computed in float32.",
    );
  }
  checkOptimizer(optimizer, rolesOf(definitions));
  if (outputs !== classes.length) {
    throw fault(
      `the network ends with ${outputs} ${outputs === 1 ? "output" : "outputs"}, but there are ${classes.length} classes`,
      `Let its last layer with weights have ${classes.length} units.`,
    );
  }

  function checkData({ name, train }: DataSet): void {
    const found = train.inputs instanceof Float32Array ? "float32" : "bytes";
    if (found !== takes) {
      throw fault(
        `the encoder ${title(network.encoder)} takes ${numbers[takes]}, but ${name} holds ${numbers[found]}`,
        takes === "bytes" ? "Take floats(), or scale the data to 0 … 255 in a Uint8Array." : "Give a Float32Array.",
      );
    }
    if (validation >= train.count) {
      throw fault(
        `validation is ${validation}, but ${name} has ${train.count} training samples`,
        `Take ${train.count - 1} at most: a sample must be left to train on.`,
      );
    }
    if (batch > train.count - validation) {
      throw fault(
        `batch is ${batch}, but only ${train.count - validation} samples are left to train on (${train.count} without validation)`,
        "Take a smaller batch or a smaller validation split.",
      );
    }
    if (shift > 0 && (shape.length !== 3 || takes === "float32")) {
      throw new OnebitError(
        "argument",
        `shift moves pictures of 8-bit numbers, but the samples of ${name} are ${shapeText(shape)} ${numbers[takes]}`,
        "Leave it out.",
      );
    }
    if (shift > 0 && shift >= Math.min(shape[0]!, shape[1]!)) {
      throw fault(`shift is ${shift}, but the pictures are ${shape[0]} × ${shape[1]}`, "Take a smaller shift.");
    }
  }
}

/** What the weights of a network are. */
function rolesOf(definitions: readonly LayerDefinition[]): ReadonlySet<ParameterRole> {
  const kinds = definitions.flatMap(({ weights }) => weights ?? []);
  return new Set(kinds.map((kind) => (kind === "binary" ? "binary" : "weights")));
}

/** What tells a training set from another: SHA-256 of its inputs' and labels' digests. */
function digestOf({ train: { inputs, labels } }: DataSet): string {
  const bytes = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  return sha256Hex(new TextEncoder().encode(sha256Hex(bytes) + sha256Hex(labels)));
}
