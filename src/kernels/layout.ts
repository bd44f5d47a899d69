/** Lengths of arrays that are not simply a product of sizes, and the numbers that stand for functions in calls.
 *  Declarations use both; scripts/build-kernels.mjs hands the tables and constants on to assembly/. */

/** The element-wise activations by the number that stands for them in a call. */
export const activationKinds = { relu: 0, sigmoid: 1, tanh: 2, "hard-tanh": 3 } as const;

/** The optimizers' methods by the number that stands for them in a call. */
export const methods = { sgd: 0, adadelta: 1, adam: 2, bop: 3 } as const;

/** What stands in for the gradient of sign, by the number that stands for it in a call; formulas at `signBackward`
 *  (reference/signs.ts). */
export const surrogates = { "hard-tanh": 0, identity: 1, tanh: 2, "approx-sign": 3, "swish-sign": 4 } as const;

/** β of swish-sign. */
export const SWISH_BETA = 5;

/** Floats of an optimizer's coefficients. */
export const RATES = 8;
/** Which of them a weight is multiplied by before a step: 1, or less for decay. */
export const KEEP = 7;

/** Bytes at the start of the memory that belong to the WebAssembly module. */
export const MODULE_BYTES = 8192;

/** Floats in the panels of an inner × columns matrix: columns are padded to whole panels of 16
 *  (reference/product.ts). */
export function panelLength(inner: number, columns: number): number {
  return Math.ceil(columns / 16) * 16 * inner;
}

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

/** Bytes of the codes of pairs of samples. */
export function codesLength(batch: number, stride: number): number {
  return Math.ceil(batch / 2) * codesPitch(stride);
}

/** Bytes from one sample's integer gradient to the next. */
export function quantizedPitch(m: number): number {
  return 32 * Math.ceil(m / 32);
}

/** Bytes of a batch's integer gradients: rows up to a whole group of four. */
export function quantizedLength(batch: number, m: number): number {
  return 4 * groupsDown(batch) * quantizedPitch(m);
}

/** Bytes of their transpose. */
export function transposedLength(batch: number, m: number): number {
  return 16 * Math.ceil(m / 16) * 4 * groupsDown(batch);
}

/** Steps in the plan of `lines` lines over `length` numbers each (reference/lookup.ts). */
export function stepsLength(lines: number, length: number, digits: number): number {
  return lines * digits * groupsDown(length);
}

/** Bytes of its tables. */
export function tablesLength(lines: number, length: number, digits: number): number {
  return 16 * stepsLength(lines, length, digits);
}

/** Floats of scratch where 64 rows share 64. */
export function scratchLength(rows: number): number {
  return 64 * Math.ceil(rows / 64);
}
