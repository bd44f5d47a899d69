import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { randomWords } from "../../src/core/random.ts";
import { gunzip } from "../../src/inflate/gunzip.ts";

/** Content that says its own length in its first four bytes. */
function content(length: number): Uint8Array {
  const next = randomWords(2, "test");
  const bytes = Uint8Array.from({ length }, () => (next() >>> 24) & 0x1f);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}
const lengthOf = (start: Uint8Array) => new DataView(start.buffer, start.byteOffset).getUint32(0);
const unpack = (bytes: Uint8Array) => gunzip(bytes, 4, lengthOf, "x.gz");
const damaged = (bytes: Uint8Array) => {
  try {
    unpack(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("gunzip", () => {
  it.each([4, 5, 1000, 100_000, 1_000_000])("gives %i bytes back, at all levels of compression", (length) => {
    const bytes = content(length);
    for (const level of [0, 1, 9]) {
      expect(Buffer.compare(unpack(gzipSync(bytes, { level })), bytes), `level ${level}`).toBe(0);
    }
  });

  it("does not mind a name in the header that is longer than what is read at once", () => {
    const zipped = gzipSync(content(100));
    const name = new Uint8Array(10_001).fill(97, 0, 10_000);
    const named = new Uint8Array(zipped.length + name.length);
    named.set(zipped.subarray(0, 10));
    named[3] = 8; // FNAME
    named.set(name, 10);
    named.set(zipped.subarray(10), 10 + name.length);
    expect(unpack(named)).toEqual(content(100));
  });

  it("reads the members of a file one after the other", () => {
    const bytes = content(100_000);
    for (const cut of [1, 3, 50, 4096, 99_999]) {
      const members = [bytes.subarray(0, cut), new Uint8Array(0), bytes.subarray(cut)].map((part) => gzipSync(part));
      expect(Buffer.compare(unpack(Buffer.concat(members)), bytes), `cut at ${cut}`).toBe(0);
      members[0]![members[0]!.length - 7]! ^= 1; // in the first one's checksum
      expect(damaged(Buffer.concat(members))).toMatchObject({ code: "data" });
    }
  });

  it("does not take what follows the last member for one", () => {
    const zipped = gzipSync(content(100));
    for (const more of [1, 3, 8, 100]) {
      expect(damaged(Buffer.concat([zipped, new Uint8Array(more)])), `${more} bytes`).toMatchObject({ code: "data" });
    }
  });

  it("tells any damage", () => {
    const zipped = gzipSync(content(3000));
    for (let at = 10; at < zipped.length - 4; at += 7) {
      const bytes = Uint8Array.from(zipped);
      bytes[at]! ^= 0x10;
      expect(damaged(bytes), `byte ${at}`).toMatchObject({ name: "OnebitError", code: "data" });
    }
    for (let length = 2; length < zipped.length; length += 50) {
      expect(damaged(zipped.subarray(0, length)), `${length} bytes`).toMatchObject({ code: "data" });
    }
  });

  it("takes no memory that the file cannot fill", () => {
    const huge = content(64);
    new DataView(huge.buffer).setUint32(0, 2 ** 32 - 1);
    expect(unpack(gzipSync(huge))).toEqual(huge);
  });
});
