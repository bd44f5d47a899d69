/** A format of one's own: a function from a model to files. This one writes a Python program without dependencies, which MicroPython
 *  runs, too: weights are Python's long integers, a neuron is an XOR, a count of ones and a comparison.
 *
 *      node examples/own-exporter.ts > digits.py
 *
 *  An exporter that onebit itself should have: CONTRIBUTING.md. */

import {
  adam,
  type BitMatrix,
  batchNorm,
  binaryDense,
  compile,
  type ExportFile,
  getBit,
  type Model,
  scale,
  sequential,
  sign,
  threshold,
} from "onebit";
import { loadDataSet } from "onebit/node";

/** classify.py. Throws when the model has what this format does not know. */
export function python({ model, classes, hash }: Model): ExportFile[] {
  const { encoder } = model;
  if (encoder.kind !== "threshold") throw new Error(`Python: the encoder ${encoder.kind} is not written yet`);
  const layers = model.layers.map((layer) => {
    switch (layer.kind) {
      case "dense":
        return `    (${layer.weights.columns}, ${rowsOf(layer.weights)}, [${layer.thresholds.join(", ")}]),\n`;
      case "output":
        return `    (${layer.weights.columns}, ${rowsOf(layer.weights)}, [${layer.scale.join(", ")}], [${layer.offset.join(", ")}]),\n`;
      default:
        throw new Error(
          `Python: a layer of kind ${(layer satisfies never as { kind: string }).kind} is not written yet`,
        );
    }
  });
  const program = `# Model ${hash}
CLASSES = ${JSON.stringify(classes)}
LAYERS = [
${layers.join("")}]


def scores(pixels):
    x = sum(1 << k for k, pixel in enumerate(pixels) if pixel > ${encoder.threshold})
    for n, rows, *numbers in LAYERS:
        p = [n - bin(x ^ w).count("1") for w in rows]
        if len(numbers) == 2:
            return [a * q + b for q, a, b in zip(p, *numbers)]
        x = sum(1 << j for j, (q, t) in enumerate(zip(p, numbers[0])) if q >= t)


def classify(pixels):
    s = scores(pixels)
    return CLASSES[s.index(max(s))]
`;
  return [{ name: "classify.py", chunks: [new TextEncoder().encode(program)] }];
}

/** Each row as one number: bit k is weight k, 1 for +1. */
function rowsOf(weights: BitMatrix): string {
  const rows = Array.from({ length: weights.rows }, (_, row) => {
    const bits = Array.from({ length: weights.columns }, (_, k) => BigInt(getBit(weights, row, k)) << BigInt(k));
    return `0x${bits.reduce((sum, bit) => sum | bit, 0n).toString(16)}`;
  });
  return `[${rows.join(", ")}]`;
}

const data = await loadDataSet("mnist:3000");
const network = sequential(threshold(127), [
  binaryDense(64),
  batchNorm(),
  sign(),
  binaryDense(data.classes.length),
  scale(),
]);
const trainer = await compile(network, data, { optimizer: adam({ clip: true }) });
await trainer.fit({ epochs: 3 });
for (const { chunks } of python(trainer.freeze())) {
  for (const chunk of chunks) console.log(new TextDecoder().decode(chunk));
}
await trainer.close();
