/** Numbers that callers of kernels need: sizes of buffers and codes of functions. */

/** Floats in the panels of an inner × columns matrix: columns are padded to whole panels of 16 (reference/product.ts). */
export function panelLength(inner: number, columns: number): number {
  return Math.ceil(columns / 16) * 16 * inner;
}

/** The element-wise activations by the number that stands for them in a call. */
export const activationKinds = { relu: 0, sigmoid: 1, tanh: 2, "hard-tanh": 3 } as const;
