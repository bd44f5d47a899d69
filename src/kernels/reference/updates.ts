/** A step of an optimizer on parameters whose gradient is stored. methods.ts has the formulas. */

import { kernel, notNegative, optional, positive, reads, readsAll, writes } from "../declare.ts";
import { RATES } from "../layout.ts";
import { updateElements } from "./methods.ts";

/** One step of `method` on w with gradient g. A method that keeps one state takes an empty state1. With clip = 1, w is
 *  kept in ±1. */
export const update = kernel(
  {
    split: "features",
    over: "rows",
    arrays: {
      w: writes.f32("rows", "width"),
      g: reads.f32("rows", "width"),
      state0: notNegative(writes.f32("rows", "width")),
      state1: optional(notNegative(writes.f32("rows", "width"))),
      rates: positive(readsAll.f32(RATES)),
    },
    numbers: ["method", "width", "clip"],
  },
  ({ w, g, state0, state1, rates, method, width, clip }, lo, hi) => {
    const [weights, gradient, s0, s1] = [w, g, state0, state1].map((array) => array.subarray(lo * width));
    updateElements(method, weights!, gradient!, s0!, s1!, rates, clip, (hi - lo) * width);
  },
);
