/** All memory of a network, planned once: typed arrays placed one after the other in one buffer.
 *
 *  A network is built twice. The first time the arena only measures (its arrays are empty); the second time it places
 *  the same arrays in a memory of that size. Nothing is allocated afterwards. */

import type { AnyArguments, ElementType, ViewOf } from "./declare.ts";
import { constructors } from "./declare.ts";
import { type ArrayName, type KernelArray, type KernelName, kernels, lengthOf } from "./kernels.ts";
import { MODULE_BYTES } from "./layout.ts";

type Memory = ArrayBufferLike;

/** Cache lines: no two arrays share one. */
const ALIGN = 64;
/** Room after each array, since vector loads may read up to 15 bytes beyond the end. */
const SLACK = 16;

/** Places arrays in the memory that kernels work in. A layer asks it for its arrays when it is built. */
export class Arena {
  /** Bytes up to the end of the last array. */
  bytes: number = MODULE_BYTES;
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

  #array<T extends ElementType>(type: T, length: number): ViewOf<T>;
  #array(type: ElementType, length: number): ViewOf<ElementType> {
    const View = constructors[type];
    const offset = this.#take(View.BYTES_PER_ELEMENT * length);
    return this.#memory ? new View(this.#memory, offset, length) : new View(0);
  }

  /** u8 [length], 0 at first; likewise the others. */
  u8(length: number): Uint8Array {
    return this.#array("u8", length);
  }

  /** i8 [length] */
  i8(length: number): Int8Array {
    return this.#array("i8", length);
  }

  /** i32 [length] */
  i32(length: number): Int32Array {
    return this.#array("i32", length);
  }

  /** u32 [length] */
  u32(length: number): Uint32Array {
    return this.#array("u32", length);
  }

  /** f32 [length] */
  f32(length: number): Float32Array {
    return this.#array("f32", length);
  }

  /** f64 [length] */
  f64(length: number): Float64Array {
    return this.#array("f64", length);
  }

  /** The array that a kernel takes under this name, as long as it declares. Throws `argument` when a size is
   *  missing. */
  allocate<K extends KernelName, A extends ArrayName<K>>(
    kernel: K,
    array: A,
    sizes: KernelArray<K, A>["sizes"],
  ): KernelArray<K, A>["view"];
  allocate(kernel: KernelName, array: string, sizes: AnyArguments): ViewOf<ElementType> {
    return this.#array(kernels[kernel].arrays[array]!.type, lengthOf(kernel, array, sizes));
  }
}
