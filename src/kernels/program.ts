/** A program: a fixed list of kernel calls, cut into phases.
 *
 *  Within a phase threads do not wait for each other: each works on its share of every call. Between phases all meet at
 *  a barrier. The cuts are derived, not placed by hand: a call begins a new phase when it touches an array that an
 *  earlier call of the phase touches too, one of them writes, and the two do not split it in the same way. So whatever
 *  order layers add their calls in, the result is that of one thread doing one call after the other. */

import { type AnyArguments, grain, type View } from "./declare.ts";
import { checkArguments, type KernelArguments, type KernelName, kernels } from "./kernels.ts";

export interface Call {
  readonly kernel: KernelName;
  readonly args: AnyArguments;
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

/** A list of kernel calls that a machine runs on one thread or several, with the same result. */
export class Program {
  readonly phases: Call[][] = [];
  #touched = new Map<View, Touch>();

  /** Adds a call. `args` are the kernel's arrays, numbers and sizes by name; others are ignored. Throws `argument` when
   *  they are not what is declared. */
  add<K extends KernelName>(kernel: K, args: KernelArguments<K>): void;
  add(kernel: KernelName, args: AnyArguments): void {
    checkArguments(kernel, args);
    const { split, over, arrays } = kernels[kernel];
    const extent = args[over] as number;
    const touches = Object.entries(arrays).map(([name, { access }]) => {
      const touch = { split: access === "readsAll" ? "" : `${split} ${extent}`, written: access === "writes" };
      return [args[name] as View, touch] as const;
    });
    if (this.phases.length === 0 || touches.some(([array, touch]) => this.#conflicts(array, touch))) {
      this.phases.push([]);
      this.#touched.clear();
    }
    for (const [array, touch] of touches) this.#touch(array, touch);
    this.phases.at(-1)!.push({ kernel, args, extent, grain: grain[split] });
  }

  #conflicts(array: View, touch: Touch): boolean {
    const before = this.#touched.get(array);
    if (before === undefined || !(before.written || touch.written)) return false;
    return before.split !== touch.split || touch.split === "";
  }

  #touch(array: View, touch: Touch): void {
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
