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

/** Repacks rows [lo, hi) of latent weights f32 [rows, n]; adds to flips i32 [rows] how many signs changed. */
export function packSigns(
  latent: usize, bits: usize, flips: usize, n: i32, stride: i32, lo: i32, hi: i32,
): void {
  for (let r = lo; r < hi; r++) {
    const from = latent + ((<usize>r * n) << 2);
    const to = bits + <usize>r * stride;
    let changed = 0;
    let k = 0;
    for (; k + 8 <= n; k += 8) {
      const now = signs8(from + (k << 2));
      changed += popcnt(now ^ <i32>load<u8>(to + (k >> 3)));
      store<u8>(to + (k >> 3), <u8>now);
    }
    if (k < n) {
      const now = signsTail(from + (k << 2), n - k);
      changed += popcnt(now ^ <i32>load<u8>(to + (k >> 3)));
      store<u8>(to + (k >> 3), <u8>now);
    }
    store<i32>(flips + (r << 2), load<i32>(flips + (r << 2)) + changed);
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
