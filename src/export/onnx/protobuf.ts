/** Protocol buffers, as far as ONNX needs them: a message is its fields one after the other, a field is its number, the
 *  kind of its value, and the value. */

import { concat } from "../../core/bytes.ts";

/** Fields, in the order of writing. */
export type Message = readonly Uint8Array[];

/** A varint: seven bits a byte, the lowest first, the top bit set on all but the last. Takes integers 0 … 2⁵³ − 1. */
export function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(8 * field), ...varint(value)]);
}

export function bytes(field: number, value: Uint8Array): Uint8Array {
  const start = [...varint(8 * field + 2), ...varint(value.length)];
  const whole = new Uint8Array(start.length + value.length);
  whole.set(start);
  whole.set(value, start.length);
  return whole;
}

export function string(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

export function message(field: number, fields: Message): Uint8Array {
  return bytes(field, concat(fields));
}

function varint(value: number): number[] {
  const out = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  return [...out, rest];
}
