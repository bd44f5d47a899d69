/** Products of small integers with bits by table look-up. assembly/lookup.ts derives the plan and why no sum overflows.
 *
 *  A plan of lines is tables u8 [lines, digits, groups, 16], steps u32 [lines, digits, groups] and counts i32 [lines,
 *  digits]: of each line the groups of four numbers that are not all 0. Entry `index` of a table is ±q₀ ±q₁ ±q₂ ±q₃
 *  with +qᵢ where bit i of the index is set, as int8; a step is 64 · group and two flags. */

import { below, kernel, made, notNegative, optional, padded, positive, reads, readsAll, writes } from "../declare.ts";
import {
  groupsDown,
  panelsDown,
  quantizedLength,
  quantizedPitch,
  RATES,
  scratchLength,
  stepsLength,
  tablesLength,
  transposedLength,
} from "../layout.ts";
import { updateElements } from "./methods.ts";
import { packRow } from "./rows.ts";
import { unitOf } from "./unit.ts";

const f = Math.fround;

const RUN_END = 1;
const PART_END = 2;
const RUN_LIMIT = 127;
const PART_LIMIT = 32767 - RUN_LIMIT;

/** Digits that q of ±levels is written in: one that fits a table, or two of base 16, q + 8 saturating in a byte. */
function digit(q: number, digits: number, which: number): number {
  if (digits === 1) return q;
  const high = Math.min(q + 8, 127) >> 4;
  return which === 0 ? high : ((q - 16 * high) << 24) >> 24;
}

/** Plans q[at … at + 4 · groups) as line `line` (counted in digits). */
function plan(
  q: Int8Array,
  at: number,
  tables: Uint8Array,
  steps: Uint32Array,
  counts: Int32Array,
  line: number,
  digits: number,
  groups: number,
): void {
  const first = line * groups;
  let count = 0;
  let run = 0;
  let part = 0;
  for (let g = 0; g < groups; g++) {
    const four = [0, 1, 2, 3].map((i) => digit(q[at + 4 * g + i]!, digits, line % digits));
    const size = four.reduce((sum, value) => sum + Math.abs(value), 0);
    if (run + size > RUN_LIMIT) {
      steps[first + count - 1]! |= RUN_END;
      run = 0;
      if (part > PART_LIMIT) {
        steps[first + count - 1]! |= PART_END;
        part = 0;
      }
    }
    run += size;
    part += size;
    for (let index = 0; index < 16; index++) {
      tables[(first + count) * 16 + index] = four.reduce(
        (sum, value, i) => sum + (index & (1 << i) ? value : -value),
        0,
      );
    }
    steps[first + count] = 64 * g;
    if (size !== 0) count++;
  }
  if (count > 0) steps[first + count - 1]! |= RUN_END | PART_END;
  counts[line] = count;
}

/** Plans the samples' lines, over the features. q: i8 [4 · groupsDown(batch), quantizedPitch(m)]. */
export const planSamples = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: {
      q: made("quantize", reads.i8(quantizedLength, "batch", "m")),
      tables: writes.u8(tablesLength, "batch", "m", "digits"),
      steps: writes.u32(stepsLength, "batch", "m", "digits"),
      counts: writes.i32("batch", "digits"),
    },
    numbers: ["digits", "m"],
  },
  ({ q, tables, steps, counts, digits, m }, lo, hi) => {
    for (let line = lo * digits; line < hi * digits; line++) {
      const at = Math.floor(line / digits) * quantizedPitch(m);
      plan(q, at, tables, steps, counts, line, digits, groupsDown(m));
    }
  },
);

/** Plans the features' lines, over the samples. q: as above, rows beyond the batch 0; columns: i8 [⌈m/16⌉ · 16,
 *  4 · groupsDown(batch)] becomes its transpose. */
export const planFeatures = kernel(
  {
    split: "features",
    over: "m",
    arrays: {
      q: made("quantize", readsAll.i8(quantizedLength, "batch", "m")),
      columns: writes.i8(transposedLength, "batch", "m"),
      tables: writes.u8(tablesLength, "m", "batch", "digits"),
      steps: writes.u32(stepsLength, "m", "batch", "digits"),
      counts: writes.i32("m", "digits"),
    },
    numbers: ["digits", "batch", "m"],
  },
  ({ q, columns, tables, steps, counts, digits, batch, m }, lo, hi) => {
    const length = 4 * groupsDown(batch);
    for (let j = lo; j < 16 * Math.ceil(hi / 16); j++) {
      for (let b = 0; b < length; b++) columns[j * length + b] = q[b * quantizedPitch(m) + j]!;
    }
    for (let line = lo * digits; line < hi * digits; line++) {
      plan(columns, Math.floor(line / digits) * length, tables, steps, counts, line, digits, groupsDown(batch));
    }
  },
);

/** to[at … at + length) = unit · (the line's sums with columns c … c + length − 1 of a panel), each part of each digit
 *  scaled and added in turn. */
function product(
  tables: Uint8Array,
  steps: Uint32Array,
  counts: Int32Array,
  panels: Uint8Array,
  line: number,
  digits: number,
  groups: number,
  unit: number,
  c: number,
  to: Float32Array,
  at: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) {
    let total = f(0 * unit); // NaN where the gradient has one (quantize.ts)
    for (let which = 0; which < digits; which++) {
      const scale = which < digits - 1 ? f(16 * unit) : unit;
      const first = (line * digits + which) * groups;
      let sum = 0;
      for (let i = first; i < first + counts[line * digits + which]!; i++) {
        const nibble = panels[((c >> 6) * groups + (steps[i]! >> 6)) * 64 + k]!;
        sum += (tables[16 * i + nibble]! << 24) >> 24;
        if (steps[i]! & PART_END) {
          total = f(total + f(sum * scale));
          sum = 0;
        }
      }
    }
    to[at + k] = total;
  }
}

/** d = s · q·W, from the plan of q's samples. panels: nibblesDown of W [m, n]; maxima: those q was made with. Split
 *  over columns. */
export const inputGradient = kernel(
  {
    split: "features",
    over: "n",
    arrays: {
      tables: made("planSamples", readsAll.u8(tablesLength, "batch", "m", "digits")),
      steps: made("planSamples", readsAll.u32(stepsLength, "batch", "m", "digits")),
      counts: made("planSamples", readsAll.i32("batch", "digits")),
      panels: below(16, reads.u8(panelsDown, "m", "n")),
      maxima: notNegative(readsAll.f32("m")),
      d: writes.f32("batch", "n"),
    },
    numbers: ["digits", "levels", "batch", "m", "n"],
  },
  ({ tables, steps, counts, panels, maxima, d, digits, levels, batch, m, n }, lo, hi) => {
    const unit = unitOf(maxima, levels);
    for (let c = lo; c < hi; c += 64) {
      for (let b = 0; b < batch; b++) {
        const length = Math.min(64, hi - c);
        product(tables, steps, counts, panels, b, digits, groupsDown(m), unit, c, d, b * n + c, length);
      }
    }
  },
);

/** For each row j of latent weights: the gradient s · q[:, j]·X from the plan of q's features, a step of the optimizer
 *  (methods.ts) and the new signs (rows.ts), 64 columns at a time. panels: nibblesDown of X [batch, n]; gradient:
 *  [⌈m/64⌉, 64] of scratch. A method that keeps one state takes an empty state1. */
export const weightUpdate = kernel(
  {
    split: "features",
    over: "m",
    arrays: {
      tables: made("planFeatures", reads.u8(tablesLength, "m", "batch", "digits")),
      steps: made("planFeatures", reads.u32(stepsLength, "m", "batch", "digits")),
      counts: made("planFeatures", reads.i32("m", "digits")),
      panels: below(16, readsAll.u8(panelsDown, "batch", "n")),
      maxima: notNegative(readsAll.f32("m")),
      gradient: writes.f32(scratchLength, "m"),
      weights: writes.f32("m", "n"),
      state0: notNegative(writes.f32("m", "n")),
      state1: optional(notNegative(writes.f32("m", "n"))),
      rates: positive(readsAll.f32(RATES)),
      bits: padded("n", writes.u8("m", "stride")),
      flips: writes.i32("m"),
    },
    numbers: ["method", "clip", "least", "digits", "levels", "batch", "m", "n", "stride"],
  },
  (args, lo, hi) => {
    const { tables, steps, counts, panels, maxima, gradient, weights, state0, state1, rates, bits, flips } = args;
    const { method, clip, least, digits, levels, batch, n, stride } = args;
    const unit = unitOf(maxima, levels);
    for (let j = lo; j < hi; j++) {
      const part = gradient.subarray(j & ~63);
      for (let c = 0; c < n; c += 64) {
        const length = Math.min(64, n - c);
        product(tables, steps, counts, panels, j, digits, groupsDown(batch), unit, c, part, 0, length);
        const [w, s0, s1] = [weights, state0, state1].map((array) => array.subarray(j * n + c));
        updateElements(method, w!, part, s0!, s1!, rates, clip, length);
        packRow(w!, bits.subarray(j * stride + (c >> 3)), flips.subarray(j), length, least);
      }
    }
  },
);
