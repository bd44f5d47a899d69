/** Training against PyTorch: forward values, batch-norm statistics, gradients and optimizer steps, to 1e-5 of each
 *  array's largest value. The fixtures and the script that made them are in test/fixtures. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expand } from "../../src/config/expand.ts";
import type { Recipe } from "../../src/config/keys.ts";
import { presets } from "../../src/config/presets.ts";
import { getBit } from "../../src/core/bits.ts";
import { createMachine } from "../../src/kernels/machine.ts";
import { Program } from "../../src/kernels/program.ts";
import { optimizers } from "../../src/optim/optimizers.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { compile } from "../../src/train/compile.ts";
import type { LayerView, Trainer } from "../../src/train/trainer.ts";

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
  readonly optimizer: Recipe["optimizer"];
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

/** A network with the fixture's parameters after a forward and a backward pass on its samples: gradients are there, nothing has
 *  moved. Returns it with the mean loss and the scores. */
async function passed(fixture: NetworkFixture, recipe: Recipe, kernels: "wasm" | "reference") {
  const [batch, width] = fixture.input.shape as [number, number];
  const inputs = Uint8Array.from(fixture.input.data, (x) => (x > 0 ? 255 : 0));
  const { network, data: _, epochs: _e, targetAccuracy: _t, patience: _p, ...plan } = expand(recipe);
  const trainer = await compile(network, { shape: [width] }, { ...plan, batch, validation: 0, kernels, threads: 1 });
  const parameters = trainer.layers.flatMap((layer) => layer.parameters);
  const values = fixture.layers.flatMap(({ initial }) => Object.entries(initial));
  expect(parameters.map(({ name }) => name)).toEqual(values.map(([name]) => name));
  for (const [i, [, { data }]] of values.entries()) parameters[i]!.values.set(data);
  trainer.derive();
  const logits = [...trainer.forward(inputs)];
  const { loss, d } = trainer.loss(fixture.labels.data);
  trainer.backward(d);
  return { trainer, parameters, loss, logits };
}

type Passed = Awaited<ReturnType<typeof passed>>;

const arraysOf = (trainer: Trainer) => decodeCheckpoint(trainer.checkpoint()).arrays;

function expectNetwork({ trainer, parameters, loss, logits }: Passed, fixture: NetworkFixture): void {
  expectClose([loss], { shape: [1], data: [fixture.loss] }, "loss");
  expectClose(logits, fixture.logits, "logits");
  const gradients = fixture.layers.flatMap(({ gradient }) => Object.entries(gradient));
  for (const [i, [name, expected]] of gradients.entries()) {
    expectClose(parameters[i]!.gradient, expected, `gradient ${i} of ${name}`);
  }
  const running = [...arraysOf(trainer)].filter(([name]) => name.includes("running")).map(([, array]) => array);
  const expected = fixture.layers.flatMap((layer) =>
    layer.running ? [layer.running.mean, layer.running.variance] : [],
  );
  if (fixture.layers.some(({ running }) => running)) expect(running.length).toBe(expected.length);
  for (const [i, numbers] of expected.entries()) expectClose(running[i]!, numbers, `running estimate ${i}`);
}

/** A step of the trainer, clipping included. */
async function expectStep(fixture: NetworkFixture, recipe: Recipe, kernels: "wasm" | "reference"): Promise<void> {
  const { optimizer, learningRate, clip } = fixture.config.step;
  const { trainer } = await passed(fixture, { ...recipe, optimizer, learningRate, clip }, kernels);
  trainer.update();
  const arrays = arraysOf(trainer);
  const names = [...arrays.keys()].filter((name) => !name.includes(".state-"));
  expect(names.sort()).toEqual(Object.keys(fixture.after).sort());
  for (const name of names) expectClose(arrays.get(name)!, fixture.after[name]!, `${name} after the step`);
}

/** Layers whose outputs are a fixture's forward values, layer by layer. */
function expectForward(views: readonly LayerView[], layers: readonly LayerFixture[]): void {
  const of = (kind: string) => views.filter(({ layer }) => layer.kind === kind).map(({ output }) => output);
  const [dense, norms, signs] = [of("binary-dense"), of("batch-norm"), of("sign")];
  for (const [l, { forward }] of layers.entries()) {
    expect([...(dense[l] as Int32Array)], `z of layer ${l}`).toEqual(forward.z!.data);
    if (forward.y && norms[l]) expectClose(norms[l] as Float32Array, forward.y, `y of layer ${l}`);
    if (!forward.bits) continue;
    const output = signs[l]!;
    if (!("rows" in output)) throw new Error("sign gives bits");
    const bits = forward.bits.data.map((_, i) => getBit(output, Math.floor(i / output.columns), i % output.columns));
    expect(bits, `bits of layer ${l}`).toEqual(forward.bits.data.map((x) => (x > 0 ? 1 : 0)));
  }
}

const base: Recipe = {
  ...presets.report,
  gradients: "float32",
  optimizer: { name: "sgd", momentum: 0 },
  clip: false,
};

describe.each(["reference", "wasm"] as const)("%s kernels", (kernels) => {
  test.each(["network", "head-scale"])("binary network, %s", async (name) => {
    const fixture = load(`parity-${name}`) as NetworkFixture & {
      config: { layers: number[]; batch: number; head: Recipe["head"] };
    };
    const { layers, batch, head } = fixture.config;
    const recipe: Recipe = { ...base, layers, batch, head };
    const network = await passed(fixture, recipe, kernels);
    expectForward(network.trainer.layers, fixture.layers);
    expectNetwork(network, fixture);
    await expectStep(fixture, recipe, kernels);
  });

  const floats = load("parity-float") as {
    batch: number;
    networks: (NetworkFixture & {
      config: { layers: number[]; activation: Recipe["activation"]; batchNorm: boolean };
    })[];
  };
  test.each(floats.networks.map((n) => [`${n.config.activation}, batch norm ${n.config.batchNorm}`, n] as const))(
    "float network, %s",
    async (_, fixture) => {
      const { layers, activation, batchNorm } = fixture.config;
      const hidden = batchNorm ? "batch-norm" : "none";
      const head = batchNorm ? "batch-norm" : "scale";
      const recipe: Recipe = { ...base, linear: "normal", layers, activation, hidden, head, batch: floats.batch };
      expectNetwork(await passed(fixture, recipe, kernels), fixture);
      await expectStep(fixture, recipe, kernels);
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
      optimizer: Recipe["optimizer"];
      learningRate: number;
      clip: boolean;
      steps: { parameters: Numbers; states: Numbers[] }[];
    }[];
  };
  test.each(steps.runs.map((run) => [`${JSON.stringify(run.optimizer)} clip ${run.clip}`, run] as const))(
    "three steps of %s",
    async (_, run) => {
      const [rows, width] = steps.initial.shape as [number, number];
      const { optimizer } = expand({ ...base, optimizer: run.optimizer, learningRate: run.learningRate });
      const { method, rates, states: kept } = optimizers.of(optimizer);
      const machine = await createMachine(
        (arena) => {
          const array = (there = true) => arena.f32(there ? rows * width : 0);
          const arrays = { w: array(), g: array(), state0: array(), state1: array(kept === 2), rates: arena.f32(8) };
          const program = new Program();
          program.add("update", { ...arrays, method, rows, width, clip: run.clip ? 1 : 0 });
          return { programs: [program], ...arrays };
        },
        { kernels },
      );
      const { programs, w, g, state0, state1, rates: coefficients } = machine.built;
      w.set(steps.initial.data);
      for (const [i, { parameters, states }] of run.steps.entries()) {
        g.set(steps.gradients[i]!.data);
        coefficients.set(rates(optimizer, i + 1, (rate) => rate));
        coefficients[7] = 1; // no decay
        machine.run(programs[0]!);
        expectClose(w, parameters, `parameters after step ${i + 1}`);
        for (const [k, state] of states.entries())
          expectClose([state0, state1][k]!, state, `state ${k} after step ${i + 1}`);
      }
    },
  );
});
