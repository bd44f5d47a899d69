// Formulas of src/kernels/layout.ts that kernels compute addresses with. Its tables and constants are in
// generated/layout.ts.

/** Groups of four among `n` bits, rounded up to triples: agreementProduct takes three at once. */
@inline
export function groupsAcross(n: i32): i32 {
  return (n + 11) / 12 * 3;
}

/** Groups of four among `rows` rows. */
@inline
export function groupsDown(rows: i32): i32 {
  return (rows + 3) >> 2;
}

/** Bytes from one pair of samples to the next in `codes`: the nibbles of a row of `stride` bytes, and room for a
 *  triple. */
@inline
export function codesPitch(stride: i32): i32 {
  return (stride << 1) + 16;
}

/** Bytes from one sample's integer gradient to the next. */
@inline
export function quantizedPitch(m: i32): i32 {
  return (m + 31) & ~31;
}
