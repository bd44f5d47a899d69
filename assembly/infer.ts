// Inference of a frozen network: a module of its own (scripts/build-kernels.mjs), below the 4 KiB that every host
// compiles at once, on one thread. src/infer/engine.ts plans its memory and calls it; src/infer/plain.ts defines what it
// computes.
//
// A hidden neuron fires iff its inputs differ from its weights in at most L places (src/model/differences.ts). 128
// neurons lie side by side in a vector, one bit each, and their differences are counted in bit slices: slice k is bit k
// of 128 counters, and a full adder of three vectors is 128 full adders.
//
// Three inputs differ from three weights in 0 … 3 places, a number of two bits: the parity and the majority of the
// three differences. These depend on the weights, known when a model is loaded, and on one of only 8 patterns of the
// inputs. So they are looked up: a table holds both vectors of each pattern. Of the full adders, about one an input,
// this leaves two thirds: 3.2 operations and 1.3 loads for 128 multiply-accumulates, the same for every image. XOR and
// a popcount of bytes take ten, a look-up of nibbles with `i8x16.swizzle` too.

import { GROUP, QUAD, SLICES, TURN } from "./generated/infer";

/** x u8 [count, stride] from images u8 [count, n]: bit k is 1 iff pixel k > threshold. Reads up to 15 bytes beyond the
 *  images. */
export function binarize(images: usize, n: i32, threshold: i32, x: usize, stride: usize, count: i32): void {
  const least = i8x16.splat(<i8>threshold);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < n; k += 16) {
      put(x + i * stride, k, n, i8x16.bitmask(i8x16.gt_u(v128.load(images + k), least)));
    }
    images += n;
  }
}

/** x u8 [count, 8, stride]: the bit planes of images u8 [count, n], lowest first. Reads as `binarize` does. */
export function split(images: usize, n: i32, x: usize, stride: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    for (let plane = 0; plane < 8; plane++) {
      for (let k = 0; k < n; k += 16) put(x, k, n, i8x16.bitmask(i8x16.shl(v128.load(images + k), 7 - plane)));
      x += stride;
    }
    images += n;
  }
}

/** Stores 16 bits of a row from bit k on, those from n on as 0. */
@inline
function put(row: usize, k: i32, n: i32, bits: i32): void {
  store<u16>(row + (k >> 3), n - k < 16 ? bits & ((1 << (n - k)) - 1) : bits);
}

@inline
function parity(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

@inline
function majority(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c));
}

// Two full adders in a row add z + (x1 + y1) + (x2 + y2). Where the bits come in pairs (x, u = x XOR y), they take
// eight operations instead of ten, and their two carries are such a pair again (Demenkov, Kojevnikov, Kulikov and
// Yaroslavtsev, "New upper bounds on the Boolean circuit complexity of symmetric functions", 2010):
//   h = (x1 XOR z) OR u1, z' = z XOR u1:  carry c1 = h XOR z'
//   k = x2 XOR z':                        c1 XOR c2 = h XOR (k AND NOT u2)
//   sum = z' XOR u2.
// Each of the three is written out alone; the compilers share what they have in common.

@inline
function carry(z: v128, x1: v128, u1: v128): v128 {
  return v128.xor(v128.or(v128.xor(x1, z), u1), v128.xor(z, u1));
}

/** c1 XOR c2 */
@inline
function change(z: v128, x1: v128, u1: v128, x2: v128, u2: v128): v128 {
  return v128.xor(v128.or(v128.xor(x1, z), u1), v128.andnot(v128.xor(x2, v128.xor(z, u1)), u2));
}

/** The table of a layer of `rows` neurons on n inputs with weights w u8 [rows, stride]: [quads, groups, patterns, 4, 2]
 *  vectors. Reads up to 3 bytes beyond the weights. */
export function prepare(w: usize, stride: usize, rows: i32, n: i32, groups: i32, table: usize): void {
  for (let quad = 0; quad < rows; quad += QUAD) {
    for (let g = 0; g < n; g += 3) {
      const mask = (1 << min(3, n - g)) - 1;
      for (let b = 0; b < 4; b++) {
        let a0 = i8x16.splat(0), a1 = a0, a2 = a0;
        for (let half = 0; half < 2; half++) {
          let w0: u64 = 0, w1: u64 = 0, w2: u64 = 0;
          const first = quad + (b << 7) + (half << 6);
          for (let j = min(63, rows - 1 - first); j >= 0; j--) {
            const bits = <u64>((load<u32>(w + <usize>(first + j) * stride + (g >> 3)) >> (g & 7)) & mask);
            w0 = w0 << 1 | bits & 1;
            w1 = w1 << 1 | bits >> 1 & 1;
            w2 = w2 << 1 | bits >> 2;
          }
          a0 = half ? i64x2.replace_lane(a0, 1, w0) : i64x2.replace_lane(a0, 0, w0);
          a1 = half ? i64x2.replace_lane(a1, 1, w1) : i64x2.replace_lane(a1, 0, w1);
          a2 = half ? i64x2.replace_lane(a2, 1, w2) : i64x2.replace_lane(a2, 0, w2);
        }
        for (let pattern = 0; pattern < 8; pattern++) {
          const d0 = v128.xor(a0, i32x4.splat(-(pattern & 1)));
          const d1 = v128.xor(a1, i32x4.splat(-(pattern >> 1 & 1)));
          const d2 = v128.xor(a2, i32x4.splat(-(pattern >> 2)));
          const entry = table + (pattern << 7) + (b << 5);
          v128.store(entry, parity(d0, d1, d2));
          v128.store(entry, majority(d0, d1, d2), 16);
        }
      }
      table += <usize>GROUP;
    }
    table += <usize>(groups - (n + 2) / 3) * <usize>GROUP; // groups of no inputs stay 0
  }
}

/** out u8 [count, outStride], `blocks` vectors of neurons each, of x u8 [count, stride], through `table` and the slices
 *  that counters start with, `start` [blocks, SLICES] vectors. `groups` is a multiple of TURN; x is 0 beyond its
 *  inputs, for 3 · groups bits and 2 bytes. `offsets` u16 [count, groups] and `scratch`, three vectors, are
 *  overwritten. Two vectors of neurons after the other share the cache lines of an image, all images the table of these
 *  two. */
export function hidden(
  x: usize, stride: usize, groups: i32, table: usize, start: usize, blocks: i32,
  out: usize, outStride: usize, count: i32, offsets: usize, scratch: usize,
): void {
  const offsetStride = <usize>groups << 1;
  for (let i = 0; i < count; i++) locate(x + i * stride, groups, offsets + i * offsetStride);
  for (let pair = 0; pair < blocks; pair += 2) {
    const entries = table + <usize>(pair >> 2) * <usize>groups * <usize>GROUP + (<usize>(pair & 2) << 5);
    const end = min(pair + 2, blocks);
    for (let i = 0; i < count; i++) {
      for (let b = pair; b < end; b++) {
        const fires = fire(
          entries + (<usize>(b & 1) << 5), offsets + i * offsetStride, groups, start + b * SLICES * 16, scratch,
        );
        v128.store(out + i * outStride + (b << 4), fires);
      }
    }
  }
}

/** Where each group's pattern lies in its part of the table: 128 · pattern, u16. Eight groups are 24 bits: lane g takes
 *  the 16 bits from byte (3 g) div 8 on, shifted so that its three become bits 7 … 9. */
@inline
function locate(x: usize, groups: i32, offsets: usize): void {
  for (let g = 0; g < groups; g += 8) {
    const bytes = v128.load32_splat(x);
    const pairs = v128.shuffle<i8>(bytes, bytes, 0, 1, 0, 1, 0, 1, 1, 2, 1, 2, 1, 2, 2, 3, 2, 3);
    v128.store(offsets, v128.and(i16x8.mul(pairs, i16x8(128, 16, 2, 64, 8, 1, 32, 4)), i16x8.splat(0x380)));
    x += 3;
    offsets += 16;
  }
}

/** The bits of 128 neurons. s0 … s11 are the slices; p, m a group's parity and majority (weights 1 and 2); k, f, e, h
 *  carries of weights 2, 4, 8 and 16, the first one of a pair, and kd, fd, ed, hd what the second differs in. A turn
 *  has 8 adders of weight 1, 12, 6, and 3; what they carry goes into the slices from 4 on.
 *
 *  The stores to `scratch` keep V8 from loading all 32 vectors of a turn before it adds any: it keeps the order of
 *  loads and stores, and moves all else behind them. Without them, Node 20 has no registers left and takes 1.3 times as
 *  long. */
@inline
function fire(table: usize, offsets: usize, groups: i32, start: usize, scratch: usize): v128 {
  let s0 = v128.load(start, 0), s1 = v128.load(start, 16), s2 = v128.load(start, 32), s3 = v128.load(start, 48);
  let s4 = v128.load(start, 64), s5 = v128.load(start, 80), s6 = v128.load(start, 96), s7 = v128.load(start, 112);
  let s8 = v128.load(start, 128), s9 = v128.load(start, 144), s10 = v128.load(start, 160), s11 = v128.load(start, 176);
  for (let g = 0; g < groups; g += TURN) {
    let t0 = table + load<u16>(offsets, 0), t1 = table + load<u16>(offsets, 2);
    let t2 = table + load<u16>(offsets, 4), t3 = table + load<u16>(offsets, 6);
    let p0 = v128.load(t0, 0), p1 = v128.load(t1, 1024), p2 = v128.load(t2, 2048), p3 = v128.load(t3, 3072);
    let m0 = v128.load(t0, 16), m1 = v128.load(t1, 1040), m2 = v128.load(t2, 2064), m3 = v128.load(t3, 3088);
    let pp = v128.xor(p0, p1), pq = v128.xor(p2, p3);
    let mm = v128.xor(m0, m1), mq = v128.xor(m2, m3);
    const k0 = carry(s0, p0, pp);
    v128.store(scratch, change(s0, p0, pp, p2, pq), 0); s0 = parity(s0, pp, pq);
    const f0 = carry(s1, m0, mm);
    v128.store(scratch, change(s1, m0, mm, m2, mq), 16); s1 = parity(s1, mm, mq);

    t0 = table + load<u16>(offsets, 8); t1 = table + load<u16>(offsets, 10);
    t2 = table + load<u16>(offsets, 12); t3 = table + load<u16>(offsets, 14);
    p0 = v128.load(t0, 4096); p1 = v128.load(t1, 5120); p2 = v128.load(t2, 6144); p3 = v128.load(t3, 7168);
    m0 = v128.load(t0, 4112); m1 = v128.load(t1, 5136); m2 = v128.load(t2, 6160); m3 = v128.load(t3, 7184);
    pp = v128.xor(p0, p1); pq = v128.xor(p2, p3);
    mm = v128.xor(m0, m1); mq = v128.xor(m2, m3);
    const k1 = carry(s0, p0, pp), k1d = change(s0, p0, pp, p2, pq); s0 = parity(s0, pp, pq);
    const k0d = v128.load(scratch, 0);
    const f1 = carry(s1, k0, k0d), f1d = change(s1, k0, k0d, k1, k1d); s1 = parity(s1, k0d, k1d);
    const f0d = v128.load(scratch, 16);
    const e0 = carry(s2, f0, f0d);
    v128.store(scratch, change(s2, f0, f0d, f1, f1d), 0); s2 = parity(s2, f0d, f1d);
    const f2 = carry(s1, m0, mm);
    v128.store(scratch, change(s1, m0, mm, m2, mq), 16); s1 = parity(s1, mm, mq);

    t0 = table + load<u16>(offsets, 16); t1 = table + load<u16>(offsets, 18);
    t2 = table + load<u16>(offsets, 20); t3 = table + load<u16>(offsets, 22);
    p0 = v128.load(t0, 8192); p1 = v128.load(t1, 9216); p2 = v128.load(t2, 10240); p3 = v128.load(t3, 11264);
    m0 = v128.load(t0, 8208); m1 = v128.load(t1, 9232); m2 = v128.load(t2, 10256); m3 = v128.load(t3, 11280);
    pp = v128.xor(p0, p1); pq = v128.xor(p2, p3);
    mm = v128.xor(m0, m1); mq = v128.xor(m2, m3);
    const k2 = carry(s0, p0, pp);
    v128.store(scratch, change(s0, p0, pp, p2, pq), 32); s0 = parity(s0, pp, pq);
    const f3 = carry(s1, m0, mm), f3d = change(s1, m0, mm, m2, mq); s1 = parity(s1, mm, mq);
    const f2d = v128.load(scratch, 16);
    const e1 = carry(s2, f2, f2d), e1d = change(s2, f2, f2d, f3, f3d); s2 = parity(s2, f2d, f3d);
    const e0d = v128.load(scratch, 0);
    const h0 = carry(s3, e0, e0d);
    v128.store(scratch, change(s3, e0, e0d, e1, e1d), 0); s3 = parity(s3, e0d, e1d);

    t0 = table + load<u16>(offsets, 24); t1 = table + load<u16>(offsets, 26);
    t2 = table + load<u16>(offsets, 28); t3 = table + load<u16>(offsets, 30);
    p0 = v128.load(t0, 12288); p1 = v128.load(t1, 13312); p2 = v128.load(t2, 14336); p3 = v128.load(t3, 15360);
    m0 = v128.load(t0, 12304); m1 = v128.load(t1, 13328); m2 = v128.load(t2, 14352); m3 = v128.load(t3, 15376);
    pp = v128.xor(p0, p1); pq = v128.xor(p2, p3);
    mm = v128.xor(m0, m1); mq = v128.xor(m2, m3);
    const k3 = carry(s0, p0, pp), k3d = change(s0, p0, pp, p2, pq); s0 = parity(s0, pp, pq);
    const f4 = carry(s1, m0, mm), f4d = change(s1, m0, mm, m2, mq); s1 = parity(s1, mm, mq);
    const k2d = v128.load(scratch, 32);
    const f5 = carry(s1, k2, k2d), f5d = change(s1, k2, k2d, k3, k3d); s1 = parity(s1, k2d, k3d);
    const e2 = carry(s2, f4, f4d), e2d = change(s2, f4, f4d, f5, f5d); s2 = parity(s2, f4d, f5d);
    const g0 = carry(s3, e2, e2d); s3 = v128.xor(s3, e2d);
    const hd = v128.load(scratch, 0);

    const low = v128.xor(hd, g0), high = carry(g0, h0, hd);
    let a = v128.and(s4, low); s4 = v128.xor(s4, low);
    let b = majority(high, a, s5); s5 = parity(high, a, s5);
    a = v128.and(s6, b); s6 = v128.xor(s6, b);
    b = v128.and(s7, a); s7 = v128.xor(s7, a);
    a = v128.and(s8, b); s8 = v128.xor(s8, b);
    b = v128.and(s9, a); s9 = v128.xor(s9, a);
    a = v128.and(s10, b); s10 = v128.xor(s10, b);
    s11 = v128.xor(s11, a);

    table += TURN * <usize>GROUP;
    offsets += TURN * 2;
  }
  return v128.not(s11);
}

/** D = Σ_k 2^k popcount(x_k XOR w) of one row of `stride` bytes, a multiple of 16, over the planes x_k. */
@inline
function differences(x: usize, planes: i32, planeStride: usize, w: usize, stride: usize): i32 {
  let sum: i64 = 0;
  for (let plane = 0; plane < planes; plane++) {
    let ones: i64 = 0;
    for (let k: usize = 0; k < stride; k += 16) {
      ones += popcnt(load<i64>(x + k) ^ load<i64>(w + k)) + popcnt(load<i64>(x + k, 8) ^ load<i64>(w + k, 8));
    }
    sum += ones << plane;
    x += planeStride;
  }
  return <i32>sum;
}

/** As `hidden`, for layers that it does not take, on pixels or wide: x u8 [count, planes, planeStride], limits i32
 *  [rows]. `out` is 0 where it is not written. */
export function hiddenByRows(
  x: usize, planes: i32, planeStride: usize, w: usize, stride: usize, rows: i32, limits: usize,
  out: usize, outStride: usize, count: i32,
): void {
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < rows; j += 8) {
      let bits = 0;
      for (let b = min(8, rows - j) - 1; b >= 0; b--) {
        const d = differences(x, planes, planeStride, w + <usize>(j + b) * stride, stride);
        bits = bits << 1 | i32(d <= load<i32>(limits + ((j + b) << 2)));
      }
      store<u8>(out + (j >> 3), bits);
    }
    x += planes * planeStride;
    out += outStride;
  }
}

/** scores i32 [count, rows]: offset_j − scale_j · D_j. */
export function output(
  x: usize, planes: i32, planeStride: usize, w: usize, stride: usize, rows: i32, scale: usize, offset: usize,
  scores: usize, count: i32,
): void {
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < rows; j++) {
      const d = differences(x, planes, planeStride, w + <usize>j * stride, stride);
      store<i32>(scores, load<i32>(offset + (j << 2)) - load<i32>(scale + (j << 2)) * d);
      scores += 4;
    }
    x += planes * planeStride;
  }
}
