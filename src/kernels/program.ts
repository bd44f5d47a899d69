/** A program: a fixed list of kernel calls, cut into phases.
 *
 *  Within a phase threads do not wait for each other: each works on its share of every call. Between phases all meet at
 *  a barrier. The cuts are derived, not placed by hand: a call begins a new phase when it touches an array that an
 *  earlier call of the phase touches too, one of them writes, and the two do not split it in the same way. So whatever
 *  order layers add their calls in, the result is that of one thread doing one call after the other. */

import { OnebitError } from "../core/errors.ts";
import { type Axis, access, grain, type KernelArguments, type KernelName } from "./kernels.ts";

export interface Call {
  readonly kernel: KernelName;
  readonly args: readonly (ArrayBufferView | number)[];
  /** What the call is split over: shares of [0, extent) that begin at multiples of the grain. */
  readonly extent: number;
  readonly grain: number;
}

/** How a phase has touched an array so far. */
interface Touch {
  /** Axis and extent of the split, or "" when any part may be touched. */
  split: string;
  written: boolean;
}

export class Program {
  readonly phases: Call[][] = [];
  #touched = new Map<ArrayBufferView, Touch>();

  /** Adds a call of `kernel` over [0, extent) of its axis. */
  add<K extends KernelName>(kernel: K, extent: number, ...args: KernelArguments<K>): void {
    const [axis, letters] = access[kernel];
    const arrays = (args as unknown as readonly (ArrayBufferView | number)[]).filter((arg) => typeof arg !== "number");
    if (arrays.length !== letters.length) {
      throw new OnebitError("argument", `${kernel} takes ${letters.length} arrays, not ${arrays.length}`);
    }
    const touches = arrays.map((array, i) => [array, touchOf(letters[i]!, axis, extent)] as const);
    if (this.phases.length === 0 || touches.some(([array, touch]) => this.#conflicts(array, touch))) {
      this.phases.push([]);
      this.#touched.clear();
    }
    for (const [array, touch] of touches) this.#touch(array, touch);
    this.phases.at(-1)!.push({ kernel, args: args as unknown as Call["args"], extent, grain: grain[axis] });
  }

  #conflicts(array: ArrayBufferView, touch: Touch): boolean {
    const before = this.#touched.get(array);
    if (before === undefined || !(before.written || touch.written)) return false;
    return before.split !== touch.split || touch.split === "";
  }

  #touch(array: ArrayBufferView, touch: Touch): void {
    const before = this.#touched.get(array);
    if (before === undefined) this.#touched.set(array, { ...touch });
    else {
      if (before.split !== touch.split) before.split = "";
      before.written ||= touch.written;
    }
  }
}

/** The share [lo, hi) of one of `threads` threads. */
export function shareOf({ extent, grain }: Call, thread: number, threads: number): readonly [lo: number, hi: number] {
  const grains = Math.ceil(extent / grain);
  const lo = Math.floor((grains * thread) / threads) * grain;
  return [lo, Math.min(extent, Math.floor((grains * (thread + 1)) / threads) * grain)];
}

function touchOf(letter: string, axis: Axis, extent: number): Touch {
  return { split: letter === "R" ? "" : `${axis} ${extent}`, written: letter === "w" };
}
