/** 20,000 broken files: each ends in a clear error or in an identical model, and none makes the reader allocate more than
 *  twice what the file has. */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { OnebitError } from "../../src/core/errors.ts";
import { below, randomWords } from "../../src/core/random.ts";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { randomModel } from "./random-model.ts";

/** What buffers may take beside the file: a hash's state, texts of the header. */
const SMALL = 16384;

const model = randomModel([200, 100, 50, 10], "threshold", 1);
const original = encodeModel(model, { license: "MIT", note: "a summary of the training" });
const bodyStart = 16 + new DataView(original.buffer).getUint32(12, true);

/** A broken copy: cut, lengthened, with bytes changed, moved or repeated, anywhere or in the header. */
function mutate(next: () => number): Uint8Array {
  let copy = original.slice();
  for (let edits = 1 + below(next(), 3); edits > 0; edits--) {
    const at = below(next(), next() & 1 ? Math.min(bodyStart, copy.length) : copy.length);
    const length = below(next(), 40);
    switch (below(next(), 6)) {
      case 0:
        copy[at] = next();
        break;
      case 1:
        copy[at]! ^= 1 << below(next(), 8);
        break;
      case 2:
        copy = copy.slice(0, at + 1);
        break;
      case 3:
        copy = Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + length)]);
        break;
      case 4:
        copy = Uint8Array.from([...copy.subarray(0, at + length), ...copy.subarray(at)]);
        break;
      default:
        copy.fill(next(), at, at + length);
    }
    if (copy.length === 0) return copy;
  }
  return copy;
}

/** The same with a SHA-256 that is right, so that the reader goes on. */
function seal(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(0, Math.max(0, bytes.length - 32));
  return Uint8Array.from([...content, ...createHash("sha256").update(content).digest()]);
}

test.each([
  ["as they are", (bytes: Uint8Array) => bytes],
  ["under a right SHA-256", seal],
])("10,000 broken files, %s", (name, finish) => {
  const next = randomWords(5, name);
  const ends = { refused: 0, same: 0 };
  for (let run = 0; run < 10_000; run++) {
    const bytes = finish(mutate(next));
    const before = process.memoryUsage().arrayBuffers;
    try {
      const read = decodeModel(bytes);
      // The hash that a file names is checked; what it may differ in is the information beside the model.
      expect(modelHash(read.model)).toBe(modelHash(model));
      ends.same++;
    } catch (error) {
      if (!(error instanceof OnebitError && error.code === "model")) throw error;
      ends.refused++;
    }
    const allocated = process.memoryUsage().arrayBuffers - before; // less than 0 after a garbage collection
    expect(allocated).toBeLessThanOrEqual(2 * bytes.length + SMALL);
  }
  expect(ends.refused + ends.same).toBe(10_000);
  expect(ends.refused).toBeGreaterThan(9_000);
});
