/** How a network is folded onto hardware: how many neurons (PE) and inputs (SIMD) of each layer are worked on in a clock,
 *  and what follows from it: clocks an image, ROM rows, block RAM. Numbers only; design.ts writes the VHDL.
 *
 *  A layer of n inputs and m neurons takes ceil(n/SIMD) · ceil(m/PE) clocks an image, a row of its ROM each, and one more
 *  in which it takes the next vector. Layers work on different images at the same time, so the slowest sets the pace:
 *
 *    interval = max(beats of an image + 1, rows_l + 1 of each hidden layer, output)
 *
 *  The output layer's counts go to the argmax in groups of PE, a clock to take the group and one a class; the last group of
 *  k classes takes one more for the answer. The next group is counted meanwhile, and waits if it is the quicker one:
 *
 *    output = (groups − 1) · max(folds, PE + 1) + max(folds + 1, k + 2),   folds = ceil(n/SIMD), groups = ceil(m/PE)
 *
 *  An image that travels alone waits for no other: all its beats, then for each layer the clock that takes the vector, its
 *  rows and five clocks until the last group is in the next vector, or in the argmax, then the k classes and the answer:
 *
 *    latency = beats + Σ (rows_l + 6) + k + 2,   with folds + (groups − 1) · max(folds, PE + 1) for the output's rows */

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
  /** Clocks an image: rows + 1, or what the argmax makes of it. */
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
  const choices = shapesOf(sizes).map((shape) => cheapest(shape, cycles));
  const beats = beatsOf(sizes);
  if (beats + 1 > cycles || choices.includes(undefined)) {
    const fewest = shapesOf(sizes).map((shape) => Math.min(...[...fastest(shape)].map((layer) => layer.cycles)));
    throw new OnebitError(
      "argument",
      `${sizes.join("-")} cannot take an image every ${cycles} clocks`,
      `The fewest are ${Math.max(beats + 1, ...fewest)}.`,
    );
  }
  return fold(sizes, choices as FoldedLayer[]);
}

/** What follows from a unit a layer. Throws `argument` unless 1 ≤ pe ≤ neurons and 1 ≤ simd ≤ inputs. */
export function fold(sizes: readonly number[], units: readonly Unit[]): Folding {
  const shapes = shapesOf(sizes);
  if (units.length !== shapes.length) {
    throw new OnebitError("argument", `${shapes.length} layers take as many units, not ${units.length}`);
  }
  const layers = shapes.map((shape, i) => {
    const { inputs, neurons } = shape;
    const { pe, simd } = units[i]!;
    if (!(Number.isInteger(pe) && pe >= 1 && pe <= neurons && Number.isInteger(simd) && simd >= 1 && simd <= inputs)) {
      throw new OnebitError(
        "argument",
        `layer ${i} of ${inputs} inputs and ${neurons} neurons does not fold to PE ${pe}, SIMD ${simd}`,
        "PE is an integer of 1 … neurons, SIMD of 1 … inputs.",
      );
    }
    return foldLayer(shape, pe, simd);
  });
  const beats = beatsOf(sizes);
  const hidden = layers.slice(0, -1);
  const output = layers.at(-1)!;
  return {
    layers,
    beats,
    interval: Math.max(beats + 1, ...layers.map(({ cycles }) => cycles)),
    latency:
      beats +
      hidden.reduce((sum, { rows }) => sum + rows + 6, 0) +
      untilLastGroup(output) +
      output.folds +
      6 +
      lastGroup(output) +
      2,
  };
}

/** Block RAMs of 18 kbit (RAMB18) that a ROM of `rows` words of `width` bits takes at least, in the best of the shapes that
 *  such a RAM has. A tool may take more, or put small ROMs into logic. */
export function blockRams(rows: number, width: number): number {
  const shapes = [36, 18, 9, 4, 2, 1].map((bits, i) => [512 << i, bits] as const);
  return Math.min(...shapes.map(([depth, bits]) => Math.ceil(rows / depth) * Math.ceil(width / bits)));
}

interface Shape {
  readonly inputs: number;
  readonly neurons: number;
  /** Whether the argmax follows, not thresholds. */
  readonly output: boolean;
}

function shapesOf(sizes: readonly number[]): Shape[] {
  return sizes.slice(1).map((neurons, i) => ({ inputs: sizes[i]!, neurons, output: i + 2 === sizes.length }));
}

function beatsOf(sizes: readonly number[]): number {
  return Math.ceil(sizes[0]! / LANES);
}

function foldLayer({ inputs, neurons, output }: Shape, pe: number, simd: number): FoldedLayer {
  const folds = Math.ceil(inputs / simd);
  const groups = Math.ceil(neurons / pe);
  const layer = { inputs, neurons, pe, simd, folds, groups, rows: folds * groups, cycles: folds * groups + 1 };
  if (!output) return layer;
  return { ...layer, cycles: untilLastGroup(layer) + Math.max(folds + 1, lastGroup(layer) + 2) };
}

type Groups = Pick<FoldedLayer, "neurons" | "pe" | "folds" | "groups">;

/** Clocks from the output layer's first group to its last. */
function untilLastGroup({ pe, folds, groups }: Groups): number {
  return (groups - 1) * Math.max(folds, pe + 1);
}

/** Classes in the last group. */
function lastGroup({ neurons, pe, groups }: Groups): number {
  return neurons - (groups - 1) * pe;
}

/** The cheapest folding of a layer to at most `cycles` clocks, or undefined when there is none. */
function cheapest(shape: Shape, cycles: number): FoldedLayer | undefined {
  let best: FoldedLayer | undefined;
  for (let simd = 1; simd <= Math.min(shape.inputs, MAX_SIMD); simd++) {
    const groups = Math.floor((cycles - 1) / Math.ceil(shape.inputs / simd));
    if (groups < 1) continue;
    // Fewer neurons at a time are cheaper. The first try fits but for an output layer that is quicker than its argmax.
    for (let pe = Math.ceil(shape.neurons / groups); pe <= shape.neurons; pe++) {
      const layer = foldLayer(shape, pe, simd);
      if (layer.cycles > cycles) continue;
      if (best === undefined || cost(layer) < cost(best)) best = layer;
      break;
    }
  }
  return best;
}

/** The foldings of a layer among which its fastest is. */
function* fastest(shape: Shape): Generator<FoldedLayer> {
  for (let pe = shape.output ? 1 : shape.neurons; pe <= shape.neurons; pe++) {
    yield foldLayer(shape, pe, Math.min(shape.inputs, MAX_SIMD));
  }
}

function cost({ pe, simd, rows }: FoldedLayer): number {
  return pe * (simd + NEURON) + BLOCK_RAM * blockRams(rows, pe * simd);
}

/** What a neuron's accumulator and comparator and what a block RAM are worth, in bits of XNOR and adder tree. A bit takes
 *  about 5 LUTs; a small FPGA has about 150 LUTs to a block of 18 kbit. */
const NEURON = 16;
const BLOCK_RAM = 30;
