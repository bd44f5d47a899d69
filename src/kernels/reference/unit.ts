/** The unit of integer gradients. */

/** The largest of numbers >= 0; NaN if one is. */
export function largestOf(maxima: Float32Array): number {
  let largest = 0;
  for (const x of maxima) largest = Math.max(largest, x);
  return largest;
}

/** The unit s of q, s = max|d| / levels. */
export function unitOf(maxima: Float32Array, levels: number): number {
  return Math.fround(largestOf(maxima) / levels);
}
