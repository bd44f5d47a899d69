/** All memory of a network, planned once: typed arrays placed one after the other in one buffer.
 *
 *  A network is built twice. The first time the arena only measures (its arrays are empty); the second time it places
 *  the same arrays in a memory of that size. Nothing is allocated afterwards. */

type Memory = ArrayBufferLike;

/** Cache lines: no two arrays share one. */
const ALIGN = 64;
/** Room after each array, since vector loads may read up to 15 bytes beyond the end. */
const SLACK = 16;
/** The first bytes belong to the WebAssembly module. */
const BASE = 8192;

export class Arena {
  /** Bytes up to the end of the last array. */
  bytes = BASE;
  readonly #memory: Memory | undefined;

  /** An arena that measures, or one that places its arrays in `memory`. */
  constructor(memory?: Memory) {
    this.#memory = memory;
  }

  #take(bytes: number): number {
    const offset = Math.ceil(this.bytes / ALIGN) * ALIGN;
    this.bytes = offset + bytes + SLACK;
    return offset;
  }

  u8(length: number): Uint8Array {
    const offset = this.#take(length);
    return this.#memory ? new Uint8Array(this.#memory, offset, length) : new Uint8Array(0);
  }

  i8(length: number): Int8Array {
    const offset = this.#take(length);
    return this.#memory ? new Int8Array(this.#memory, offset, length) : new Int8Array(0);
  }

  i32(length: number): Int32Array {
    const offset = this.#take(4 * length);
    return this.#memory ? new Int32Array(this.#memory, offset, length) : new Int32Array(0);
  }

  u32(length: number): Uint32Array {
    const offset = this.#take(4 * length);
    return this.#memory ? new Uint32Array(this.#memory, offset, length) : new Uint32Array(0);
  }

  f32(length: number): Float32Array {
    const offset = this.#take(4 * length);
    return this.#memory ? new Float32Array(this.#memory, offset, length) : new Float32Array(0);
  }

  f64(length: number): Float64Array {
    const offset = this.#take(8 * length);
    return this.#memory ? new Float64Array(this.#memory, offset, length) : new Float64Array(0);
  }
}
