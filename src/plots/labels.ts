/** Heights of labels beside the ends of curves. */

/** The positions nearest to `wanted` (least squares) that keep their order and at least the distance `gap`.
 *
 *  With yᵢ = xᵢ − i·gap in ascending order the distances become "yᵢ does not fall", and the nearest such y is isotonic
 *  regression: neighbours that would fall are pooled, and a pool stands at its mean (Ayer et al. 1955). */
export function apart(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const pools: { mean: number; size: number }[] = [];
  for (const [rank, i] of order.entries()) {
    let pool = { mean: wanted[i]! - rank * gap, size: 1 };
    for (let last = pools.at(-1); last && last.mean > pool.mean; last = pools.at(-1)) {
      const size = last.size + pool.size;
      pool = { mean: (last.mean * last.size + pool.mean * pool.size) / size, size };
      pools.pop();
    }
    pools.push(pool);
  }
  const result = [...wanted];
  let rank = 0;
  for (const { mean, size } of pools) for (let k = 0; k < size; k++, rank++) result[order[rank]!] = mean + rank * gap;
  return result;
}
