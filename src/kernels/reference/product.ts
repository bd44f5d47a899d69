/** Float32 matrix products out[r, c] = Σ_k a(r, k)·b[k, c], summed in the order of k.
 *
 *  b comes in panels of 16 columns: element (k, c) is at (c div 16 · inner + k)·16 + c mod 16, columns beyond the last
 *  are 0. a(r, k) is at r · aRow + k · aStep: a matrix or its transpose. */

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

/** Panels of ±1 from bits: Bits [inner, columns] of `stride` bytes a row. Split over columns, in multiples of 16. */
export function panelsOfBits(
  bits: Uint8Array,
  panels: Float32Array,
  inner: number,
  columns: number,
  stride: number,
  lo: number,
  hi: number,
): void {
  fill(panels, inner, columns, lo, hi, (k, c) => ((bits[k * stride + (c >> 3)]! >> (c & 7)) & 1 ? 1 : -1));
}

/** Panels of x: u8 [inner, columns], as 0 … 255. Split over columns, in multiples of 16. */
export function panelsOfBytes(
  x: Uint8Array,
  panels: Float32Array,
  inner: number,
  columns: number,
  lo: number,
  hi: number,
): void {
  fill(panels, inner, columns, lo, hi, (k, c) => x[k * columns + c]!);
}

/** Panels of x: f32 [inner, columns]. Split over columns, in multiples of 16. */
export function panelsOfFloat32(
  x: Float32Array,
  panels: Float32Array,
  inner: number,
  columns: number,
  lo: number,
  hi: number,
): void {
  fill(panels, inner, columns, lo, hi, (k, c) => x[k * columns + c]!);
}

/** Panels of the transpose of x: f32 [columns, inner]. Split over columns, in multiples of 16. */
export function panelsOfTransposed(
  x: Float32Array,
  panels: Float32Array,
  inner: number,
  columns: number,
  lo: number,
  hi: number,
): void {
  fill(panels, inner, columns, lo, hi, (k, c) => x[c * inner + k]!);
}

function cell(
  a: Float32Array,
  panels: Float32Array,
  r: number,
  c: number,
  inner: number,
  aRow: number,
  aStep: number,
): number {
  let sum = 0;
  for (let k = 0; k < inner; k++) {
    sum = f(sum + f(a[r * aRow + k * aStep]! * panels[((c >> 4) * inner + k) * 16 + (c & 15)]!));
  }
  return sum;
}

/** out: f32 [rows, columns]. Split over columns, in multiples of 16. */
export function productColumns(
  a: Float32Array,
  panels: Float32Array,
  out: Float32Array,
  rows: number,
  inner: number,
  columns: number,
  aRow: number,
  aStep: number,
  lo: number,
  hi: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = lo; c < hi; c++) out[r * columns + c] = cell(a, panels, r, c, inner, aRow, aStep);
  }
}

/** out: f32 [rows, columns]. Split over rows. */
export function productRows(
  a: Float32Array,
  panels: Float32Array,
  out: Float32Array,
  inner: number,
  columns: number,
  aRow: number,
  aStep: number,
  lo: number,
  hi: number,
): void {
  for (let r = lo; r < hi; r++) {
    for (let c = 0; c < columns; c++) out[r * columns + c] = cell(a, panels, r, c, inner, aRow, aStep);
  }
}

/** out[b, j] += bias[j]. bias: f32 [m]; out: f32 [batch, m]. Split over features. */
export function addBias(bias: Float32Array, out: Float32Array, batch: number, m: number, lo: number, hi: number): void {
  for (let b = 0; b < batch; b++) {
    for (let j = lo; j < hi; j++) out[b * m + j] = f(out[b * m + j]! + bias[j]!);
  }
}

/** dBias[j] = Σ_b d[b, j]. d: f32 [batch, m]; dBias: f32 [m]. Split over features. */
export function biasBackward(
  d: Float32Array,
  dBias: Float32Array,
  batch: number,
  m: number,
  lo: number,
  hi: number,
): void {
  for (let j = lo; j < hi; j++) {
    let sum = 0;
    for (let b = 0; b < batch; b++) sum = f(sum + d[b * m + j]!);
    dBias[j] = sum;
  }
}
