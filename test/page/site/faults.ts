/** Bad input of every kind, and what onebit answers: the same in Node and in a page. */

import {
  adam,
  batchNorm,
  binaryDense,
  compile,
  dataSet,
  decodeModel,
  dense,
  floats,
  type GivenData,
  loadModel,
  modelOf,
  parseConfig,
  scale,
  sequential,
  sign,
  threshold,
} from "onebit";

export interface Fault {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

const network = sequential(threshold(127), [binaryDense(8), batchNorm(), sign(), binaryDense(2), scale()]);
const good: GivenData = { inputs: new Uint8Array(20 * 4), labels: new Uint8Array(20), shape: [4], classes: ["a", "b"] };

const cases: Readonly<Record<string, () => unknown>> = {
  "layers that do not fit": () =>
    compile(sequential(threshold(1), [binaryDense(8), binaryDense(2), scale()] as never), good),
  "no output": () => compile(sequential(threshold(1), [binaryDense(8), batchNorm(), sign()]), good),
  "no layers": () => compile(sequential(threshold(1), []), good),
  "another number of classes": () => compile(network, { ...good, classes: ["a", "b", "c"] }),
  "a label that is not a class": () => dataSet({ ...good, labels: new Uint8Array(20).fill(9) }),
  "fewer numbers than samples": () => dataSet({ ...good, inputs: new Uint8Array(79) }),
  "more numbers than labels": () => dataSet({ ...good, inputs: new Uint8Array(84) }),
  "a number that is NaN": () => dataSet({ ...good, inputs: new Float32Array(80).fill(Number.NaN) }),
  "floats for an encoder of bytes": () => compile(network, { ...good, inputs: new Float32Array(80) }),
  "a batch larger than the data": () => compile(network, good, { batch: 100 }),
  "an option that does not exist": () => compile(network, good, { epochs: 3 } as object),
  "an option that can do nothing": () =>
    compile(
      sequential(floats(), [dense(2), scale()]),
      { ...good, inputs: new Float32Array(80) },
      {
        optimizer: adam({ clip: true }),
      },
    ),
  "first weights that were not given": () => compile(network, good, { init: { kind: "given" } as never }),
  "half a thread": () => compile(network, good, { threads: 0.5 }),
  "a checkpoint of another network": async () => {
    const other = sequential(threshold(127), [binaryDense(16), batchNorm(), sign(), binaryDense(2), scale()]);
    const [one, two] = await Promise.all([compile(network, good), compile(other, good)]);
    return two.restore(one.checkpoint());
  },
  "something else than a checkpoint": async () => (await compile(network, good)).restore(new Uint8Array(100)),
  "a picture of another size": async () => (await compile(network, good)).classify(new Uint8Array(5)),
  "a model with a picture of another size": async () =>
    (await compile(network, good)).freeze().classify(new Uint8Array(5)),
  "something else than a model": () => loadModel(new Uint8Array(100)),
  "a text for a model": () => loadModel("model.onebit" as never),
  "a model with its end missing": async () => {
    const bytes = (await compile(network, good)).freeze().encode();
    return decodeModel(bytes.subarray(0, bytes.length - 40));
  },
  "an engine that does not exist": async () =>
    modelOf((await compile(network, good)).freeze(), { engine: "gpu" as never }),
  "a key that does not exist": () => parseConfig({ lr: 1 }, "config.json"),
};

/** What each of them throws. */
export async function faults(_: unknown): Promise<Record<string, Fault | undefined>> {
  const found: Record<string, Fault | undefined> = {};
  for (const [title, run] of Object.entries(cases)) {
    try {
      await run();
      found[title] = undefined;
    } catch (error) {
      const { name, code, message, hint } = error as Fault;
      found[title] = { name, message, ...(code !== undefined && { code }), ...(hint !== undefined && { hint }) };
    }
  }
  return found;
}
