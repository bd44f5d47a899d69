// Vectors of four at the end of an array, and look-ups in vectors.

/** Four elements at `p`; beyond the `left` that are there they are 0. */
@inline
export function get(p: usize, left: i32): v128 {
  return left >= 4 ? v128.load(p) : getSome(p, left);
}

function getSome(p: usize, left: i32): v128 {
  let v = f32x4.splat(0);
  if (left > 0) v = v128.load32_zero(p);
  if (left > 1) v = f32x4.replace_lane(v, 1, load<f32>(p, 4));
  if (left > 2) v = f32x4.replace_lane(v, 2, load<f32>(p, 8));
  return v;
}

/** Stores the first `left` of four elements. */
@inline
export function put(p: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(p, v);
  else putSome(p, v, left);
}

function putSome(p: usize, v: v128, left: i32): void {
  if (left > 0) store<f32>(p, f32x4.extract_lane(v, 0));
  if (left > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4);
  if (left > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8);
}

/** table[indices], indices 0 … 15. In this range the relaxed instruction is exact on every processor (it differs for
 *  indices beyond 15), and takes one machine instruction instead of two on x86. */
@inline
export function lookUp(table: v128, indices: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(table, indices) : i8x16.swizzle(table, indices);
}
