/** What a folding costs and gives, layer by layer, for people. */

import { thresholdBits } from "../../model/model.ts";
import { blockRams, type FoldedLayer, type Folding } from "./folding.ts";

export interface LayerCost extends FoldedLayer {
  /** Bits of the weights' ROM and, of a hidden layer, of the thresholds'. */
  readonly romBits: number;
  /** Block RAMs of 18 kbit that the weights' ROM takes at least; thresholds go into logic. */
  readonly blockRams: number;
  /** The share of the unit's XNOR gates that do useful work when images follow each other without a gap, 0 … 1. */
  readonly utilisation: number;
}

export function explain({ layers, interval }: Folding): LayerCost[] {
  return layers.map((layer, l) => {
    const { inputs, neurons, pe, simd, groups, rows } = layer;
    const thresholds = l + 1 < layers.length ? groups * pe * thresholdBits("agreements", inputs) : 0;
    return {
      ...layer,
      romBits: rows * pe * simd + thresholds,
      blockRams: blockRams(rows, pe * simd),
      utilisation: (inputs * neurons) / (pe * simd * interval),
    };
  });
}

/** The table's head and a row a layer, then the sums. */
export function explainTable(folding: Folding): string[][] {
  const layers = explain(folding);
  const total = (key: "romBits" | "blockRams") => layers.reduce((sum, layer) => sum + layer[key], 0);
  const number = (value: number) => value.toLocaleString("en");
  return [
    ["layer", "PE", "SIMD", "ROM rows", "clocks", "ROM bits", "RAMB18", "utilisation"],
    ...layers.map(({ inputs, neurons, pe, simd, rows, cycles, romBits, blockRams, utilisation }) => [
      `${inputs} → ${neurons}`,
      ...[pe, simd, rows, cycles, romBits, blockRams].map(number),
      `${(100 * utilisation).toFixed(1)} %`,
    ]),
    ["total", "", "", "", number(folding.interval), number(total("romBits")), number(total("blockRams")), ""],
  ];
}

/** Rounded down. */
export function imagesPerSecond(interval: number, megahertz: number): number {
  return Math.floor((1e6 * megahertz) / interval);
}
