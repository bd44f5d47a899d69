// From samples, most of them 8-bit images, to the first layer's input.

import { philox, word0, word1, word2, word3 } from "./random";

/** out u8 [batch, height, width, channels]: image indices[b] of images, moved by moves[b] = (right, down) pixels; what
 *  moves in is 0. */
export function gatherImages(
  images: usize,
  indices: usize,
  moves: usize,
  out: usize,
  height: i32,
  width: i32,
  channels: i32,
  lo: i32,
  hi: i32,
): void {
  const line = width * channels;
  const size = height * line;
  for (let b = lo; b < hi; b++) {
    const from = images + <usize>load<i32>(indices + (b << 2)) * size;
    const to = out + <usize>(b * size);
    const right = load<i32>(moves + (b << 3));
    const down = load<i32>(moves + (b << 3), 4);
    if ((right | down) == 0) {
      memory.copy(to, from, size);
      continue;
    }
    memory.fill(to, 0, size);
    const bytes = (width - abs(right)) * channels;
    if (bytes <= 0) continue;
    for (let r = max(0, down); r < min(height, height + down); r++) {
      const source = from + (r - down) * line + max(0, -right) * channels;
      memory.copy(to + r * line + max(0, right) * channels, source, bytes);
    }
  }
}

/** out f32 [batch, n]: sample indices[b] of samples f32 [count, n]. */
export function gatherFloat32(samples: usize, indices: usize, out: usize, n: i32, lo: i32, hi: i32): void {
  const size = <usize>n << 2;
  for (let b = lo; b < hi; b++) {
    memory.copy(out + <usize>b * size, samples + <usize>load<i32>(indices + (b << 2)) * size, size);
  }
}

/** Bits [batch, n]: 1 iff pixel > threshold. Reads up to 15 bytes beyond the last pixel and masks them away. */
export function thresholdBits(pixels: usize, out: usize, n: i32, stride: i32, threshold: i32, lo: i32, hi: i32): void {
  const t = i8x16.splat(<i8>threshold);
  for (let b = lo; b < hi; b++) {
    const from = pixels + <usize>(b * n);
    const to = out + <usize>(b * stride);
    for (let k = 0; k < n; k += 16) {
      let bits = i8x16.bitmask(i8x16.gt_u(v128.load(from + k), t));
      if (n - k < 16) bits &= (1 << (n - k)) - 1;
      store<u16>(to + (k >> 3), <u16>bits);
    }
  }
}

/** floor(word · 255 / 2³²) of four words: word·255 = word·256 − word, and its upper half is (word >> 24) minus 1 where
 *  the lower half of word·256 is less than word. */
@inline
function limitsOf(word: v128): v128 {
  return i32x4.add(i32x4.shr_u(word, 24), i32x4.lt_u(i32x4.shl(word, 8), word));
}

/** Bits [batch, n]: 1 iff pixel > r, r uniform on 0 … 254: floor(word · 255 / 2³²). draw u32 [4] is (key 0, key 1,
 *  epoch, stream); the sample is the image's index. */
export function probabilityBits(
  pixels: usize,
  indices: usize,
  draw: usize,
  out: usize,
  n: i32,
  stride: i32,
  lo: i32,
  hi: i32,
): void {
  const key0 = load<u32>(draw);
  const key1 = load<u32>(draw, 4);
  const epoch = load<u32>(draw, 8);
  const stream = load<u32>(draw, 12);
  for (let b = lo; b < hi; b++) {
    const from = pixels + <usize>(b * n);
    const to = out + <usize>(b * stride);
    const sample = load<u32>(indices + (b << 2));
    for (let k = 0; k < n; k += 16) {
      // Pixel 4i + l of the 16 takes word l of block i.
      philox(k >> 2, sample, epoch, stream, key0, key1);
      const limits = v128.shuffle<i8>(
        v128.shuffle<i8>(limitsOf(word0), limitsOf(word1), 0, 16, 4, 20, 8, 24, 12, 28, 0, 0, 0, 0, 0, 0, 0, 0),
        v128.shuffle<i8>(limitsOf(word2), limitsOf(word3), 0, 16, 4, 20, 8, 24, 12, 28, 0, 0, 0, 0, 0, 0, 0, 0),
        0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23,
      );
      let bits = i8x16.bitmask(i8x16.gt_u(v128.load(from + k), limits));
      if (n - k < 16) bits &= (1 << (n - k)) - 1;
      store<u16>(to + (k >> 3), <u16>bits);
    }
  }
}

/** out f32 [batch, n] = pixel / 255. */
export function pixelsToFloat32(pixels: usize, out: usize, n: i32, lo: i32, hi: i32): void {
  for (let i = lo * n; i < hi * n; i++) store<f32>(out + (i << 2), <f32>load<u8>(pixels + i) / 255);
}
