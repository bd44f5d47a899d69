/** Data of one's own: arrays of numbers with the names of their classes, and a confusion matrix.
 *
 *      node examples/own-arrays.ts */

import {
  adam,
  batchNorm,
  binaryDense,
  compile,
  dataSet,
  type GivenSamples,
  pixels,
  scale,
  sequential,
  sign,
} from "onebit";

const SIZE = 12;
const CLASSES = ["horizontal", "vertical", "diagonal"] as const;

const data = dataSet({
  name: "stripes",
  shape: [SIZE, SIZE, 1],
  classes: CLASSES,
  ...stripes(3000, 1),
  test: stripes(600, 2),
});

// Grey values enter the first layer as they are; threshold(127) would make bits of them.
const network = sequential(pixels(), [binaryDense(64), batchNorm(), sign(), binaryDense(data.classes.length), scale()]);

const trainer = await compile(network, data, { optimizer: adam({ rate: 3e-3, clip: true }), batch: 50 });
await trainer.fit({ epochs: 12, targetAccuracy: 0.99 });

const { accuracy, precision, recall, confusion, classes } = trainer.evaluate(data.test!);
console.log(`accuracy ${accuracy.toFixed(3)}`);
console.log(`${"".padEnd(12)}${classes.map((name) => name.padStart(12)).join("")}`);
for (const [label, row] of confusion.entries()) {
  console.log(`${classes[label]!.padEnd(12)}${row.map((count) => String(count).padStart(12)).join("")}`);
}
for (const [label, name] of classes.entries()) {
  console.log(`${name}: precision ${precision[label]?.toFixed(3)}, recall ${recall[label]?.toFixed(3)}`);
}
await trainer.close();

/** Noisy pictures of stripes, two dark and two bright pixels in turn, at random places. */
function stripes(count: number, seed: number): GivenSamples {
  const random = generator(seed);
  const labels = Array.from({ length: count }, (_, i) => CLASSES[i % CLASSES.length]!);
  const inputs = labels.map((label) => {
    const phase = Math.floor(4 * random());
    return Array.from({ length: SIZE * SIZE }, (_, i) => {
      const [row, column] = [Math.floor(i / SIZE), i % SIZE];
      const along = label === "horizontal" ? row : label === "vertical" ? column : row + column;
      const ink = (along + phase) % 4 < 2 ? 170 : 85;
      return Math.round(ink + 85 * (2 * random() - 1));
    });
  });
  return { inputs, labels };
}

/** Numbers in [0, 1), the same for the same seed: mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
