import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomWords } from "../../src/core/random.ts";
import { encodeIdx, parseIdx, sampleShape } from "../../src/data/idx.ts";

/** An IDX file from its magic number, dimensions and elements, right or wrong. */
function file(magic: number, dimensions: number[], values: ArrayLike<number> = []): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  for (const [i, size] of dimensions.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(values, 4 + 4 * dimensions.length);
  return bytes;
}

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  const next = randomWords(1, "test");
  return Uint8Array.from({ length }, () => next() >>> 24);
}

const error = (bytes: Uint8Array): unknown => {
  try {
    return parseIdx(bytes, "digits.idx");
  } catch (cause) {
    return cause;
  }
};

describe("encodeIdx and parseIdx", () => {
  const arrays = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }).chain((dimensions) => {
    const length = dimensions.reduce((a, b) => a * b, 1);
    return fc.record({
      dimensions: fc.constant(dimensions),
      values: fc.uint8Array({ minLength: length, maxLength: length }),
    });
  });

  it("are each other's inverse, with and without gzip", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const bytes = encodeIdx(array.dimensions, array.values);
        expect(parseIdx(bytes, "x")).toEqual(array);
        expect(parseIdx(gzipSync(bytes), "x")).toEqual(array);
      }),
    );
  });

  it("write and read the format as it is defined", () => {
    const bytes = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);
    const array = { dimensions: [1, 2, 3], values: Uint8Array.of(10, 20, 30, 40, 50, 60) };
    expect(parseIdx(bytes, "x")).toEqual(array);
    expect(encodeIdx(array.dimensions, array.values)).toEqual(bytes);
  });

  it("read a file that is a part of a larger buffer", () => {
    const bytes = file(0x801, [2], [7, 8]);
    const buffer = new Uint8Array(bytes.length + 5);
    buffer.set(bytes, 3);
    expect(parseIdx(buffer.subarray(3, 3 + bytes.length), "x").values).toEqual(Uint8Array.of(7, 8));
  });

  it("read a compressed file that is larger than the part its header is taken from", () => {
    const values = noise(20_000);
    const bytes = gzipSync(encodeIdx([20_000], values));
    expect(bytes.length).toBeGreaterThan(4096);
    expect(parseIdx(bytes, "x").values).toEqual(values);
  });
});

describe("parseIdx refuses", () => {
  const good = file(0x803, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const flipped = gzipSync(good);
  flipped[flipped.length - 6]! ^= 1; // in the CRC
  const large = gzipSync(encodeIdx([20_000], noise(20_000)));

  it.each([
    ["an empty file", new Uint8Array(0), "digits.idx is empty"],
    ["another magic", file(0x89504e47, [1], [1]), "digits.idx is not an IDX file: it starts with 89 50 4e 47"],
    ["32-bit floats", file(0xd01, [1], [0, 0, 0, 0]), "holds 32-bit floats; onebit reads unsigned bytes"],
    ["an unknown type", file(0x701, [1], [1]), "unknown type 0x07"],
    ["no dimensions", file(0x800, []), "has 0 dimensions; onebit reads 1 to 4"],
    ["5 dimensions", file(0x805, [1, 1, 1, 1, 1], [1]), "has 5 dimensions; onebit reads 1 to 4"],
    ["half a magic", Uint8Array.of(0, 0, 8), "an IDX header takes 4 bytes or more, it has 3"],
    ["half a header", good.subarray(0, 10), "its header takes 16 bytes, it has 10"],
    ["a missing value", good.subarray(0, 23), "is truncated: 2 × 2 × 2 values take 24 bytes, it has 23"],
    ["a value too many", file(0x801, [2], [1, 2, 3]), "is too long: 2 values take 10 bytes, it has 11"],
    ["a dimension of zero", file(0x803, [2, 0, 2]), "holds nothing: its dimensions are 2 × 0 × 2"],
    ["2⁶⁴ values", file(0x804, [65536, 65536, 65536, 65536]), "more than 2 GiB"],
    ["2 GiB", file(0x802, [65536, 32768]), "more than 2 GiB"],
    ["what is no gzip after 1f 8b", Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9), "is not an intact gzip file"],
    ["a gzip file that is cut off", large.subarray(0, 9000), "is not an intact gzip file"],
    ["a wrong gzip checksum", flipped, "is not an intact gzip file"],
    ["no IDX inside gzip", gzipSync(Uint8Array.of(1, 2, 3, 4, 5)), "is not an IDX file: it starts with 01 02 03 04"],
    ["too few values inside gzip", gzipSync(good.subarray(0, 23)), "values take 24 bytes, it has 23"],
    [
      "a value too many inside gzip",
      gzipSync(file(0x801, [2], [1, 2, 3])),
      "decompresses to more than its header says",
    ],
    ["a gzip bomb", gzipSync(file(0x801, [10], new Uint8Array(50_000_000))), "more than its header says"],
  ])("%s", (_, bytes, message) => {
    expect(error(bytes)).toMatchObject({ code: "data", message: expect.stringContaining(message) });
    expect(error(bytes)).toMatchObject({ message: expect.stringContaining("digits.idx") });
  });
});

describe("encodeIdx refuses", () => {
  it.each([[[]], [[1, 1, 1, 1, 1]], [[0]], [[-1]], [[1.5]], [[2 ** 32]]])("the dimensions %j", (dimensions) => {
    expect(() => encodeIdx(dimensions, Uint8Array.of(1))).toThrowError(expect.objectContaining({ code: "argument" }));
  });

  it("values that do not fill the dimensions", () => {
    expect(() => encodeIdx([2, 2], Uint8Array.of(1, 2, 3))).toThrowError(
      expect.objectContaining({ code: "shape", message: "2 × 2 is 4 values, not 3" }),
    );
  });
});

it("the shape of samples follows from an array's dimensions", () => {
  expect(sampleShape([5])).toBeUndefined();
  expect(sampleShape([5, 30])).toEqual([30]);
  expect(sampleShape([5, 28, 28])).toEqual([28, 28, 1]);
  expect(sampleShape([5, 32, 32, 3])).toEqual([32, 32, 3]);
});
