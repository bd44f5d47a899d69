import { crc32 as host } from "node:zlib";
import { expect, it } from "vitest";
import { randomWords } from "../../src/core/random.ts";
import { crc32 } from "../../src/inflate/crc32.ts";

const next = randomWords(1, "test");
const bytes = Uint8Array.from({ length: 1003 }, () => next() >>> 24);

it.each([0, 1, 3, 4, 5, 8, 1003])("of %i bytes is the host's, and that of its parts", (length) => {
  const some = bytes.subarray(0, length);
  expect(crc32(some)).toBe(host(some));
  for (const cut of [0, 1, 2, 7]) expect(crc32(some.subarray(cut), crc32(some.subarray(0, cut)))).toBe(host(some));
});
