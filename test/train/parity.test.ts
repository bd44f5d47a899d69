/** Training against PyTorch: forward values, batch-norm statistics, gradients and optimizer steps, to 1e-5 of each
 *  array's largest value. The fixtures and the script that made them are in test/fixtures. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { OptimizerConfig, RunConfig } from "../../src/config/config.ts";
import { presets } from "../../src/config/presets.ts";
import { getBit, rowBytes } from "../../src/core/bits.ts";
import { createMachine } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import type { Stage } from "../../src/layers/layer.ts";
import { optimizer } from "../../src/optim/optimizers.ts";
import { buildNetwork, type Network } from "../../src/train/network.ts";

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

interface LayerFixture {
  readonly initial: Record<string, Numbers>;
  readonly forward: Record<string, Numbers>;
  readonly running?: { readonly mean: Numbers; readonly variance: Numbers };
  readonly gradient: Record<string, Numbers>;
}

interface Step {
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  readonly clip: boolean;
}

interface NetworkFixture {
  readonly config: { readonly step: Step };
  /** Parameters and running estimates after one step of `config.step`, by the trainer's names. */
  readonly after: Record<string, Numbers>;
  readonly input: Numbers;
  readonly labels: Numbers;
  readonly layers: LayerFixture[];
  readonly logits: Numbers;
  readonly loss: number;
}

const load = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));

function expectClose(actual: ArrayLike<number>, { data }: Numbers, what: string): void {
  // A gradient that cancels to nothing (β before another batch norm) is 0 to float32's rounding of its terms.
  const largest = Math.max(...data.map(Math.abs), 1e-2);
  expect(actual.length, what).toBe(data.length);
  for (const [i, expected] of data.entries()) {
    const off = Math.abs(actual[i]! - expected);
    if (!(off <= 1e-5 * largest)) throw new Error(`${what}[${i}] is ${actual[i]}, PyTorch has ${expected}`);
  }
}

/** A network with the fixture's parameters, after one step of `rate`. With rate 0 gradients are there, nothing has moved. */
async function stepped(
  fixture: NetworkFixture,
  config: RunConfig,
  kernels: "wasm" | "reference",
  rate = 0,
): Promise<Network> {
  const [count, width] = fixture.input.shape as [number, number];
  const images = Uint8Array.from(fixture.input.data, (x) => (x > 0 ? 255 : 0));
  const labels = Uint8Array.from(fixture.labels.data);
  const network = await buildNetwork(
    config,
    { shape: [width], train: { name: "parity", count, inputs: images, labels } },
    { kernels },
  );
  const values = fixture.layers.flatMap(({ initial }) => Object.entries(initial));
  expect(network.parameters.map(({ name }) => name)).toEqual(values.map(([name]) => name));
  for (const [i, [, { data }]] of values.entries()) network.parameters[i]!.values.set(data);
  for (const [name, array] of network.arrays)
    array.fill(name.endsWith("variance") ? 1 : 0, name.includes("running") ? 0 : array.length);
  network.pack();
  network.board.indices.set(Array.from({ length: count }, (_, i) => i));
  network.board.rates.set(network.optimizer.rates(rate, 1));
  network.step();
  return network;
}

function expectNetwork(network: Network, fixture: NetworkFixture): void {
  const { board, stages, parameters, arrays } = network;
  expectClose([board.loss.reduce((a, b) => a + b) / board.loss.length], { shape: [1], data: [fixture.loss] }, "loss");
  expectClose(stages.at(-1)!.output.data, fixture.logits, "logits");
  const gradients = fixture.layers.flatMap(({ gradient }) => Object.entries(gradient));
  for (const [i, [name, expected]] of gradients.entries()) {
    expectClose(parameters[i]!.gradient!, expected, `gradient ${i} of ${name}`);
  }
  const running = [...arrays].filter(([name]) => name.includes("running")).map(([, array]) => array);
  const expected = fixture.layers.flatMap((layer) =>
    layer.running ? [layer.running.mean, layer.running.variance] : [],
  );
  if (fixture.layers.some(({ running }) => running)) expect(running.length).toBe(expected.length);
  for (const [i, numbers] of expected.entries()) expectClose(running[i]!, numbers, `running estimate ${i}`);
}

/** One whole step of the trainer, update and clipping included. */
async function expectStep(fixture: NetworkFixture, config: RunConfig, kernels: "wasm" | "reference"): Promise<void> {
  const { optimizer: method, learningRate, clip } = fixture.config.step;
  const { arrays } = await stepped(fixture, { ...config, optimizer: method, clip }, kernels, learningRate);
  const names = [...arrays.keys()].filter((name) => !name.includes(".state-"));
  expect(names.sort()).toEqual(Object.keys(fixture.after).sort());
  for (const name of names) expectClose(arrays.get(name)!, fixture.after[name]!, `${name} after the step`);
}

/** Stages whose outputs are a fixture's forward values, layer by layer. */
function expectForward(stages: readonly Stage[], layers: readonly LayerFixture[], batch: number): void {
  const dense = stages.filter(({ role }) => role.kind === "binary-dense");
  const norms = stages.filter(({ role }) => role.kind === "batch-norm");
  const signs = stages.filter(({ role }) => role.kind === "sign");
  for (const [l, { forward }] of layers.entries()) {
    expect([...dense[l]!.output.data], `z of layer ${l}`).toEqual(forward.z!.data);
    if (forward.y && norms[l]) expectClose(norms[l]!.output.data, forward.y, `y of layer ${l}`);
    if (!forward.bits) continue;
    const { data: bytes, width } = signs[l]!.output as { data: Uint8Array; width: number };
    const matrix = { rows: batch, columns: width, stride: rowBytes(width), bytes };
    const bits = forward.bits.data.map((_, i) => getBit(matrix, Math.floor(i / width), i % width));
    expect(bits, `bits of layer ${l}`).toEqual(forward.bits.data.map((x) => (x > 0 ? 1 : 0)));
  }
}

const base: RunConfig = {
  ...presets.report,
  gradients: "float32",
  optimizer: { name: "sgd", momentum: 0 },
  clip: false,
  validation: 0,
};

describe.each(["reference", "wasm"] as const)("%s kernels", (kernels) => {
  test.each(["network", "head-scale"])("binary network, %s", async (name) => {
    const fixture = load(`parity-${name}`) as NetworkFixture & {
      config: { layers: number[]; batch: number; head: RunConfig["head"] };
    };
    const { layers, batch, head } = fixture.config;
    const config: RunConfig = { ...base, layers, batch, head };
    const network = await stepped(fixture, config, kernels);
    expectForward(network.stages, fixture.layers, batch);
    expectNetwork(network, fixture);
    await expectStep(fixture, config, kernels);
  });

  const floats = load("parity-float") as {
    batch: number;
    networks: (NetworkFixture & {
      config: { layers: number[]; activation: RunConfig["activation"]; batchNorm: boolean };
    })[];
  };
  test.each(floats.networks.map((n) => [`${n.config.activation}, batch norm ${n.config.batchNorm}`, n] as const))(
    "float network, %s",
    async (_, fixture) => {
      const { layers, activation, batchNorm } = fixture.config;
      const hidden = batchNorm ? "batch-norm" : "none";
      const head = batchNorm ? "batch-norm" : "scale";
      const config: RunConfig = { ...base, linear: "normal", layers, activation, hidden, head, batch: floats.batch };
      expectNetwork(await stepped(fixture, config, kernels), fixture);
      await expectStep(fixture, config, kernels);
    },
  );

  test("squared hinge", async () => {
    const { logits, labels, losses, gradient } = load("parity-float").squaredHinge as Record<string, Numbers>;
    const [batch, m] = logits!.shape as [number, number];
    const machine = await createMachine(
      (arena) => {
        const z = arena.f32(batch * m);
        const truth = arena.u8(batch);
        const indices = arena.i32(batch);
        const loss = arena.f64(batch);
        const d = arena.f32(batch * m);
        const program = new Program();
        program.add("hingeLoss", { logits: z, labels: truth, indices, loss, d, batch, m, count: batch });
        return { programs: [program], z, truth, indices, loss, d };
      },
      { kernels },
    );
    const { programs, z, truth, indices, loss, d } = machine.built;
    z.set(logits!.data);
    truth.set(labels!.data);
    indices.set(labels!.data.map((_, i) => i));
    machine.run(programs[0]!);
    expectClose(loss, losses!, "losses");
    expectClose(d, gradient!, "gradient");
  });

  const steps = load("parity-optimizers") as {
    initial: Numbers;
    gradients: Numbers[];
    runs: {
      optimizer: OptimizerConfig;
      learningRate: number;
      clip: boolean;
      steps: { parameters: Numbers; states: Numbers[] }[];
    }[];
  };
  test.each(steps.runs.map((run) => [`${JSON.stringify(run.optimizer)} clip ${run.clip}`, run] as const))(
    "three steps of %s",
    async (_, run) => {
      const [rows, width] = steps.initial.shape as [number, number];
      const { method, rates } = optimizer(run.optimizer);
      const machine = await createMachine(
        (arena) => {
          const array = () => arena.f32(rows * width);
          const arrays = { w: array(), g: array(), s0: array(), s1: array(), coefficients: arena.f32(8) };
          const { w, g, s0: state0, s1: state1, coefficients: rates } = arrays;
          const program = new Program();
          program.add("update", { w, g, state0, state1, rates, method, clip: run.clip ? 1 : 0, rows, width });
          return { programs: [program], ...arrays };
        },
        { kernels },
      );
      const { programs, w, g, s0, s1, coefficients } = machine.built;
      w.set(steps.initial.data);
      for (const [i, { parameters, states }] of run.steps.entries()) {
        g.set(steps.gradients[i]!.data);
        coefficients.set(rates(run.learningRate, i + 1));
        machine.run(programs[0]!);
        expectClose(w, parameters, `parameters after step ${i + 1}`);
        for (const [k, state] of states.entries()) expectClose([s0, s1][k]!, state, `state ${k} after step ${i + 1}`);
      }
    },
  );
});
