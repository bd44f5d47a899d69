import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below, randomWord } from "../../src/core/random.ts";
import { meanOfRepetitions, probabilityImage, thresholdImage } from "./plain.ts";

const allGreys = Uint8Array.from({ length: 256 }, (_, grey) => grey);

describe("thresholdImage", () => {
  it("sets a bit iff the pixel is greater than the threshold", () => {
    for (let threshold = 0; threshold <= 255; threshold++) {
      const bits = thresholdImage(allGreys, threshold);
      expect(bits).toEqual(allGreys.map((grey) => (grey > threshold ? 1 : 0)));
    }
  });

  it("leaves an all-zero image all-zero", () => {
    expect(thresholdImage(new Uint8Array(784), 0)).toEqual(new Uint8Array(784));
  });

  it.each([-1, 256, 0.5, Number.NaN])("refuses the threshold %s", (threshold) => {
    expect(() => thresholdImage(allGreys, threshold)).toThrowError(expect.objectContaining({ code: "argument" }));
  });
});

describe("probabilityImage", () => {
  it("never sets 0 and always sets 255", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(10_000), fc.nat(60_000), (seed, repetition, sample) => {
        expect(probabilityImage(new Uint8Array(784), seed, repetition, sample)).toEqual(new Uint8Array(784));
        expect(probabilityImage(new Uint8Array(784).fill(255), seed, repetition, sample)).toEqual(
          new Uint8Array(784).fill(1),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("sets each bit by the random word of its own coordinates", () => {
    const bits = probabilityImage(allGreys, 9, 4, 123);
    for (let element = 0; element < 256; element++) {
      const r = below(randomWord(9, "binarize", 4, 123, element), 255);
      expect(bits[element]).toBe(allGreys[element]! > r ? 1 : 0);
    }
  });

  it("differs between repetitions, samples and seeds, and only between those", () => {
    const image = new Uint8Array(784).fill(128);
    const bits = probabilityImage(image, 1, 2, 3);
    expect(probabilityImage(image, 1, 2, 3)).toEqual(bits);
    expect(probabilityImage(image, 2, 2, 3)).not.toEqual(bits);
    expect(probabilityImage(image, 1, 3, 3)).not.toEqual(bits);
    expect(probabilityImage(image, 1, 2, 4)).not.toEqual(bits);
  });

  it("sets grey value g with probability g / 255", () => {
    // Σ over g = 1 … 254 of (ones − n p)² / (n p (1 − p)) follows χ² with 254 degrees of freedom, nearly, for n p (1 − p)
    // of 7.8 or more. Both tails are refused: 190.0 is the 0.001 quantile and 329.4 the 0.999 quantile.
    const repetitions = 2000;
    const ones = new Float64Array(256);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const bits = probabilityImage(allGreys, 1, repetition, 0);
      for (let grey = 0; grey < 256; grey++) ones[grey]! += bits[grey]!;
    }
    let chi2 = 0;
    for (let grey = 1; grey < 255; grey++) {
      const p = grey / 255;
      chi2 += (ones[grey]! - repetitions * p) ** 2 / (repetitions * p * (1 - p));
    }
    expect(chi2).toBeGreaterThan(190.0);
    expect(chi2).toBeLessThan(329.4);
  });
});

describe("meanOfRepetitions", () => {
  it("is 255 times the mean of the single binarizations", () => {
    const singles = [0, 1, 2].map((repetition) => probabilityImage(allGreys, 5, repetition, 8));
    const mean = meanOfRepetitions(allGreys, 3, 5, 8);
    for (let i = 0; i < 256; i++) {
      expect(mean[i]).toBe((singles.reduce((sum, bits) => sum + bits[i]!, 0) * 255) / 3);
    }
  });

  it("converges to the original", () => {
    const error = (repetitions: number) => {
      const mean = meanOfRepetitions(allGreys, repetitions, 1, 0);
      return allGreys.reduce((sum, grey, i) => sum + Math.abs(grey - mean[i]!), 0) / allGreys.length;
    };
    // The mean over g of E|error| of one repetition is 2 g (255 − g) / 255, on average 85; of R, about 80 / √R.
    expect(error(1)).toBeGreaterThan(70);
    expect(error(100)).toBeLessThan(10);
    expect(error(2500)).toBeLessThan(2);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses %s repetitions", (repetitions) => {
    expect(() => meanOfRepetitions(allGreys, repetitions, 1, 0)).toThrowError(
      expect.objectContaining({ code: "argument" }),
    );
  });
});
