/** Timing by turns: contenders run one after the other in each round, so that a slow moment of the machine meets all. */

export interface Timing {
  /** Milliseconds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Times each contender in so many rounds, after two that do not count. */
export function takeTurns(contenders: readonly (() => void)[], rounds: number): Timing[] {
  const times = contenders.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    for (const [i, run] of contenders.entries()) {
      const start = performance.now();
      run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  }
  return times.map(summary);
}

export function summary(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! };
}
