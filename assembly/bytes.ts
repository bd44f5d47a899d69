// Products of ±1 weights with 8-bit pixels, in exact integers.

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
