// The unit of integer gradients is largestOf(maxima) / levels.

import { get } from "./vectors";

/** The largest of m numbers >= 0. */
export function largestOf(maxima: usize, m: i32): f32 {
  let four = f32x4.splat(0);
  for (let j = 0; j < m; j += 4) four = f32x4.max(four, get(maxima + (j << 2), m - j));
  return max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}
