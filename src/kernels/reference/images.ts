/** From samples, most of them 8-bit images, to the first layer's input. */

import { below as integer, philox } from "../../core/random.ts";
import { below, kernel, padded, reads, readsAll, writes } from "../declare.ts";

/** Copies the images of a batch, sample b that of indices[b], each moved by moves[b] = (right, down) pixels; what moves
 *  in is 0. The channels of a pixel lie side by side. */
export const gatherImages = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: {
      images: readsAll.u8("count", "height", "width", "channels"),
      indices: below("count", readsAll.i32("batch")),
      moves: readsAll.i32("batch", 2),
      out: writes.u8("batch", "height", "width", "channels"),
    },
    numbers: ["height", "width", "channels"],
  },
  ({ images, indices, moves, out, height, width, channels }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      const first = indices[b]! * height;
      const right = moves[2 * b]!;
      const down = moves[2 * b + 1]!;
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) {
          const inside = r - down >= 0 && r - down < height && c - right >= 0 && c - right < width;
          const from = ((first + r - down) * width + c - right) * channels;
          const to = ((b * height + r) * width + c) * channels;
          for (let k = 0; k < channels; k++) out[to + k] = inside ? images[from + k]! : 0;
        }
      }
    }
  },
);

/** Copies the samples of a batch, sample b that of indices[b]. */
export const gatherFloat32 = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: {
      samples: readsAll.f32("count", "n"),
      indices: below("count", readsAll.i32("batch")),
      out: writes.f32("batch", "n"),
    },
    numbers: ["n"],
  },
  ({ samples, indices, out, n }, lo, hi) => {
    for (let b = lo; b < hi; b++) {
      const first = indices[b]! * n;
      out.set(samples.subarray(first, first + n), b * n);
    }
  },
);

/** bit = 1 iff pixel > threshold (report, section 5.1.1). */
export const thresholdBits = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { pixels: reads.u8("batch", "n"), out: padded("n", writes.u8("batch", "stride")) },
    numbers: ["n", "stride", "threshold"],
  },
  ({ pixels, out, n, stride, threshold }, lo, hi) => {
    out.fill(0, lo * stride, hi * stride);
    for (let b = lo; b < hi; b++) {
      for (let k = 0; k < n; k++) {
        if (pixels[b * n + k]! > threshold) out[b * stride + (k >> 3)]! |= 1 << (k & 7);
      }
    }
  },
);

/** bit = 1 with probability pixel/255 (report, section 5.1.2): iff pixel > r, r uniform on 0 … 254.
 *  draw = (key 0, key 1, epoch, stream); the rest of the counter is the image's index and the pixel. */
export const probabilityBits = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: {
      pixels: reads.u8("batch", "n"),
      indices: readsAll.i32("batch"),
      draw: readsAll.u32(4),
      out: padded("n", writes.u8("batch", "stride")),
    },
    numbers: ["n", "stride"],
  },
  ({ pixels, indices, draw, out, n, stride }, lo, hi) => {
    const block = new Uint32Array(4);
    out.fill(0, lo * stride, hi * stride);
    for (let b = lo; b < hi; b++) {
      for (let k = 0; k < n; k++) {
        if ((k & 3) === 0) philox(k >>> 2, indices[b]!, draw[2]!, draw[3]!, draw[0]!, draw[1]!, block);
        if (pixels[b * n + k]! > integer(block[k & 3]!, 255)) out[b * stride + (k >> 3)]! |= 1 << (k & 7);
      }
    }
  },
);

/** out = pixel / 255. */
export const pixelsToFloat32 = kernel(
  {
    split: "samples",
    over: "batch",
    arrays: { pixels: reads.u8("batch", "n"), out: writes.f32("batch", "n") },
    numbers: ["n"],
  },
  ({ pixels, out, n }, lo, hi) => {
    for (let i = lo * n; i < hi * n; i++) out[i] = pixels[i]! / 255;
  },
);
