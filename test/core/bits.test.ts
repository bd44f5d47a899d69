import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bitMatrix,
  dirtyPadding,
  getBit,
  packSigns,
  popcount32,
  rowBytes,
  setBit,
  unpackSigns,
} from "../../src/core/bits.ts";

const widths = [1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 784, 1000];

describe("rowBytes", () => {
  it("pads a row to a multiple of 128 bits", () => {
    expect([0, 1, 127, 128, 129, 256, 784, 1024].map(rowBytes)).toEqual([0, 16, 16, 16, 32, 32, 112, 128]);
  });
});

describe("bit order", () => {
  it.each(widths)("element k is bit k mod 8 of byte k div 8 of its row, width %i", (columns) => {
    for (let k = 0; k < columns; k++) {
      const oneHot = new Float32Array(2 * columns).fill(-1);
      oneHot[columns + k] = 1;
      const m = packSigns(oneHot, 2, columns);
      const expected = new Uint8Array(2 * rowBytes(columns));
      expected[rowBytes(columns) + Math.floor(k / 8)] = 2 ** (k % 8);
      expect(m.bytes).toEqual(expected);
    }
  });

  it("is also bit k mod 64 of little-endian word k div 64", () => {
    const m = bitMatrix(1, 128);
    setBit(m, 0, 77, 1);
    expect(new DataView(m.bytes.buffer).getBigUint64(8, true)).toBe(1n << 13n);
  });
});

describe("packSigns", () => {
  const matrices = fc
    .record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 300 }) })
    .chain(({ rows, columns }) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        values: fc.array(fc.double({ noNaN: true }), { minLength: rows * columns, maxLength: rows * columns }),
      }),
    );

  it("is undone by unpackSigns, and leaves the padding 0", () => {
    fc.assert(
      fc.property(matrices, ({ rows, columns, values }) => {
        const m = packSigns(values, rows, columns);
        expect([...unpackSigns(m)]).toEqual(values.map((x) => (x >= 0 ? 1 : -1)));
        expect(dirtyPadding(m)).toBeUndefined();
        expect(packSigns(unpackSigns(m), rows, columns)).toEqual(m);
      }),
    );
  });

  it("takes 0 and −0 as +1, and the smallest negative number as −1", () => {
    const values = [0, -0, -Number.MIN_VALUE, Number.MIN_VALUE, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect([...unpackSigns(packSigns(values, 1, 6))]).toEqual([1, 1, -1, 1, -1, 1]);
  });

  it("refuses NaN and says where it is", () => {
    expect(() => packSigns([1, 1, 1, 1, Number.NaN, 1], 2, 3)).toThrowError(
      expect.objectContaining({ code: "argument", message: "the value at row 1, column 1 is NaN: it has no sign" }),
    );
  });

  it("refuses values that do not fill the matrix", () => {
    expect(() => packSigns([1, 1, 1], 2, 2)).toThrowError(expect.objectContaining({ code: "shape" }));
  });
});

describe("bitMatrix", () => {
  it("is a view of the bytes it is given, which must fit", () => {
    const bytes = new Uint8Array(32);
    bytes[17] = 0b100;
    expect(getBit(bitMatrix(2, 20, bytes), 1, 10)).toBe(1);
    expect(() => bitMatrix(2, 20, new Uint8Array(31))).toThrowError(expect.objectContaining({ code: "shape" }));
  });
});

describe("setBit", () => {
  it("sets and clears one bit and leaves the others", () => {
    const m = packSigns(new Int8Array(3 * 130).fill(1), 3, 130);
    const before = m.bytes.slice();
    setBit(m, 1, 129, 0);
    expect(getBit(m, 1, 129)).toBe(0);
    expect(unpackSigns(m).filter((x) => x === -1)).toHaveLength(1);
    setBit(m, 1, 129, 1);
    expect(m.bytes).toEqual(before);
  });
});

describe("dirtyPadding", () => {
  it.each(widths.filter((width) => width % 128 !== 0))("finds any padding bit that is set, width %i", (columns) => {
    for (let column = columns; column < rowBytes(columns) * 8; column++) {
      const m = bitMatrix(3, columns);
      setBit(m, 1, column, 1);
      expect(dirtyPadding(m)).toEqual({ row: 1, column });
    }
  });
});

describe("popcount32", () => {
  it("counts the ones of any word, as signed and as unsigned number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
        const ones = word.toString(2).replaceAll("0", "").length;
        expect(popcount32(word)).toBe(ones);
        expect(popcount32(word | 0)).toBe(ones);
      }),
      { examples: [[0], [0xffffffff], [0x80000000], [1]] },
    );
  });
});
