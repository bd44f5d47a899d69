/** A continuous stream of bits without padding between them: bit k is bit (k mod 8) of byte (k div 8), least significant
 *  first, as in a packed row. Files and hashes use it; in memory, rows are padded (core/bits.ts). */

import type { BitMatrix } from "../core/bits.ts";

export class BitWriter {
  readonly bytes: Uint8Array;
  #position = 0;

  /** A stream of exactly `bits` bits; the last byte is filled up with 0. */
  constructor(bits: number) {
    this.bytes = new Uint8Array(Math.ceil(bits / 8));
  }

  /** Appends the low `width` bits of value, 0 … 32, least significant first. */
  write(value: number, width: number): void {
    let rest = value;
    let left = width;
    while (left > 0) {
      const shift = this.#position & 7;
      const take = Math.min(left, 8 - shift);
      this.bytes[this.#position >>> 3]! |= (rest & ((1 << take) - 1)) << shift;
      rest >>>= take;
      left -= take;
      this.#position += take;
    }
  }

  /** Appends the rows of a matrix, one after the other. */
  writeMatrix(m: BitMatrix): void {
    for (let row = 0; row < m.rows; row++) {
      for (let k = 0; k < m.columns; k += 8) {
        this.write(m.bytes[row * m.stride + (k >> 3)]!, Math.min(8, m.columns - k));
      }
    }
  }
}

export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `width` bits, 0 … 32, as an unsigned number. */
  read(width: number): number {
    let value = 0;
    for (let done = 0; done < width; ) {
      const shift = this.#position & 7;
      const take = Math.min(width - done, 8 - shift);
      value |= ((this.#bytes[this.#position >>> 3]! >> shift) & ((1 << take) - 1)) << done;
      done += take;
      this.#position += take;
    }
    return value >>> 0;
  }

  /** Fills a matrix of 0 bits, row after row. */
  readMatrix(m: BitMatrix): void {
    for (let row = 0; row < m.rows; row++) {
      for (let k = 0; k < m.columns; k += 8) {
        m.bytes[row * m.stride + (k >> 3)] = this.read(Math.min(8, m.columns - k));
      }
    }
  }
}
