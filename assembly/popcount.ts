// Products of bits with bits and of bits with bytes, in exact integers.
//
// With bit 1 = +1 and bit 0 = −1, x·w = +1 where the bits agree and −1 where they differ, so
//   Σ x·w = agreements − differences = n − 2·popcount(x XOR w).
// Rows are padded with 0 bits to whole vectors on both sides: the padding's XOR is 0 and counts nothing.

/** Sixteen bytes' sums of bits of x XOR w. */
@inline
function differences(x: v128, w: usize): v128 {
  return i8x16.popcnt(v128.xor(x, v128.load(w)));
}

/** Adds pairs twice: u8 × 16 → i32 × 4. */
@inline
function widen(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
}

/** (Σa, Σb, Σc, Σd) of four vectors of four. */
@inline
function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** One count of a byte lane is at most 8, so 31 vectors (3,968 bits) fit a byte before it must be widened. */
const CHUNK: i32 = 31 * 16;

/** a i32 [batch, m], features [lo, hi): n − 2·popcount(x[b] XOR w[j]). Four rows of w share each load of x. */
export function agreementProduct(
  x: usize, w: usize, a: usize, batch: i32, m: i32, n: i32, stride: i32, lo: i32, hi: i32,
): void {
  const width = i32x4.splat(n);
  let j = lo;
  for (; j + 4 <= hi; j += 4) {
    const w0 = w + <usize>j * stride;
    const w1 = w0 + stride;
    const w2 = w1 + stride;
    const w3 = w2 + stride;
    for (let b = 0; b < batch; b++) {
      const row = x + <usize>(b * stride);
      let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let start = 0; start < stride; start += CHUNK) {
        const end = min(start + CHUNK, stride);
        let c0 = i8x16.splat(0), c1 = c0, c2 = c0, c3 = c0;
        for (let k = start; k < end; k += 16) {
          const v = v128.load(row + k);
          c0 = i8x16.add(c0, differences(v, w0 + k));
          c1 = i8x16.add(c1, differences(v, w1 + k));
          c2 = i8x16.add(c2, differences(v, w2 + k));
          c3 = i8x16.add(c3, differences(v, w3 + k));
        }
        s0 = i32x4.add(s0, widen(c0));
        s1 = i32x4.add(s1, widen(c1));
        s2 = i32x4.add(s2, widen(c2));
        s3 = i32x4.add(s3, widen(c3));
      }
      v128.store(a + ((b * m + j) << 2), i32x4.sub(width, i32x4.shl(sums4(s0, s1, s2, s3), 1)));
    }
  }
  for (; j < hi; j++) {
    const row = w + <usize>j * stride;
    for (let b = 0; b < batch; b++) {
      let count: i64 = 0;
      for (let k = 0; k < stride; k += 8) {
        count += popcnt(load<u64>(x + <usize>(b * stride + k)) ^ load<u64>(row + k));
      }
      store<i32>(a + ((b * m + j) << 2), n - (<i32>count << 1));
    }
  }
}

/** masks u8 [rows, 8 · stride], rows [lo, hi): 255 for bit 1, 0 for bit 0 (and for the padding). */
export function expandMasks(bits: usize, masks: usize, stride: i32, lo: i32, hi: i32): void {
  const which = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  for (let i = lo * stride; i < hi * stride; i += 2) {
    const low = i8x16.splat(load<u8>(bits + i));
    const high = i8x16.splat(load<u8>(bits + i, 1));
    const both = v128.shuffle<i8>(low, high, 0, 0, 0, 0, 0, 0, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16);
    v128.store(masks + (<usize>i << 3), i8x16.eq(v128.and(both, which), which));
  }
}

/** 128 vectors of pairs of bytes (510 each) fit a u16. */
const BYTE_CHUNK: i32 = 128 * 16;

/** a i32 [batch, m], features [lo, hi): Σ w·q over pixels q u8 [batch, n], w = ±1 given as byte masks.
 *  Σ w·q = 2·Σ (q where w = +1) − Σ q. Reads up to 15 bytes beyond a row of q; their mask is 0. */
export function byteProduct(
  q: usize, masks: usize, a: usize, batch: i32, m: i32, n: i32, stride: i32, lo: i32, hi: i32,
): void {
  const maskStride = stride << 3;
  for (let b = 0; b < batch; b++) {
    const row = q + <usize>(b * n);
    let total = 0;
    for (let k = 0; k < n; k++) total += <i32>load<u8>(row + k);
    for (let j = lo; j < hi; j++) {
      const mask = masks + <usize>j * maskStride;
      let sum = i32x4.splat(0);
      for (let start = 0; start < n; start += BYTE_CHUNK) {
        const end = min(start + BYTE_CHUNK, n);
        let pairs = i16x8.splat(0);
        for (let k = start; k < end; k += 16) {
          pairs = i16x8.add(pairs, i16x8.extadd_pairwise_i8x16_u(v128.and(v128.load(row + k), v128.load(mask + k))));
        }
        sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(pairs));
      }
      const positive = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) +
        i32x4.extract_lane(sum, 3);
      store<i32>(a + ((b * m + j) << 2), (positive << 1) - total);
    }
  }
}
