/** Bits cut into nibbles, the indices of look-ups. Four neighbours in a row are a nibble *across*; four rows' bits in a
 *  column are a nibble *down*; the first of the four is bit 0 in both. Bits beyond a matrix are 0. */

import { kernel, padded, reads, readsAll, writes } from "../declare.ts";
import { codesLength, codesPitch, groupsAcross, groupsDown, panelsAcross, panelsDown } from "../layout.ts";

/** Bit k of row r, 0 beyond the rows. */
function bit(bits: Uint8Array, stride: number, rows: number, r: number, k: number): number {
  return r < rows && k < 8 * stride ? (bits[r * stride + (k >> 3)]! >> (k & 7)) & 1 : 0;
}

/** Nibble g of row r. */
function across(bits: Uint8Array, stride: number, rows: number, r: number, g: number): number {
  let nibble = 0;
  for (let i = 0; i < 4; i++) nibble |= bit(bits, stride, rows, r, 4 * g + i) << i;
  return nibble;
}

/** The nibbles of two samples in one byte, the even sample's in its low half: codes [⌈batch/2⌉, codesPitch(stride)]. */
export const pairCodes = kernel(
  {
    split: "features",
    over: "n",
    arrays: { bits: padded("n", reads.u8("batch", "stride")), codes: writes.u8(codesLength, "batch", "stride") },
    numbers: ["batch", "stride"],
  },
  ({ bits, codes, batch, stride }, lo, hi) => {
    for (let b = 0; b < batch; b += 2) {
      for (let g = lo / 4; g < 16 * Math.ceil(hi / 64); g++) {
        const odd = across(bits, stride, batch, b + 1, g);
        codes[(b >> 1) * codesPitch(stride) + g] = across(bits, stride, batch, b, g) | (odd << 4);
      }
    }
  },
);

/** Nibbles across of 64 rows side by side: panels [⌈m/64⌉, groupsAcross(n), 64]. */
export const nibblesAcross = kernel(
  {
    split: "features",
    over: "m",
    arrays: { bits: padded("n", reads.u8("m", "stride")), panels: writes.u8(panelsAcross, "m", "n") },
    numbers: ["n", "stride"],
  },
  ({ bits, panels, n, stride }, lo, hi) => {
    const groups = groupsAcross(n);
    for (let r = lo; r < 16 * Math.ceil(hi / 16); r++) {
      for (let g = 0; g < Math.min(groups, 2 * stride); g++) {
        panels[((r >> 6) * groups + g) * 64 + (r & 63)] = across(bits, stride, hi, r, g);
      }
    }
  },
);

/** Nibbles down of 64 columns side by side: panels [⌈n/64⌉, groupsDown(rows), 64]. */
export const nibblesDown = kernel(
  {
    split: "features",
    over: "n",
    arrays: { bits: padded("n", readsAll.u8("rows", "stride")), panels: writes.u8(panelsDown, "rows", "n") },
    numbers: ["rows", "stride"],
  },
  ({ bits, panels, rows, stride }, lo, hi) => {
    const groups = groupsDown(rows);
    for (let c = lo; c < 64 * Math.ceil(hi / 64); c++) {
      for (let g = 0; g < groups; g++) {
        let nibble = 0;
        for (let i = 0; i < 4; i++) nibble |= bit(bits, stride, rows, 4 * g + i, c) << i;
        panels[((c >> 6) * groups + g) * 64 + (c & 63)] = nibble;
      }
    }
  },
);
