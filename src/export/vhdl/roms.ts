/** The read-only memories of the accelerator: a frozen layer's numbers in the rows that the VHDL cores read.
 *
 *  Everything beyond the last input or neuron is filled up with 1: a weight there meets an input of 0 and adds nothing, and
 *  a threshold of all ones, at least n + 1, never fires. */

import { type BitMatrix, getBit } from "../../core/bits.ts";
import { type FrozenOutput, thresholdBits } from "../../model/model.ts";
import type { FoldedLayer } from "./folding.ts";

export interface Rom {
  /** Part of file and entity names: "weights_0". */
  readonly name: string;
  /** Bits of a row. */
  readonly width: number;
  /** A character 0 or 1 a bit, the most significant first. */
  readonly rows: readonly string[];
}

/** Row g · folds + f: bit p · simd + s is neuron g · pe + p's weight on input f · simd + s. */
export function weightRom(name: string, weights: BitMatrix, { pe, simd, folds, groups }: FoldedLayer): Rom {
  const rows: string[] = [];
  const row = new Array<string>(pe * simd);
  for (let g = 0; g < groups; g++) {
    for (let f = 0; f < folds; f++) {
      for (let p = 0; p < pe; p++) {
        for (let s = 0; s < simd; s++) {
          const [neuron, input] = [g * pe + p, f * simd + s];
          const exists = neuron < weights.rows && input < weights.columns;
          row[row.length - 1 - p * simd - s] = exists && getBit(weights, neuron, input) === 0 ? "0" : "1";
        }
      }
      rows.push(row.join(""));
    }
  }
  return { name, width: pe * simd, rows };
}

/** Row g: bits p · t … p · t + t − 1 are neuron g · pe + p's threshold, unsigned, t = ceil(log2(inputs + 2)). */
export function thresholdRom(name: string, thresholds: Int32Array, { inputs, pe, groups }: FoldedLayer): Rom {
  const bits = thresholdBits("agreements", inputs);
  const rows = Array.from({ length: groups }, (_, g) => {
    const values = Array.from({ length: pe }, (_, p) => binary(thresholds[g * pe + p] ?? -1, bits));
    return values.reverse().join("");
  });
  return { name, width: pe * bits, rows };
}

/** Row j: B_j in the low bits, A_j above it, both two's complement. */
export function scoreRom(name: string, output: FrozenOutput): Rom {
  const { scaleBits, offsetBits } = scoreBits(output);
  const rows = Array.from(output.scale, (a, j) => binary(a, scaleBits) + binary(output.offset[j]!, offsetBits));
  return { name, width: scaleBits + offsetBits, rows };
}

/** Whether a score is more than the number of agreements. */
export function isAffine({ scale, offset }: FrozenOutput): boolean {
  return scale.some((a) => a !== 1) || offset.some((b) => b !== 0);
}

export interface ScoreBits {
  readonly scaleBits: number;
  readonly offsetBits: number;
}

/** The bits that A and B need in two's complement. */
export function scoreBits({ scale, offset }: FrozenOutput): ScoreBits {
  const bits = (values: Int32Array) => Math.max(...Array.from(values, (v) => 33 - Math.clz32(v < 0 ? ~v : v)));
  return { scaleBits: bits(scale), offsetBits: bits(offset) };
}

/** The low `bits` bits of a number, the most significant first. */
function binary(value: number, bits: number): string {
  return (value >>> 0).toString(2).padStart(32, "0").slice(-bits);
}

/** A row in hexadecimal, ceil(width / 4) digits. */
function hex(row: string): string {
  const padded = row.padStart(Math.ceil(row.length / 4) * 4, "0");
  return padded.replace(/[01]{4}/g, (digit) => Number.parseInt(digit, 2).toString(16));
}

/** The rows as a VHDL aggregate. Each is named: an aggregate of one must be. */
export function vhdlAggregate({ width, rows }: Rom): string {
  return rows.map((row, r) => `    ${r} => ${width}x"${hex(row)}"`).join(",\n");
}

/** A binary row a line, as $readmemb reads it. */
export function memFile({ rows }: Rom): string {
  return rows.map((row) => `${row}\n`).join("");
}

/** Intel's memory initialization file. */
export function mifFile({ width, rows }: Rom): string {
  const content = rows.map((row, r) => `  ${r} : ${hex(row)};\n`).join("");
  return `WIDTH=${width};\nDEPTH=${rows.length};\nADDRESS_RADIX=UNS;\nDATA_RADIX=HEX;\nCONTENT BEGIN\n${content}END;\n`;
}

/** AMD's memory initialization file. */
export function coeFile({ rows }: Rom): string {
  return `memory_initialization_radix=16;\nmemory_initialization_vector=\n${rows.map(hex).join(",\n")};\n`;
}
