/** Broken copies of what a reader takes: bytes are changed anywhere, JSON as a tree, so that it still parses. */

import { below } from "../../src/core/random.ts";

/** The next random word, 0 … 2³² − 1. */
export type Next = () => number;

export function pick<T>(next: Next, items: readonly T[]): T {
  return items[below(next(), items.length)]!;
}

/** Numbers at the edges of types, and of what formats allow. */
const EDGES = [
  0,
  1,
  2,
  3,
  127,
  128,
  255,
  256,
  257,
  32767,
  32768,
  65535,
  65536,
  65793,
  65794,
  2 ** 20,
  2 ** 26,
  2 ** 31 - 1,
];
const WORDS = [...EDGES, 2 ** 31, 2 ** 32 - 1, 2 ** 32 - 2];

/** One to three edits: cut, lengthened, with bytes changed, moved, repeated or set to the edges of their types. */
export function mutateBytes(original: Uint8Array, next: Next): Uint8Array {
  let copy = original.slice();
  for (let edits = 1 + below(next(), 3); edits > 0 && copy.length > 0; edits--) {
    // Headers are short and in front: half of all edits are there.
    const at = below(next(), next() & 1 ? Math.min(64, copy.length) : copy.length);
    const length = below(next(), 40);
    switch (below(next(), 8)) {
      case 0:
        copy[at] = next();
        break;
      case 1:
        copy[at]! ^= 1 << below(next(), 8);
        break;
      case 2:
        copy = copy.slice(0, at);
        break;
      case 3:
        copy = Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + length)]);
        break;
      case 4:
        copy = Uint8Array.from([...copy.subarray(0, at + length), ...copy.subarray(at)]);
        break;
      case 5:
        copy.fill(next(), at, at + length);
        break;
      case 6:
        if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, pick(next, WORDS), (next() & 1) === 0);
        break;
      default:
        copy[at] = pick(next, [0x20, 0x0a, 0x23, 0x2d, 0x2e, 0x30, 0x39, 0x65, 0x7f]);
    }
  }
  return copy;
}

const VALUES: readonly unknown[] = [
  ...EDGES,
  -1,
  -0.5,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 53 - 1,
  5e-324,
  null,
  true,
  false,
  "",
  "0",
  "\u0000",
  "\u001b[31m",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(5000),
  [],
  {},
  [[]],
  [1, 2, 3],
  { kind: "dense" },
  { kind: "x" },
  Array.from({ length: 300 }, () => 1),
];

/** One to three edits of a JSON value: what stands somewhere is dropped, replaced, repeated, renamed, or a number is moved. */
export function mutateJson(original: unknown, next: Next): unknown {
  let tree = structuredClone(original);
  for (let edits = 1 + below(next(), 3); edits > 0; edits--) {
    const places = placesOf(tree);
    if (places.length === 0) return pick(next, VALUES);
    const { parent, key } = pick(next, places);
    const value = Reflect.get(parent, key);
    switch (below(next(), 7)) {
      case 0:
        if (Array.isArray(parent)) parent.splice(Number(key), 1);
        else Reflect.deleteProperty(parent, key);
        break;
      case 1:
        if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(value));
        else Reflect.set(parent, pick(next, [`${key}x`, "constructor", "toString", "lr"]), structuredClone(value));
        break;
      case 2:
        if (typeof value === "number") Reflect.set(parent, key, value + pick(next, [-1, 1, 0.5, 2 ** 16]));
        else Reflect.set(parent, key, structuredClone(pick(next, VALUES)));
        break;
      case 3: {
        const other = pick(next, places);
        Reflect.set(parent, key, structuredClone(Reflect.get(other.parent, other.key)));
        break;
      }
      case 4:
        if (below(next(), 50) === 0) tree = pick(next, VALUES);
        break;
      default:
        Reflect.set(parent, key, structuredClone(pick(next, VALUES)));
    }
  }
  return tree;
}

interface Place {
  readonly parent: object;
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ parent: value, key }, ...placesOf(Reflect.get(value, key))]);
}
