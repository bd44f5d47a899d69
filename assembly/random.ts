// Philox4x32-10, as src/core/random.ts defines it, four blocks at a time.

const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/** The low halves of four 32 × 32-bit products, and (`high`) the high ones. */
@inline
function lowProducts(first: v128, second: v128): v128 {
  return v128.shuffle<i32>(first, second, 0, 2, 4, 6);
}
@inline
function highProducts(first: v128, second: v128): v128 {
  return v128.shuffle<i32>(first, second, 1, 3, 5, 7);
}

/** Results of `philox`, which has more than a function can return. Words of four blocks: `word0` holds the first word
 *  of each, and so on. */
export let word0: v128 = i32x4.splat(0);
export let word1: v128 = i32x4.splat(0);
export let word2: v128 = i32x4.splat(0);
export let word3: v128 = i32x4.splat(0);

/** The blocks (c0 + 0 … 3, c1, c2, c3). */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, key0: u32, key1: u32): void {
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  let x0 = i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3));
  let x1 = i32x4.splat(c1);
  let x2 = i32x4.splat(c2);
  let x3 = i32x4.splat(c3);
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(x0, m0);
    const b = i64x2.extmul_high_i32x4_u(x0, m0);
    const c = i64x2.extmul_low_i32x4_u(x2, m1);
    const d = i64x2.extmul_high_i32x4_u(x2, m1);
    x0 = v128.xor(v128.xor(highProducts(c, d), x1), i32x4.splat(key0));
    x1 = lowProducts(c, d);
    x2 = v128.xor(v128.xor(highProducts(a, b), x3), i32x4.splat(key1));
    x3 = lowProducts(a, b);
    key0 += W0;
    key1 += W1;
  }
  word0 = x0;
  word1 = x1;
  word2 = x2;
  word3 = x3;
}
