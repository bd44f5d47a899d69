/** Two training loops of one's own.
 *
 *      node examples/own-loop.ts
 *
 *  The first chooses which samples a step sees, and leaves the rest to `step`. The second takes a step apart: forward, loss,
 *  backward and update, with a gradient that passes through its hands. */

import { adam, batchNorm, binaryDense, compile, scale, sequential, sgd, sign, threshold } from "onebit";
import { loadDataSet } from "onebit/node";

const BATCH = 100;
const data = await loadDataSet("mnist:3000");
const network = sequential(threshold(127), [
  binaryDense(128),
  batchNorm(),
  sign(),
  binaryDense(data.classes.length),
  scale(),
]);

// 1. Half of each batch are samples that were wrong in the round before.
const chooser = await compile(network, data, {
  optimizer: adam({ rate: 2e-3, clip: true }),
  batch: BATCH,
  validation: 0,
});
let hard: number[] = [];
for (let round = 1; round <= 3; round++) {
  let loss = 0;
  const steps = data.train.count / BATCH;
  for (let step = 0; step < steps; step++) {
    const indices = Array.from({ length: BATCH }, (_, b) => {
      const again = b % 2 === 1 ? hard[(step * BATCH + b) % hard.length] : undefined;
      return again ?? step * BATCH + b;
    });
    loss += chooser.step(indices, { rate: 2e-3 / round }).loss;
  }
  const classes = chooser.classify(data.train.inputs);
  hard = [...data.train.labels.keys()].filter((i) => classes[i] !== data.train.labels[i]);
  console.log(`round ${round}  loss ${(loss / steps).toFixed(3)}  ${hard.length} samples are wrong`);
}
await chooser.close();

// 2. Gradients of the scores that are longer than 1 are cut to length 1.
const parts = await compile(
  network,
  { shape: data.shape, classes: data.classes },
  {
    optimizer: sgd({ rate: 0.1, momentum: 0.9, clip: true }),
    batch: BATCH,
    gradients: "float32", // those of weights are stored, to be looked at and for `update`
  },
);
const width = data.train.inputs.length / data.train.count;
for (let step = 0; step < 90; step++) {
  const first = (step * BATCH) % data.train.count;
  parts.forward(data.train.inputs.subarray(first * width, (first + BATCH) * width));
  const { loss, d } = parts.loss(data.train.labels.subarray(first, first + BATCH));
  const norm = Math.hypot(...d);
  parts.backward(norm > 1 ? d.map((value) => value / norm) : d);
  parts.update();
  if (step % 15 > 0) continue;
  const [dense] = parts.layers;
  const [weights] = dense!.parameters;
  const largest = weights!.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  console.log(`step ${step}  loss ${loss.toFixed(3)}  largest gradient of ${dense!.title} ${largest.toExponential(2)}`);
}
console.log(`test accuracy ${parts.evaluate(data.test).accuracy.toFixed(3)}`);
await parts.close();
