/** Float32 matrix products out[r, c] = Σ_k a(r, k)·b[k, c], summed in the order of k.
 *
 *  b comes in panels of 16 columns: element (k, c) is at (c div 16 · inner + k)·16 + c mod 16, columns beyond the last
 *  are 0. a(r, k) is at r · rowStride + k · innerStride: a matrix or its transpose. */

import { kernel, padded, reads, readsAll, writes } from "../declare.ts";
import { panelLength } from "../layout.ts";

const f = Math.fround;

/** Fills the panels of columns [lo, hi) from `at(k, c)`. */
function fill(
  panels: Float32Array,
  inner: number,
  columns: number,
  lo: number,
  hi: number,
  at: (k: number, c: number) => number,
): void {
  for (let c = lo; c < Math.ceil(hi / 16) * 16; c++) {
    for (let k = 0; k < inner; k++) panels[((c >> 4) * inner + k) * 16 + (c & 15)] = c < columns ? at(k, c) : 0;
  }
}

const overColumns = { split: "features", over: "columns" } as const;
const panels = writes.f32(panelLength, "inner", "columns");

/** Panels of ±1 from bits. */
export const panelsOfBits = kernel(
  {
    ...overColumns,
    arrays: { bits: padded("columns", readsAll.u8("inner", "stride")), panels },
    numbers: ["inner", "columns", "stride"],
  },
  ({ bits, panels, inner, columns, stride }, lo, hi) =>
    fill(panels, inner, columns, lo, hi, (k, c) => ((bits[k * stride + (c >> 3)]! >> (c & 7)) & 1 ? 1 : -1)),
);

/** Panels of x: u8 [inner, columns], as 0 … 255. */
export const panelsOfBytes = kernel(
  { ...overColumns, arrays: { x: readsAll.u8("inner", "columns"), panels }, numbers: ["inner", "columns"] },
  ({ x, panels, inner, columns }, lo, hi) => fill(panels, inner, columns, lo, hi, (k, c) => x[k * columns + c]!),
);

/** Panels of x: f32 [inner, columns]. */
export const panelsOfFloat32 = kernel(
  { ...overColumns, arrays: { x: readsAll.f32("inner", "columns"), panels }, numbers: ["inner", "columns"] },
  ({ x, panels, inner, columns }, lo, hi) => fill(panels, inner, columns, lo, hi, (k, c) => x[k * columns + c]!),
);

/** Panels of the transpose of x: f32 [columns, inner]. */
export const panelsOfTransposed = kernel(
  { ...overColumns, arrays: { x: readsAll.f32("columns", "inner"), panels }, numbers: ["inner", "columns"] },
  ({ x, panels, inner, columns }, lo, hi) => fill(panels, inner, columns, lo, hi, (k, c) => x[c * inner + k]!),
);

interface Product {
  readonly a: Float32Array;
  readonly panels: Float32Array;
  readonly inner: number;
  readonly rowStride: number;
  readonly innerStride: number;
}

function cell({ a, panels, inner, rowStride, innerStride }: Product, r: number, c: number): number {
  let sum = 0;
  for (let k = 0; k < inner; k++) {
    sum = f(sum + f(a[r * rowStride + k * innerStride]! * panels[((c >> 4) * inner + k) * 16 + (c & 15)]!));
  }
  return sum;
}

/** The product, split over columns. */
export const productColumns = kernel(
  {
    ...overColumns,
    arrays: {
      a: readsAll.f32("rows", "inner"),
      panels: reads.f32(panelLength, "inner", "columns"),
      out: writes.f32("rows", "columns"),
    },
    numbers: ["rows", "inner", "columns", "rowStride", "innerStride"],
  },
  (args, lo, hi) => {
    const { out, rows, columns } = args;
    for (let r = 0; r < rows; r++) {
      for (let c = lo; c < hi; c++) out[r * columns + c] = cell(args, r, c);
    }
  },
);

/** The product, split over rows. */
export const productRows = kernel(
  {
    split: "features",
    over: "rows",
    arrays: {
      a: readsAll.f32("rows", "inner"),
      panels: readsAll.f32(panelLength, "inner", "columns"),
      out: writes.f32("rows", "columns"),
    },
    numbers: ["inner", "columns", "rowStride", "innerStride"],
  },
  (args, lo, hi) => {
    const { out, columns } = args;
    for (let r = lo; r < hi; r++) {
      for (let c = 0; c < columns; c++) out[r * columns + c] = cell(args, r, c);
    }
  },
);

/** out[b, j] += bias[j]. */
export const addBias = kernel(
  {
    split: "features",
    over: "m",
    arrays: { bias: reads.f32("m"), out: writes.f32("batch", "m") },
    numbers: ["batch", "m"],
  },
  ({ bias, out, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) out[b * m + j] = f(out[b * m + j]! + bias[j]!);
    }
  },
);

/** a[b, j] += ±1, the sign of neuron j's bias. bias: Bits [1, m]. Its gradient is that of `addBias`. */
export const addBiasInt32 = kernel(
  {
    split: "features",
    over: "m",
    arrays: { bias: padded("m", reads.u8("stride")), a: writes.i32("batch", "m") },
    numbers: ["batch", "m"],
  },
  ({ bias, a, batch, m }, lo, hi) => {
    for (let b = 0; b < batch; b++) {
      for (let j = lo; j < hi; j++) a[b * m + j]! += (bias[j >> 3]! >> (j & 7)) & 1 ? 1 : -1;
    }
  },
);

/** dBias[j] = Σ_b d[b, j]. */
export const biasBackward = kernel(
  {
    split: "features",
    over: "m",
    arrays: { d: reads.f32("batch", "m"), dBias: writes.f32("m") },
    numbers: ["batch", "m"],
  },
  ({ d, dBias, batch, m }, lo, hi) => {
    for (let j = lo; j < hi; j++) {
      let sum = 0;
      for (let b = 0; b < batch; b++) sum = f(sum + d[b * m + j]!);
      dBias[j] = sum;
    }
  },
);
