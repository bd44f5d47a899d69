/** What flows between layers: one of four kinds, each [batch, width]. */

import { rowBytes } from "../core/bits.ts";
import type { Arena } from "../kernels/arena.ts";

/** ±1 as packed bits, rows of `stride` bytes. */
export interface Bits {
  readonly kind: "bits";
  readonly width: number;
  readonly stride: number;
  readonly data: Uint8Array;
}
/** 8-bit pixels, 0 … 255. */
export interface Bytes {
  readonly kind: "bytes";
  readonly width: number;
  readonly data: Uint8Array;
}
/** Exact sums. */
export interface Int32 {
  readonly kind: "int32";
  readonly width: number;
  readonly data: Int32Array;
}
export interface Float32 {
  readonly kind: "float32";
  readonly width: number;
  readonly data: Float32Array;
}

export type Signal = Bits | Bytes | Int32 | Float32;
export type Kind = Signal["kind"];

export function bits(arena: Arena, batch: number, width: number): Bits {
  const stride = rowBytes(width);
  return { kind: "bits", width, stride, data: arena.u8(batch * stride) };
}

export function bytes(arena: Arena, batch: number, width: number): Bytes {
  return { kind: "bytes", width, data: arena.u8(batch * width) };
}

export function int32(arena: Arena, batch: number, width: number): Int32 {
  return { kind: "int32", width, data: arena.i32(batch * width) };
}

export function float32(arena: Arena, batch: number, width: number): Float32 {
  return { kind: "float32", width, data: arena.f32(batch * width) };
}
