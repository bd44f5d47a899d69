import fc from "fast-check";
import { expect, test } from "vitest";
import { apart } from "../../src/plots/labels.ts";

test("labels that do not touch stay, those that do move by the same from their middle", () => {
  expect(apart([1, 5, 9], 2)).toEqual([1, 5, 9]);
  expect(apart([5, 5], 2)).toEqual([4, 6]);
  expect(apart([9, 1, 8.5], 1)).toEqual([9.25, 1, 8.25]);
  expect(apart([], 1)).toEqual([]);
});

test("they keep their order and distance, and their mean", () => {
  const heights = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(heights, fc.integer({ min: 1, max: 20 }), (wanted, gap) => {
      const result = apart(wanted, gap);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
      for (let k = 1; k < order.length; k++)
        expect(result[order[k]!]! - result[order[k - 1]!]!).toBeGreaterThan(gap - 1e-9);
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect(sum(result)).toBeCloseTo(sum(wanted), 6);
    }),
  );
});
