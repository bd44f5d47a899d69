/** From 8-bit images to the first layer's input. */

import { below, philox } from "../../core/random.ts";

/** Copies the images of a batch, each moved by moves[b] = (right, down) pixels; what moves in is 0.
 *  images: u8 [count, height · width], indices: i32 [batch], moves: i32 [batch, 2]; out: u8 [batch, height · width].
 *  Split over samples. */
export function gatherImages(
  images: Uint8Array,
  indices: Int32Array,
  moves: Int32Array,
  out: Uint8Array,
  height: number,
  width: number,
  lo: number,
  hi: number,
): void {
  for (let b = lo; b < hi; b++) {
    const from = indices[b]! * height * width;
    const right = moves[2 * b]!;
    const down = moves[2 * b + 1]!;
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const inside = r - down >= 0 && r - down < height && c - right >= 0 && c - right < width;
        out[(b * height + r) * width + c] = inside ? images[from + (r - down) * width + (c - right)]! : 0;
      }
    }
  }
}

/** bit = 1 iff pixel > threshold (report, section 5.1.1).
 *  pixels: u8 [batch, n]; out: Bits [batch, n] of `stride` bytes a row. Split over samples. */
export function thresholdBits(
  pixels: Uint8Array,
  out: Uint8Array,
  n: number,
  stride: number,
  threshold: number,
  lo: number,
  hi: number,
): void {
  out.fill(0, lo * stride, hi * stride);
  for (let b = lo; b < hi; b++) {
    for (let k = 0; k < n; k++) {
      if (pixels[b * n + k]! > threshold) out[b * stride + (k >> 3)]! |= 1 << (k & 7);
    }
  }
}

/** bit = 1 with probability pixel/255 (report, section 5.1.2): iff pixel > r, r uniform on 0 … 254.
 *  draw: u32 [4] = (key 0, key 1, epoch, stream), the rest of the counter is the image's index and the pixel.
 *  pixels: u8 [batch, n], indices: i32 [batch]; out: Bits [batch, n]. Split over samples. */
export function probabilityBits(
  pixels: Uint8Array,
  indices: Int32Array,
  draw: Uint32Array,
  out: Uint8Array,
  n: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  const block = new Uint32Array(4);
  out.fill(0, lo * stride, hi * stride);
  for (let b = lo; b < hi; b++) {
    for (let k = 0; k < n; k++) {
      if ((k & 3) === 0) philox(k >>> 2, indices[b]!, draw[2]!, draw[3]!, draw[0]!, draw[1]!, block);
      if (pixels[b * n + k]! > below(block[k & 3]!, 255)) out[b * stride + (k >> 3)]! |= 1 << (k & 7);
    }
  }
}

/** out = pixel / 255. pixels: u8 [batch, n]; out: f32 [batch, n]. Split over samples. */
export function pixelsToFloat32(pixels: Uint8Array, out: Float32Array, n: number, lo: number, hi: number): void {
  for (let i = lo * n; i < hi * n; i++) out[i] = pixels[i]! / 255;
}
