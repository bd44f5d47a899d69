/** Numbers that callers of kernels need: sizes of buffers and codes of functions. */

/** Floats in the panels of an inner × columns matrix: columns are padded to whole panels of 16 (reference/product.ts). */
export function panelLength(inner: number, columns: number): number {
  return Math.ceil(columns / 16) * 16 * inner;
}

/** The element-wise activations by the number that stands for them in a call. */
export const activationKinds = { relu: 0, sigmoid: 1, tanh: 2, "hard-tanh": 3 } as const;

/** The optimizers by the number that stands for them in a call. */
export const methods = { sgd: 0, adadelta: 1, adam: 2 } as const;

/** Groups of four among n bits of a row, rounded up to triples: agreementProduct takes three at once. */
export function groupsAcross(n: number): number {
  return 3 * Math.ceil(n / 12);
}

/** Bytes of the panels of nibbles across of a rows × n bit matrix: 64 rows side by side. */
export function panelsAcross(rows: number, n: number): number {
  return 64 * Math.ceil(rows / 64) * groupsAcross(n);
}

/** Groups of four among `rows` rows. */
export function groupsDown(rows: number): number {
  return Math.ceil(rows / 4);
}

/** Bytes of the panels of nibbles down of a rows × n bit matrix: 64 columns side by side. */
export function panelsDown(rows: number, n: number): number {
  return 64 * Math.ceil(n / 64) * groupsDown(rows);
}

/** Bytes from one pair of samples' codes to the next: the nibbles of a row of `stride` bytes, and room for a triple. */
export function codesPitch(stride: number): number {
  return 2 * stride + 16;
}

/** Bytes from one sample's quantized gradient to the next. */
export function quantizedPitch(m: number): number {
  return 32 * Math.ceil(m / 32);
}
