// A step of an optimizer on parameters whose gradient is stored.

import { updateElements } from "./methods";

/** Rows [lo, hi) of parameters f32 [rows, width]. */
export function update(
  w: usize, g: usize, state0: usize, state1: usize, rates: usize,
  method: i32, width: i32, clip: i32, lo: i32, hi: i32,
): void {
  const at = <usize>(lo * width) << 2;
  updateElements(method, w + at, g + at, state0 + at, state1 + at, rates, clip, (hi - lo) * width);
}
