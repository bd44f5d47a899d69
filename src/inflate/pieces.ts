/** Compressed data, handed over in pieces so small that what a piece stands for does not matter. */

/** A byte of deflate stands for 1,032 bytes at most. */
export const MAX_RATIO = 1032;

/** Bytes that are decompressed at once: at most 4 MiB come of them. */
const PIECE = 4096;

/** The bytes in order, PIECE of them at a time. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE);
}
