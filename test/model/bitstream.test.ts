import { expect, test } from "vitest";
import { bitMatrix } from "../../src/core/bits.ts";
import { randomWords } from "../../src/core/random.ts";
import { BitReader, BitWriter } from "../../src/model/bitstream.ts";
import { randomBits } from "./random-model.ts";

test("bit k is bit k mod 8 of byte k div 8, least significant first", () => {
  const writer = new BitWriter(20);
  writer.write(0b101, 3);
  writer.write(0b1_0000_0001_1, 10);
  writer.write(1, 7);
  expect([...writer.bytes]).toEqual([0b00011_101, 0b001_10000, 0b0000_0000]);
});

test("reads what was written, widths 0 to 32, two's complement included", () => {
  const next = randomWords(1, "stream");
  const entries = Array.from({ length: 2000 }, () => ({ value: next() | 0, width: next() % 33 }));
  const writer = new BitWriter(entries.reduce((sum, { width }) => sum + width, 0));
  for (const { value, width } of entries) writer.write(value, width);
  const reader = new BitReader(writer.bytes);
  for (const { value, width } of entries) {
    const expected = width === 32 ? value >>> 0 : (value & (2 ** width - 1)) >>> 0;
    expect(reader.read(width)).toBe(expected);
  }
});

test("matrices lose their padding and get it back", () => {
  const next = randomWords(2, "stream");
  const matrices = [1, 7, 8, 63, 64, 65, 127, 128, 129].map((columns) => randomBits(3, columns, next));
  const writer = new BitWriter(3 * matrices.reduce((sum, m) => sum + m.columns, 0));
  for (const m of matrices) writer.writeMatrix(m);
  expect(writer.bytes.length).toBe(Math.ceil((3 * 592) / 8));
  const reader = new BitReader(writer.bytes);
  for (const m of matrices) {
    const copy = bitMatrix(m.rows, m.columns);
    reader.readMatrix(copy);
    expect(copy).toEqual(m);
  }
});
