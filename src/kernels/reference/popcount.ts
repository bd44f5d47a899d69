/** Products of ±1 weights with bits and with bytes: exact integers. */

import { popcount32 } from "../../core/bits.ts";
import { below, kernel, mask, reads, readsAll, writes } from "../declare.ts";
import { codesLength, codesPitch, groupsAcross, panelsAcross } from "../layout.ts";

/** a[b, j] = Σ_k x·w over ±1 values = n − 2·popcount(x[b] XOR w[j]) = 2p − n, p the agreements.
 *  codes: pairCodes of x: Bits [batch, n]; panels: nibblesAcross of w: Bits [m, n]; both of rows of `stride` bytes;
 *  n <= 65,535. Report, section 3.2. */
export const agreementProduct = kernel(
  {
    split: "features",
    over: "m",
    arrays: {
      codes: readsAll.u8(codesLength, "batch", "stride"),
      panels: below(16, reads.u8(panelsAcross, "m", "n")),
      a: writes.i32("batch", "m"),
    },
    numbers: ["batch", "m", "n", "stride"],
  },
  ({ codes, panels, a, batch, m, n, stride }, lo, hi) => {
    const groups = groupsAcross(n);
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) {
        let differences = 0;
        for (let g = 0; g < groups; g++) {
          const code = codes[(b >> 1) * codesPitch(stride) + g]!;
          const x = b % 2 === 0 ? code & 15 : code >> 4;
          differences += popcount32(x ^ panels[((j >> 6) * groups + g) * 64 + (j & 63)]!);
        }
        a[b * m + j] = n - 2 * differences;
      }
    }
  },
);

/** One byte a weight, 255 for +1 and 0 for −1 and the padding: what `byteProduct` ANDs with. masks: [m, 8 · stride]. */
export const expandMasks = kernel(
  {
    split: "features",
    over: "m",
    arrays: { bits: reads.u8("m", "stride"), masks: writes.u8("m", 8, "stride") },
    numbers: ["stride"],
  },
  ({ bits, masks, stride }, lo, hi) => {
    for (let i = 8 * lo * stride; i < 8 * hi * stride; i++) masks[i] = (bits[i >> 3]! >> (i & 7)) & 1 ? 255 : 0;
  },
);

/** a[b, j] = Σ_k w·q, w = ±1, q = 0 … 255: 2·Σ (q where w = +1) − Σ q. masks: [m, 8 · stride]; |a| <= 255 n. */
export const byteProduct = kernel(
  {
    split: "features",
    over: "m",
    arrays: { q: readsAll.u8("batch", "n"), masks: mask("n", reads.u8("m", 8, "stride")), a: writes.i32("batch", "m") },
    numbers: ["batch", "m", "n", "stride"],
  },
  ({ q, masks, a, batch, m, n, stride }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) {
          const pixel = q[b * n + k]!;
          sum += masks[8 * j * stride + k] ? pixel : -pixel;
        }
        a[b * m + j] = sum;
      }
    }
  },
);
