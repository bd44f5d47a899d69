// Rows of signs: bit 1 iff x >= least. With least = 0, sign(0) = sign(−0) = +1; with the least positive float32, 2⁻¹⁴⁹,
// sign(0) = −1.

/** The signs of eight numbers as a byte. */
@inline
export function signs8(x: usize, least: f32): i32 {
  const from = f32x4.splat(least);
  return i32x4.bitmask(f32x4.ge(v128.load(x), from)) | (i32x4.bitmask(f32x4.ge(v128.load(x, 16), from)) << 4);
}

/** The signs of fewer than eight numbers. */
@inline
export function signsTail(x: usize, count: i32, least: f32): i32 {
  let bits = 0;
  for (let i = 0; i < count; i++) bits |= i32(load<f32>(x + (i << 2)) >= least) << i;
  return bits;
}

/** The signs of sixteen numbers: comparisons are −1 or 0, so narrowing them keeps them. */
@inline
function signs16(x: usize, least: f32): i32 {
  const from = f32x4.splat(least);
  const low = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(x), from), f32x4.ge(v128.load(x, 16), from));
  const high = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(x, 32), from), f32x4.ge(v128.load(x, 48), from));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Repacks n latent weights and adds to `flips` how many signs changed. */
export function packRow(latent: usize, bits: usize, flips: usize, n: i32, least: f32): void {
  let changed = 0;
  let k = 0;
  for (; k + 64 <= n; k += 64) {
    const at = latent + (k << 2);
    const now = <u64>signs16(at, least) | (<u64>signs16(at + 64, least) << 16) | (<u64>signs16(at + 128, least) << 32) |
      (<u64>signs16(at + 192, least) << 48);
    changed += <i32>popcnt(now ^ load<u64>(bits + (k >> 3)));
    store<u64>(bits + (k >> 3), now);
  }
  for (; k < n; k += 8) {
    const now = n - k < 8 ? signsTail(latent + (k << 2), n - k, least) : signs8(latent + (k << 2), least);
    changed += popcnt(now ^ <i32>load<u8>(bits + (k >> 3)));
    store<u8>(bits + (k >> 3), <u8>now);
  }
  store<i32>(flips, load<i32>(flips) + changed);
}
