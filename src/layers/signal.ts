/** What flows between layers: numbers of one of four kinds, [batch, ...shape], each sample's `width` numbers in a row. */

import { rowBytes } from "../core/bits.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Arena } from "../kernels/arena.ts";

interface Shaped {
  readonly shape: Shape;
  /** Numbers of a sample: the product of the shape. */
  readonly width: number;
}
/** ±1 as packed bits, rows of `stride` bytes. */
export interface Bits extends Shaped {
  readonly kind: "bits";
  readonly stride: number;
  readonly data: Uint8Array;
}
/** 8-bit numbers, 0 … 255. */
export interface Bytes extends Shaped {
  readonly kind: "bytes";
  readonly data: Uint8Array;
}
/** Exact sums of `terms` products each. */
export interface Int32 extends Shaped {
  readonly kind: "int32";
  readonly terms: number;
  readonly data: Int32Array;
}
/** Any numbers. */
export interface Float32 extends Shaped {
  readonly kind: "float32";
  readonly data: Float32Array;
}

/** What flows between two layers. */
export type Signal = Bits | Bytes | Int32 | Float32;
/** The name of a kind of signal. */
export type Kind = Signal["kind"];

/** Bits [batch, ...shape] in memory. */
export function bits(arena: Arena, batch: number, shape: Shape): Bits {
  const width = sizeOf(shape);
  const stride = rowBytes(width);
  return { kind: "bits", shape, width, stride, data: arena.u8(batch * stride) };
}

/** 8-bit numbers [batch, ...shape] in memory. */
export function bytes(arena: Arena, batch: number, shape: Shape): Bytes {
  const width = sizeOf(shape);
  return { kind: "bytes", shape, width, data: arena.u8(batch * width) };
}

/** Sums of `terms` products each, [batch, ...shape], in memory. */
export function int32(arena: Arena, batch: number, shape: Shape, terms: number): Int32 {
  const width = sizeOf(shape);
  return { kind: "int32", shape, width, terms, data: arena.i32(batch * width) };
}

/** float32 numbers [batch, ...shape] in memory. */
export function float32(arena: Arena, batch: number, shape: Shape): Float32 {
  const width = sizeOf(shape);
  return { kind: "float32", shape, width, data: arena.f32(batch * width) };
}
