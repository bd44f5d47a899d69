/** The model that docs/format.md shows byte by byte. */

import { bitMatrix, setBit } from "../../src/core/bits.ts";
import type { FrozenModel } from "../../src/model/model.ts";

function matrix(rows: readonly string[]) {
  const bits = bitMatrix(rows.length, rows[0]!.length);
  for (const [r, row] of rows.entries()) for (const [c, bit] of [...row].entries()) setBit(bits, r, c, Number(bit));
  return bits;
}

export const exampleModel: FrozenModel = {
  encoder: { kind: "threshold", threshold: 127 },
  shape: [3],
  layers: [
    { kind: "dense", operand: "agreements", weights: matrix(["101", "011"]), thresholds: Int32Array.of(2, 1) },
    {
      kind: "output",
      operand: "agreements",
      weights: matrix(["10", "11"]),
      scale: Int32Array.of(1, -3),
      offset: Int32Array.of(0, 4),
    },
  ],
};

export const exampleClasses = ["no", "yes"];
