/** Small networks for illustrations: built on the plain reference machine, with weights that are set by hand, run forward
 *  and backward. What the figures of chapters 2 and 3.1 … 3.2 show is computed here. */

import { unpackSigns } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import { RATES } from "../kernels/layout.ts";
import { createMachine } from "../kernels/machine.ts";
import { Program } from "../kernels/program.ts";
import type { Optimize, Parameter, Stage } from "../layers/layer.ts";
import type { Sequential } from "../network/sequential.ts";
import { float32, type Signal } from "../layers/signal.ts";
import { optimizer } from "../optim/optimizers.ts";

/** Numbers of one array, sample by sample or row by row. */
export type Numbers = readonly number[];

export interface Gradients {
  /** [batch, width]; absent when the first layer has parameters, where a network needs none. */
  readonly input: Numbers | undefined;
  /** Of each parameter, in the order of the layers. */
  readonly parameters: readonly Numbers[];
}

export interface Lab {
  readonly stages: readonly Stage[];
  /** In the order of the layers. */
  readonly parameters: readonly Parameter[];
  /** Replaces a parameter's values, and packs signs anew. Throws `shape` when their number is another. */
  set(parameter: number, values: Numbers): void;
  /** x: [batch, width]. Returns each layer's outputs, [batch, units]; bits as ±1. Throws `shape` likewise. */
  forward(x: Numbers): readonly Numbers[];
  /** d: ∂loss/∂output of the last `forward`, [batch, units]. A step of SGD follows; with rate 0 nothing moves. */
  backward(d: Numbers, rate?: number): Gradients;
  /** Negative log likelihood of the last `forward`'s outputs, the mean over the samples, and its gradient d.
   *  Throws `kind` when they are not float32. */
  loss(labels: Numbers): { readonly error: number; readonly d: Numbers };
}

/** `network` takes float32. `values` are the parameters', in the order of the layers; those left out are 0. */
export async function createLab(network: Sequential, batch: number, values: readonly Numbers[] = []): Promise<Lab> {
  const { width } = network.input;
  const units = network.widths.at(-1)!;
  const sgd = optimizer({ name: "sgd", momentum: 0 });
  const machine = await createMachine(
    (arena) => {
      const input = float32(arena, batch, width);
      const stack = network.build({ arena, batch, quantization: undefined }, input);
      const d = arena.f32(batch * units);
      const rates = arena.f32(RATES);
      const optimize: Optimize = ({ rows, width }) => {
        const state = () => arena.f32(rows * width);
        return { method: sgd.method, states: [state(), state()], rates, clip: 0 };
      };
      const [pack, forward, backward, loss] = [new Program(), new Program(), new Program(), new Program()];
      stack.pack(pack);
      stack.forward(forward, "train");
      const dInput = stack.backward(backward, d);
      stack.update(backward, optimize);
      const truth = { labels: arena.u8(batch), indices: arena.i32(batch), losses: arena.f64(batch) };
      if (stack.output.kind === "float32") {
        const { labels, indices, losses } = truth;
        const logits = stack.output.data;
        loss.add("nllLoss", { logits, labels, indices, loss: losses, d, batch, m: units, count: batch });
      }
      return { programs: [pack, forward, backward, loss] as const, input, stack, d, dInput, rates, ...truth };
    },
    { kernels: "reference" },
  );
  const { input, stack, d, dInput, rates, labels, indices, losses } = machine.built;
  const [pack, forward, backward, loss] = machine.built.programs;
  const parameters = stack.stages.flatMap((stage) => stage.parameters);
  const lab: Lab = {
    stages: stack.stages,
    parameters,
    set(parameter, values) {
      fill(parameters[parameter]!.values, values);
      machine.run(pack);
    },
    forward(x) {
      fill(input.data, x);
      machine.run(forward);
      return stack.stages.map(({ output }) => numbersOf(output, batch));
    },
    backward(gradient, rate = 0) {
      fill(d, gradient);
      rates.set(sgd.rates(rate, 1));
      machine.run(backward);
      return {
        input: dInput && [...dInput],
        parameters: parameters.map((parameter) => [...parameter.gradient!]),
      };
    },
    loss(truth) {
      if (stack.output.kind !== "float32") throw new OnebitError("kind", "a loss takes float32 outputs");
      fill(labels, truth);
      fill(indices, Array.from(truth.keys()));
      machine.run(loss);
      return { error: losses.reduce((sum, x) => sum + x, 0) / batch, d: [...d] };
    },
  };
  for (const [i, numbers] of values.entries()) fill(parameters[i]!.values, numbers);
  machine.run(pack);
  return lab;
}

function fill(array: Float32Array | Uint8Array | Int32Array, numbers: Numbers): void {
  if (numbers.length !== array.length) {
    throw new OnebitError("shape", `${array.length} numbers are needed, not ${numbers.length}`);
  }
  array.set(numbers);
}

function numbersOf(signal: Signal, batch: number): Numbers {
  if (signal.kind !== "bits") return [...signal.data];
  const { width, stride, data } = signal;
  return [...unpackSigns({ rows: batch, columns: width, stride, bytes: data })];
}

/** A number of a figure or a finding, with a minus sign: "−0.46". */
export function decimal(x: number, digits = 2): string {
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}
