/** What the engine and assembly/infer.ts agree on. scripts/build-kernels.mjs hands these constants on to assembly/. */

/** Neurons that share a table: four vectors. */
export const QUAD = 512;
/** Bytes of a group of three inputs in the table of a quad: 8 patterns × 4 vectors × (parity, majority). The entries of
 *  two vectors fill a cache line. */
export const GROUP = 1024;
/** Groups that a turn of the loop adds up. */
export const TURN = 16;
/** Bit slices of a counter. It starts at 2^11 − 1 − L, so that its last slice says whether there are more than L
 *  differences; with at most 2^11 − 1 inputs it cannot overflow. */
export const SLICES = 12;
