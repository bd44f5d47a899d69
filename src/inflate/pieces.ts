/** Compressed data, handed over in pieces so small that what a piece stands for does not matter. */

/** A byte of deflate stands for 1,032 bytes at most. */
export const MAX_RATIO = 1032;

/** Bytes that are decompressed at once: the first are 512, of which half a MiB comes at most; then twice as many each time,
 *  up to 16 KiB. */
const [FIRST, MOST] = [512, 16_384];

/** The bytes in order, a piece at a time. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let size = FIRST;
  for (let from = 0; from < bytes.length; ) {
    yield bytes.subarray(from, from + size);
    from += size;
    size = Math.min(2 * size, MOST);
  }
}
