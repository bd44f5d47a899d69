/** A layer of one's own: y[j] = factor · x[j] + shift[j], with a shift that is learned. It stands between a binary layer and its
 *  sign, where batch norm would, needs no statistics of the batch, and freezes to the same integer thresholds.
 *
 *      node examples/own-layer.ts
 *
 *  It is made of kernels that there are. A kernel of one's own is a change of onebit itself: CONTRIBUTING.md. */

import {
  adam,
  addStep,
  binaryDense,
  compile,
  defineLayer,
  float32,
  type Int32,
  scale,
  sequential,
  sign,
  threshold,
  type Value,
} from "onebit";
import { loadDataSet } from "onebit/node";

interface ScaledShift extends Value {
  readonly factor: number;
}

const scaledShift = defineLayer<ScaledShift, Int32, "float32">({
  kind: "scaled-shift",
  options: { factor: 1 },
  takes: ["int32"],
  gives: "float32",
  title: ({ factor }) => `scaledShift(${factor})`,
  outputShape: (_, shape) => shape,
  build({ factor }, { arena, batch, parameter }, { data: x, shape, width: m }) {
    const output = float32(arena, batch, shape);
    const shift = parameter({ name: "shift", rows: m, width: 1, role: "other", initial: { constant: 0 } });
    return {
      output,
      parameters: [shift],
      buffers: [],
      forward(program) {
        program.add("scaleInt32", { x, out: output.data, factor, batch, m });
        program.add("addBias", { bias: shift.values, out: output.data, batch, m });
      },
      // d is the layer's own until backward returns: dShift reads it first, then it becomes dX = factor · d in place.
      backward(program, d, mode) {
        program.add("biasBackward", { d, dBias: shift.gradient, batch, m });
        program.add("scaleFloat32", { x: d, out: d, factor, batch, m });
        if (mode === "step") addStep(program, shift);
        return d;
      },
      // The operations of `forward`, rounded alike: thresholds are found by evaluating them.
      freeze: (freezer) =>
        freezer.line({
          apply: (x, j) => Math.fround(Math.fround(Math.fround(factor) * x) + shift.values[j]!),
          slope: () => Math.fround(factor),
          centre: () => 0,
          shift: (j) => shift.values[j]!,
          numbers: (j) => ({ shift: shift.values[j]! }),
        }),
    };
  },
});

const data = await loadDataSet("mnist:6000");
const network = sequential(threshold(127), [
  binaryDense(256),
  scaledShift({ factor: 1 / 28 }), // the sum of 784 terms ±1 has the deviation 28
  sign(),
  binaryDense(data.classes.length),
  scale(),
]);
const trainer = await compile(network, data, { optimizer: adam({ rate: 2e-3, clip: true }) });
await trainer.fit({ epochs: 4 });

const [, layer] = trainer.layers;
const shifts = layer!.parameters[0]!.values;
console.log(`${layer!.title}: shifts of ${Math.min(...shifts).toFixed(3)} … ${Math.max(...shifts).toFixed(3)}`);
console.log(`test accuracy ${trainer.evaluate(data.test).accuracy.toFixed(3)}`);

const model = trainer.freeze();
const trained = trainer.classify(data.test.inputs);
const frozen = model.classify(data.test.inputs as Uint8Array);
console.log(
  `trained and frozen model differ on ${trained.filter((label, i) => label !== frozen[i]).length} test images`,
);
await trainer.close();
