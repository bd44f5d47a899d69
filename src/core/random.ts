/** Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 *  A random word is a pure function of (seed, stream, epoch, sample, element). Nothing depends on call order, thread or
 *  time, so a run that is resumed, split over threads or moved to another machine draws the same numbers.
 *
 *  key     = (seed mod 2³², seed div 2³²)
 *  counter = (element div 4, sample, epoch, stream)      and the word is number (element mod 4) of the block's four. */

import { OnebitError } from "./errors.ts";

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9; // golden ratio
const W1 = 0xbb67ae85; // sqrt(3) − 1

/** High 32 bits of the unsigned 32 × 32-bit product, from 16-bit halves: no partial sum exceeds 2⁵³. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = aHigh * (b & 0xffff) + Math.floor((aLow * (b & 0xffff)) / 0x10000);
  const middle2 = aLow * (b >>> 16) + (middle % 0x10000);
  return (aHigh * (b >>> 16) + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000)) >>> 0;
}

/** One Philox4x32-10 block: the four 32-bit words of `counter` under `key`, written to `out[0…3]`. */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0;
    key0 = (key0 + W0) >>> 0;
    key1 = (key1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The seed's two key words. Throws `argument` when it is not an integer in 0 … 2⁵³ − 1. */
export function seedKey(seed: number): readonly [low: number, high: number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OnebitError("argument", `the seed is ${seed}`, "Give an integer from 0 to 2^53 − 1.");
  }
  return [seed >>> 0, Math.floor(seed / 0x1_0000_0000)];
}

/** A stream's 32-bit number: FNV-1a of its name. Streams keep the draws of different uses apart. */
export function streamId(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The 32-bit random word of one element. The slow, plain definition; kernels produce whole rows of the same words. */
export function randomWord(seed: number, stream: string, epoch: number, sample: number, element: number): number {
  const [key0, key1] = seedKey(seed);
  const block = new Uint32Array(4);
  philox(element >>> 2, sample, epoch, streamId(stream), key0, key1, block);
  return block[element & 3]!;
}

/** A function that walks element 0, 1, 2 … of one (seed, stream, epoch, sample): each call is the next 32-bit word. */
export function randomWords(seed: number, stream: string, epoch = 0, sample = 0): () => number {
  const [key0, key1] = seedKey(seed);
  const id = streamId(stream);
  const block = new Uint32Array(4);
  let element = 0;
  return () => {
    if ((element & 3) === 0) philox(element >>> 2, sample, epoch, id, key0, key1, block);
    return block[element++ & 3]!;
  };
}

/** floor(word · n / 2³²): a 32-bit word as an integer in 0 … n − 1. The bias is below n / 2³². */
export function below(word: number, n: number): number {
  return Math.floor((word * n) / 0x1_0000_0000);
}

/** A random order of 0 … n − 1 (Fisher–Yates), a function of (seed, stream, epoch). */
export function permutation(n: number, seed: number, stream: string, epoch = 0): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const next = randomWords(seed, stream, epoch);
  for (let i = n - 1; i > 0; i--) {
    const j = below(next(), i + 1);
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}
