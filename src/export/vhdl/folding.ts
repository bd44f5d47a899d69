/** How a network is folded onto hardware: how many neurons (PE) and inputs (SIMD) of each layer are worked on in a clock,
 *  and what follows from it: clocks an image, ROM rows, block RAM. Numbers only; design.ts writes the VHDL.
 *
 *  A layer of n inputs and m neurons takes ceil(n/SIMD) · ceil(m/PE) clocks an image, a row of its ROM each, and one more
 *  in which it takes the next vector. Layers work on different images at the same time, so the slowest sets the pace:
 *
 *    interval = max(beats of an image + 1, rows_l + 1 of each layer, classes + groups + 1)
 *
 *  The last term is the argmax: it takes the output layer's counts in groups of PE, then a class a clock, then the answer.
 *
 *  An image that travels alone waits for no other: all its beats, then for each layer the clock that takes the vector, its
 *  rows and five clocks until the last group is in the next vector, then the last group's classes and the answer:
 *
 *    latency = beats + Σ (rows_l + 6) + classes of the last group + 2 */

import { OnebitError } from "../../core/errors.ts";

/** Pixels of a beat at the input. */
export const LANES = 8;

/** The widest word that a neuron adds up in one clock: its adder tree still runs at 70 MHz on a slow FPGA. */
const MAX_SIMD = 64;

/** Clocks an image that a preset aims at: ROMs of up to 8,192, 2,048 and 512 rows, which fill block RAM best. */
export const presets = { small: 8193, mid: 2049, full: 513 } as const;
export type Preset = keyof typeof presets;

/** Neurons and inputs that a layer works on in one clock. */
export interface Unit {
  readonly pe: number;
  readonly simd: number;
}

/** A layer's unit and what follows from it. */
export interface FoldedLayer extends Unit {
  readonly inputs: number;
  readonly neurons: number;
  /** ceil(inputs / simd): clocks that a group of `pe` neurons takes. */
  readonly folds: number;
  /** ceil(neurons / pe) */
  readonly groups: number;
  /** folds · groups: rows of the weights' ROM. */
  readonly rows: number;
  /** Clocks an image, rows + 1. */
  readonly cycles: number;
}

export interface Folding {
  readonly layers: readonly FoldedLayer[];
  /** Beats of an image at the input. */
  readonly beats: number;
  /** Clocks from one result to the next, when nothing stalls. */
  readonly interval: number;
  /** Clocks from an image's first beat to its result's last, when nothing else is under way. */
  readonly latency: number;
}

/** The folding of a network of these widths, from input to classes, that takes at most `cycles` clocks an image with the
 *  least hardware. Throws `argument` when that many are too few. */
export function chooseFolding(sizes: readonly number[], cycles: number): Folding {
  const shapes = shapesOf(sizes);
  const units = shapes.map(([n, m]) => cheapestUnit(n, m, cycles - 1));
  const output = units.length - 1;
  const folding = units.every((unit) => unit !== undefined) ? fold(sizes, units) : undefined;
  if (folding === undefined || folding.interval > cycles) {
    const fastest = shapes.map(([n, m], i) => ({ pe: i === output ? 1 : m, simd: Math.min(n, MAX_SIMD) }));
    // The output layer's groups are one class each or all at once, whichever is quicker.
    const one = fold(sizes, fastest).interval;
    const all = fold(sizes, [...fastest.slice(0, -1), { ...fastest[output]!, pe: shapes[output]![1] }]).interval;
    throw new OnebitError(
      "argument",
      `${sizes.join("-")} cannot take an image every ${cycles} clocks`,
      `The fewest are ${Math.min(one, all)}.`,
    );
  }
  return folding;
}

/** What follows from a unit a layer. Throws `argument` unless 1 ≤ pe ≤ neurons and 1 ≤ simd ≤ inputs. */
export function fold(sizes: readonly number[], units: readonly Unit[]): Folding {
  const shapes = shapesOf(sizes);
  if (units.length !== shapes.length) {
    throw new OnebitError("argument", `${shapes.length} layers take as many units, not ${units.length}`);
  }
  const layers = shapes.map(([inputs, neurons], i): FoldedLayer => {
    const { pe, simd } = units[i]!;
    if (!(Number.isInteger(pe) && pe >= 1 && pe <= neurons && Number.isInteger(simd) && simd >= 1 && simd <= inputs)) {
      throw new OnebitError(
        "argument",
        `layer ${i} of ${inputs} inputs and ${neurons} neurons does not fold to PE ${pe}, SIMD ${simd}`,
        "PE is an integer of 1 … neurons, SIMD of 1 … inputs.",
      );
    }
    const folds = Math.ceil(inputs / simd);
    const groups = Math.ceil(neurons / pe);
    return { inputs, neurons, pe, simd, folds, groups, rows: folds * groups, cycles: folds * groups + 1 };
  });
  const beats = Math.ceil(sizes[0]! / LANES);
  const { neurons, groups, pe } = layers.at(-1)!;
  const interval = Math.max(beats + 1, ...layers.map(({ cycles }) => cycles), neurons + groups + 1);
  const lastGroup = neurons - (groups - 1) * pe;
  const latency = beats + layers.reduce((sum, { rows }) => sum + rows + 6, 0) + lastGroup + 2;
  return { layers, beats, interval, latency };
}

/** Block RAMs of 18 kbit (RAMB18) that a ROM of `rows` words of `width` bits takes at least, in the best of the shapes that
 *  such a RAM has. A tool may take more, or put small ROMs into logic. */
export function blockRams(rows: number, width: number): number {
  const shapes = [36, 18, 9, 4, 2, 1].map((bits, i) => [512 << i, bits] as const);
  return Math.min(...shapes.map(([depth, bits]) => Math.ceil(rows / depth) * Math.ceil(width / bits)));
}

/** [inputs, neurons] of each layer. */
function shapesOf(sizes: readonly number[]): (readonly [number, number])[] {
  return sizes.slice(1).map((m, i) => [sizes[i]!, m] as const);
}

/** The cheapest unit that needs at most `rows` rows, or undefined when there is none. */
function cheapestUnit(n: number, m: number, rows: number): Unit | undefined {
  let best: { readonly unit: Unit; readonly cost: number } | undefined;
  for (let simd = 1; simd <= Math.min(n, MAX_SIMD); simd++) {
    const folds = Math.ceil(n / simd);
    const groups = Math.floor(rows / folds);
    if (groups < 1) continue;
    const pe = Math.ceil(m / groups);
    const cost = pe * (simd + NEURON) + BLOCK_RAM * blockRams(folds * Math.ceil(m / pe), pe * simd);
    if (best === undefined || cost < best.cost) best = { unit: { pe, simd }, cost };
  }
  return best?.unit;
}

/** What a neuron's accumulator and comparator and what a block RAM are worth, in bits of XNOR and adder tree. A bit takes
 *  about 5 LUTs; a small FPGA has about 150 LUTs to a block of 18 kbit. */
const NEURON = 16;
const BLOCK_RAM = 30;
