/** The smallest page that trains: what it downloads is measured. */

import { adam, batchNorm, binaryDense, compile, cosine, scale, sequential, sign, threshold } from "onebit";

const network = sequential(threshold(127), [binaryDense(64), batchNorm(), sign(), binaryDense(2), scale()]);
const inputs = Uint8Array.from({ length: 200 * 16 }, (_, i) => (i * i) % 251);
const labels = Uint8Array.from({ length: 200 }, (_, i) => i % 2);
const data = { inputs, labels, shape: [4, 4, 1], classes: ["even", "odd"] };
const trainer = await compile(network, data, { optimizer: adam({ rate: 1e-3, clip: true }), schedule: cosine() });
for await (const { epoch, loss } of trainer.fit({ epochs: 3 })) console.log(epoch, loss);
document.title = trainer.freeze().predict(inputs.subarray(0, 16))[0]!;
await trainer.close();
