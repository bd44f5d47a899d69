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
  writeMatrix({ rows, columns, stride, bytes }: BitMatrix): void {
    const whole = columns >>> 3;
    for (let row = 0; row < rows; row++) {
      const from = row * stride;
      const to = this.#position >>> 3;
      const shift = this.#position & 7;
      if (shift === 0) this.bytes.set(bytes.subarray(from, from + whole), to);
      else {
        for (let k = 0; k < whole; k++) {
          this.bytes[to + k]! |= bytes[from + k]! << shift;
          this.bytes[to + k + 1] = bytes[from + k]! >> (8 - shift);
        }
      }
      this.#position += 8 * whole;
      this.write(columns & 7 ? bytes[from + whole]! : 0, columns & 7);
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
  readMatrix({ rows, columns, stride, bytes }: BitMatrix): void {
    const whole = columns >>> 3;
    for (let row = 0; row < rows; row++) {
      const to = row * stride;
      const from = this.#position >>> 3;
      const shift = this.#position & 7;
      if (shift === 0) bytes.set(this.#bytes.subarray(from, from + whole), to);
      else {
        for (let k = 0; k < whole; k++) {
          bytes[to + k] = (this.#bytes[from + k]! >> shift) | (this.#bytes[from + k + 1]! << (8 - shift));
        }
      }
      this.#position += 8 * whole;
      if (columns & 7) bytes[to + whole] = this.read(columns & 7);
    }
  }

  /** Whether all bits behind those that were read are 0. */
  get restIsZero(): boolean {
    const at = this.#position >>> 3;
    const begun = this.#bytes[at] ?? 0;
    return begun >> (this.#position & 7) === 0 && this.#bytes.subarray(at + 1).every((byte) => byte === 0);
  }
}
