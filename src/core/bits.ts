/** Packed bit matrices, as docs/conventions.md lays them down.
 *
 *  Bit 1 is +1, bit 0 is −1. Element k of a row is bit (k mod 8) of byte (k div 8), least significant first; each row is
 *  padded with 0 bits to a multiple of 128 bits (16 bytes), so that a row is a whole number of SIMD vectors and the XOR of
 *  two paddings is 0. */

import { OnebitError } from "./errors.ts";

/** Bytes of one packed row of `columns` bits: a multiple of 16. */
export function rowBytes(columns: number): number {
  return ((columns + 127) >>> 7) << 4;
}

/** A matrix of ±1 values. `bytes` holds `rows` rows of `stride = rowBytes(columns)` bytes each. */
export interface BitMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly bytes: Uint8Array;
}

/** A rows × columns matrix of −1 (all bits 0), or a view of `bytes`, which must be exactly as long as the matrix.
 *  Throws `shape` when it is not. */
export function bitMatrix(rows: number, columns: number, bytes?: Uint8Array): BitMatrix {
  const stride = rowBytes(columns);
  if (bytes !== undefined && bytes.length !== rows * stride) {
    throw new OnebitError(
      "shape",
      `a bit matrix of ${rows} × ${columns} takes ${rows * stride} bytes (${stride} a row), not ${bytes.length}`,
    );
  }
  return { rows, columns, stride, bytes: bytes ?? new Uint8Array(rows * stride) };
}

/** The bit (0 or 1) at (row, column). */
export function getBit(m: BitMatrix, row: number, column: number): 0 | 1 {
  return ((m.bytes[row * m.stride + (column >> 3)]! >> (column & 7)) & 1) as 0 | 1;
}

/** Sets the bit at (row, column) to `bit`. */
export function setBit(m: BitMatrix, row: number, column: number, bit: number): void {
  const i = row * m.stride + (column >> 3);
  const mask = 1 << (column & 7);
  m.bytes[i] = bit ? m.bytes[i]! | mask : m.bytes[i]! & ~mask;
}

/** sign(x) of each element of a row-major rows × columns matrix, packed: bit 1 iff x >= 0, so sign(0) = sign(−0) = +1.
 *  Throws `argument` on NaN, which has no sign. */
export function packSigns(values: ArrayLike<number>, rows: number, columns: number): BitMatrix {
  if (values.length !== rows * columns) {
    throw new OnebitError("shape", `${rows} × ${columns} signs take ${rows * columns} values, not ${values.length}`);
  }
  const m = bitMatrix(rows, columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const x = values[r * columns + c]!;
      if (x >= 0) setBit(m, r, c, 1);
      else if (!(x < 0)) throw new OnebitError("argument", `the value at row ${r}, column ${c} is NaN: it has no sign`);
    }
  }
  return m;
}

/** The ±1 values of a bit matrix, row-major without padding. The inverse of `packSigns`. */
export function unpackSigns(m: BitMatrix): Int8Array {
  const out = new Int8Array(m.rows * m.columns);
  for (let r = 0; r < m.rows; r++) {
    for (let c = 0; c < m.columns; c++) out[r * m.columns + c] = 2 * getBit(m, r, c) - 1;
  }
  return out;
}

/** The row and column of the first padding bit that is not 0, or undefined when the padding is clean. */
export function dirtyPadding(m: BitMatrix): { row: number; column: number } | undefined {
  for (let row = 0; row < m.rows; row++) {
    const start = row * m.stride;
    let shift = m.columns & 7;
    for (let at = start + (m.columns >> 3); at < start + m.stride; at++) {
      const bits = m.bytes[at]! >> shift;
      if (bits !== 0) return { row, column: 8 * (at - start) + shift + 31 - Math.clz32(bits & -bits) };
      shift = 0;
    }
  }
  return undefined;
}

/** Number of +1 in each row. */
export function rowOnes({ rows, stride, bytes }: BitMatrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let ones = 0;
    for (let k = row * stride; k < (row + 1) * stride; k++) ones += popcount32(bytes[k]!);
    return ones;
  });
}

/** Number of 1 bits in a 32-bit word. (Hacker's Delight, 5-1.) */
export function popcount32(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
