// sign(x): bit 1 iff x >= 0, so that sign(0) = sign(−0) = +1.

/** The signs of eight numbers as a byte. */
@inline
function signs8(x: usize): i32 {
  const zero = f32x4.splat(0);
  return i32x4.bitmask(f32x4.ge(v128.load(x), zero)) | (i32x4.bitmask(f32x4.ge(v128.load(x, 16), zero)) << 4);
}

/** The signs of fewer than eight numbers. */
@inline
function signsTail(x: usize, count: i32): i32 {
  let bits = 0;
  for (let i = 0; i < count; i++) bits |= i32(load<f32>(x + (i << 2)) >= 0) << i;
  return bits;
}

/** The signs of sixteen numbers: comparisons are −1 or 0, so narrowing them keeps them. */
@inline
function signs16(x: usize): i32 {
  const zero = f32x4.splat(0);
  const low = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(x), zero), f32x4.ge(v128.load(x, 16), zero));
  const high = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(x, 32), zero), f32x4.ge(v128.load(x, 48), zero));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** Repacks n latent weights and adds to `flips` how many signs changed. */
export function packRow(latent: usize, bits: usize, flips: usize, n: i32): void {
  let changed = 0;
  let k = 0;
  for (; k + 64 <= n; k += 64) {
    const at = latent + (k << 2);
    const now = <u64>signs16(at) | (<u64>signs16(at + 64) << 16) | (<u64>signs16(at + 128) << 32) |
      (<u64>signs16(at + 192) << 48);
    changed += <i32>popcnt(now ^ load<u64>(bits + (k >> 3)));
    store<u64>(bits + (k >> 3), now);
  }
  for (; k < n; k += 8) {
    const now = n - k < 8 ? signsTail(latent + (k << 2), n - k) : signs8(latent + (k << 2));
    changed += popcnt(now ^ <i32>load<u8>(bits + (k >> 3)));
    store<u8>(bits + (k >> 3), <u8>now);
  }
  store<i32>(flips, load<i32>(flips) + changed);
}

/** Rows [lo, hi) of latent weights f32 [rows, n]. */
export function packSigns(latent: usize, bits: usize, flips: usize, n: i32, stride: i32, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) {
    packRow(latent + (<usize>(r * n) << 2), bits + <usize>(r * stride), flips + (r << 2), n);
  }
}

/** Bits [batch, m], features [lo, hi), from y f32 [batch, m]; lo is a multiple of 8. */
export function signForward(y: usize, bits: usize, batch: i32, m: i32, stride: i32, lo: i32, hi: i32): void {
  for (let b = 0; b < batch; b++) {
    const from = y + ((b * m) << 2);
    const to = bits + <usize>(b * stride);
    let j = lo;
    for (; j + 8 <= hi; j += 8) store<u8>(to + (j >> 3), <u8>signs8(from + (j << 2)));
    if (j < hi) store<u8>(to + (j >> 3), <u8>signsTail(from + (j << 2), hi - j));
  }
}

/** d[b, j] becomes 0 where |y| > 1: the gradient of hard tanh (report, section 3.1). */
export function signBackward(y: usize, d: usize, batch: i32, m: i32, lo: i32, hi: i32): void {
  const one = f32x4.splat(1);
  for (let b = 0; b < batch; b++) {
    const row = (b * m) << 2;
    let j = lo;
    for (; j + 4 <= hi; j += 4) {
      const at = row + (j << 2);
      v128.store(d + at, v128.and(v128.load(d + at), f32x4.le(f32x4.abs(v128.load(y + at)), one)));
    }
    for (; j < hi; j++) {
      const at = row + (j << 2);
      if (!(abs(load<f32>(y + at)) <= 1)) store<f32>(d + at, 0);
    }
  }
}
