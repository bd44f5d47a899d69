// Vectors of four at the end of an array.

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
