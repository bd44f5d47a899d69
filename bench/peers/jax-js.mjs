/** A float32 network of the report's shape in jax-js on its WebAssembly backend: milliseconds of a training step.
 *
 *      npm install --no-save @jax-js/jax@0.1.25 && node bench/peers/jax-js.mjs --optimizer sgd --batch 100 --steps 30
 *
 *  784-500-1024-1024-10 with ReLU, log-softmax and negative log likelihood; SGD, or Adam at 1e-3. No binarization and no
 *  batch norm, so it computes less than onebit does. Prints one JSON object: the median and range over the steps that
 *  follow five for warming up, and the last loss. */

import { parseArgs } from "node:util";
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

const { values } = parseArgs({
  options: {
    optimizer: { type: "string", default: "sgd" },
    batch: { type: "string", default: "100" },
    steps: { type: "string", default: "30" },
  },
});
const adam = values.optimizer === "adam";
const batch = Number(values.batch);
const widths = [784, 500, 1024, 1024, 10];

await init("wasm");
defaultDevice("wasm");

// The same numbers each time: a small linear congruential generator.
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const filled = (shape, scale) =>
  np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => scale * random())).reshape(shape);

let weights = widths.slice(1).map((m, i) => filled([widths[i], m], 4 / Math.sqrt(widths[i])));
let moments = adam ? [0, 1].map(() => widths.slice(1).map((m, i) => np.zeros([widths[i], m]))) : [[], []];
const images = filled([batch, 784], 2);
const labels = np
  .array(Float32Array.from({ length: 10 * batch }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0)))
  .reshape([batch, 10]);

const loss = (parameters, x, y) => {
  let h = x;
  for (const [i, w] of parameters.entries()) {
    h = np.matmul(h, w);
    if (i < parameters.length - 1) h = nn.relu(h);
  }
  return nn
    .logSoftmax(h)
    .mul(y)
    .sum()
    .mul(-1 / batch);
};

const step = jit((parameters, [means, squares], x, y) => {
  const [value, gradients] = valueAndGrad(loss)(
    parameters.map((w) => w.ref),
    x,
    y,
  );
  if (!adam) return [value, parameters.map((w, i) => w.sub(gradients[i].mul(0.01))), [means, squares]];
  const m = means.map((mean, i) => mean.mul(0.9).add(gradients[i].ref.mul(0.1)));
  const v = squares.map((square, i) => square.mul(0.999).add(np.square(gradients[i]).mul(0.001)));
  const updated = parameters.map((w, i) => w.sub(m[i].ref.mul(1e-3).div(np.sqrt(v[i].ref).add(1e-8))));
  return [value, updated, [m, v]];
});

const times = [];
let last = 0;
for (let i = -5; i < Number(values.steps); i++) {
  const start = performance.now();
  let value;
  [value, weights, moments] = step(weights, moments, images.ref, labels.ref);
  last = (await value.data())[0];
  await Promise.all(weights.map((w) => w.ref.data()));
  if (i >= 0) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const median = times[Math.floor(times.length / 2)];
console.log(
  JSON.stringify({
    peer: "jax-js",
    optimizer: values.optimizer,
    batch,
    median,
    least: times[0],
    most: times.at(-1),
    loss: last,
  }),
);
process.exit(0);
