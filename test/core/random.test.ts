import { describe, expect, it } from "vitest";
import { below, permutation, philox, randomWord, randomWords, seedKey, streamId } from "../../src/core/random.ts";

const ones = 0xffffffff;

describe("philox", () => {
  // The known-answer vectors of Random123 (kat_vectors, philox4x32-10).
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    { counter: [ones, ones, ones, ones], key: [ones, ones], block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)("gives $block for counter $counter and key $key", ({ counter: [a, b, c, d], key: [k0, k1], block }) => {
    const out = new Uint32Array(4);
    philox(a, b, c, d, k0, k1, out);
    expect([...out]).toEqual(block);
  });
});

describe("seedKey", () => {
  it("splits a seed of up to 53 bits", () => {
    expect(seedKey(0)).toEqual([0, 0]);
    expect(seedKey(2 ** 32 + 5)).toEqual([5, 1]);
    expect(seedKey(2 ** 53 - 1)).toEqual([ones, 2 ** 21 - 1]);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses %s", (seed) => {
    expect(() => seedKey(seed)).toThrowError(expect.objectContaining({ code: "argument" }));
  });
});

describe("streamId", () => {
  it("is 32-bit FNV-1a", () => {
    expect(streamId("")).toBe(0x811c9dc5);
    expect(streamId("a")).toBe(0xe40c292c);
    expect(streamId("foobar")).toBe(0xbf9cf968);
  });

  it("keeps the streams in use apart", () => {
    const names = ["split", "shuffle", "shift", "binarize", "init"];
    expect(new Set(names.map(streamId)).size).toBe(names.length);
  });
});

describe("randomWord", () => {
  it("is word element mod 4 of the block at (element div 4, sample, epoch, stream)", () => {
    const out = new Uint32Array(4);
    philox(2, 7, 3, streamId("binarize"), 5, 1, out);
    expect([8, 9, 10, 11].map((element) => randomWord(2 ** 32 + 5, "binarize", 3, 7, element))).toEqual([...out]);
  });

  it("depends on every coordinate", () => {
    const words = [
      randomWord(1, "split", 1, 1, 1),
      randomWord(2, "split", 1, 1, 1),
      randomWord(1 + 2 ** 32, "split", 1, 1, 1),
      randomWord(1, "shuffle", 1, 1, 1),
      randomWord(1, "split", 2, 1, 1),
      randomWord(1, "split", 1, 2, 1),
      randomWord(1, "split", 1, 1, 2),
      randomWord(1, "split", 1, 1, 5),
    ];
    expect(new Set(words).size).toBe(words.length);
  });

  it("is what randomWords walks through", () => {
    const next = randomWords(42, "init", 6, 11);
    for (let element = 0; element < 11; element++) expect(next()).toBe(randomWord(42, "init", 6, 11, element));
  });
});

describe("below", () => {
  it("maps the ends of the words to the ends of the range", () => {
    for (const n of [1, 2, 10, 255, 256, 60_000]) {
      expect(below(0, n)).toBe(0);
      expect(below(ones, n)).toBe(n - 1);
    }
  });
});

describe("permutation", () => {
  it.each([0, 1, 2, 1000])("holds each of 0 … n − 1 once, n = %i", (n) => {
    expect([...permutation(n, 3, "split")].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("is a function of seed, stream and epoch", () => {
    const order = permutation(100, 3, "shuffle", 2);
    expect(permutation(100, 3, "shuffle", 2)).toEqual(order);
    expect(permutation(100, 4, "shuffle", 2)).not.toEqual(order);
    expect(permutation(100, 3, "split", 2)).not.toEqual(order);
    expect(permutation(100, 3, "shuffle", 3)).not.toEqual(order);
  });

  it("gives each of the 24 orders of 4 elements equally often", () => {
    const draws = 4800;
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < draws; epoch++) {
      const key = permutation(4, 1, "shuffle", epoch).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const expected = draws / 24;
    const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi2).toBeLessThan(49.73); // χ², 23 degrees of freedom, p = 0.001
  });
});
