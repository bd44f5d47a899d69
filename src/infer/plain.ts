/** Inference on a frozen model in plain TypeScript: the definition that faster engines are compared with.
 *
 *  Inputs are 8-bit, row-major, u8 [count, inputs], or, for a model that takes bits, already binarized: Bits[count, inputs].
 *  Expects a model that `checkModel` accepts.
 *
 *  Agreements are n − popcount(x XOR w), four words at a time, which a padded row is a multiple of; the padding, 0 on both
 *  sides, cancels.
 *  A sum over pixels is taken bit plane by bit plane. With q = Σ_k 2^k q_k, w = ±1 and W the bits of w:
 *      Σ w·q = 2 Σ_{W=1} q − Σ q = Σ_k 2^k (2 popcount(q_k AND W) − popcount(q_k)). */

import { type BitMatrix, bitMatrix } from "../core/bits.ts";
import {
  classesOf,
  type FrozenDense,
  type FrozenEncoder,
  type FrozenModel,
  type FrozenOutput,
  hiddenOf,
  outputOf,
} from "../model/model.ts";
import { checkInputs, type Inputs } from "./inputs.ts";

/** score[i, j] = A_j · p_j + B_j of sample i: Int32Array [count, classes]. Throws as `checkInputs` does. */
export function plainScores(model: FrozenModel, inputs: Inputs, count: number): Int32Array {
  let input = firstInput(model, inputs, count);
  for (const layer of hiddenOf(model)) input = [fire(layer, input)];
  return scoreRows(outputOf(model), input);
}

/** The class of each sample, the lowest index among equal scores: Int32Array [count]. Throws as `plainScores` does. */
export function plainClassify(model: FrozenModel, inputs: Inputs, count: number): Int32Array {
  return best(plainScores(model, inputs, count), classesOf(model));
}

/** Where each row of scores [count, classes] is greatest, first: Int32Array [count]. */
export function best(scores: Int32Array, classes: number): Int32Array {
  const found = new Int32Array(scores.length / classes);
  for (let i = 0, row = 0; i < found.length; i++, row += classes) {
    for (let j = 1; j < classes; j++) if (scores[row + j]! > scores[row + found[i]!]!) found[i] = j;
  }
  return found;
}

/** What the neurons of each hidden layer output: Bits[count, neurons] a layer. Throws as `plainScores` does. */
export function plainLayers(model: FrozenModel, inputs: Inputs, count: number): BitMatrix[] {
  let input = firstInput(model, inputs, count);
  return hiddenOf(model).map((layer) => {
    const bits = fire(layer, input);
    input = [bits];
    return bits;
  });
}

/** A layer's input: one matrix Bits[count, n], or the eight bit planes of pixels, lowest first. */
type Input = readonly BitMatrix[];

function firstInput(model: FrozenModel, inputs: Inputs, count: number): Input {
  checkInputs(model, inputs, count);
  return inputs instanceof Uint8Array ? planes(model.encoder, inputs, count, inputs.length / count) : [inputs];
}

function planes(encoder: FrozenEncoder, images: Uint8Array, count: number, n: number): Input {
  if (encoder.kind === "threshold") return [packWhere(images, count, n, (pixel) => pixel > encoder.threshold)];
  return Array.from({ length: 8 }, (_, k) => packWhere(images, count, n, (pixel) => ((pixel >> k) & 1) === 1));
}

/** Bits[count, n]: 1 where `test` holds. */
function packWhere(images: Uint8Array, count: number, n: number, test: (pixel: number) => boolean): BitMatrix {
  const bits = bitMatrix(count, n);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < n; c++) if (test(images[i * n + c]!)) bits.bytes[i * bits.stride + (c >> 3)]! |= 1 << (c & 7);
  }
  return bits;
}

/** Bit j of row i: operand >= T_j. */
function fire({ weights, thresholds }: FrozenDense, input: Input): BitMatrix {
  const out = bitMatrix(input[0]!.rows, weights.rows);
  forEachRow(weights, input, (operands, i) => {
    const row = i * out.stride;
    for (let j = 0; j < thresholds.length; j++) {
      if (operands[j]! >= thresholds[j]!) out.bytes[row + (j >> 3)]! |= 1 << (j & 7);
    }
  });
  return out;
}

function scoreRows({ weights, scale, offset }: FrozenOutput, input: Input): Int32Array {
  const classes = weights.rows;
  const out = new Int32Array(input[0]!.rows * classes);
  forEachRow(weights, input, (operands, i) => {
    for (let j = 0; j < classes; j++) out[i * classes + j] = scale[j]! * operands[j]! + offset[j]!;
  });
  return out;
}

/** Calls `use` with every neuron's operand on input row i, i = 0, 1, 2 … The array is reused. */
function forEachRow(weights: BitMatrix, input: Input, use: (operands: Int32Array, i: number) => void): void {
  const w = words(weights);
  const x = input.map(words);
  const step = weights.stride >> 2;
  const operands = new Int32Array(weights.rows);
  for (let i = 0; i < input[0]!.rows; i++) {
    if (x.length === 1) agreements(x[0]!, i * step, w, step, weights.columns, operands);
    else sums(x, i * step, w, step, operands);
    use(operands, i);
  }
}

function agreements(x: Int32Array, at: number, w: Int32Array, step: number, n: number, out: Int32Array): void {
  const end = at + step;
  for (let j = 0, k = 0; j < out.length; j++) {
    let different = 0;
    for (let i = at; i < end; i += 4, k += 4) {
      different += popcount128(x[i]! ^ w[k]!, x[i + 1]! ^ w[k + 1]!, x[i + 2]! ^ w[k + 2]!, x[i + 3]! ^ w[k + 3]!);
    }
    out[j] = n - different;
  }
}

function sums(x: readonly Int32Array[], at: number, w: Int32Array, step: number, out: Int32Array): void {
  const end = at + step;
  out.fill(0);
  for (const [plane, q] of x.entries()) {
    let all = 0;
    for (let i = at; i < end; i += 4) all += popcount128(q[i]!, q[i + 1]!, q[i + 2]!, q[i + 3]!);
    for (let j = 0, k = 0; j < out.length; j++) {
      let positive = 0;
      for (let i = at; i < end; i += 4, k += 4) {
        positive += popcount128(q[i]! & w[k]!, q[i + 1]! & w[k + 1]!, q[i + 2]! & w[k + 2]!, q[i + 3]! & w[k + 3]!);
      }
      out[j]! += (2 * positive - all) << plane;
    }
  }
}

/** Number of 1 bits in four 32-bit words. As `popcount32`, but added up between the steps while the fields can hold it:
 *  two words at most 8 in a field of 4 bits, four words at most 32 in a byte, 128 in all. */
function popcount128(a: number, b: number, c: number, d: number): number {
  const low = nibbles(a) + nibbles(b);
  const high = nibbles(c) + nibbles(d);
  const x = (low & 0x0f0f0f0f) + ((low >>> 4) & 0x0f0f0f0f) + (high & 0x0f0f0f0f) + ((high >>> 4) & 0x0f0f0f0f);
  return Math.imul(x, 0x01010101) >>> 24;
}

/** The number of 1 bits, 0 … 4, of each of a word's eight nibbles. */
function nibbles(x: number): number {
  const pairs = (x - ((x >>> 1) & 0x55555555)) | 0;
  return (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
}

/** The matrix as 32-bit words. Their byte order is the host's; popcounts do not see it. */
function words(m: BitMatrix): Int32Array {
  const bytes = m.bytes.byteOffset % 4 === 0 ? m.bytes : m.bytes.slice();
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
