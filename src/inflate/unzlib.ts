/** Decompresses zlib (RFC 1950) piece by piece. What comes of it is for the caller to bound. */

import { Unzlib } from "fflate";
import { piecesOf } from "./pieces.ts";

/** Calls `take` with the content of a stream that is given in parts, a little at a time, until it throws. Throws what
 *  fflate throws for a damaged stream. Its checksum (Adler-32) is not looked at: the chunks of a PNG have their own. */
export function unzlib(parts: readonly Uint8Array[], take: (chunk: Uint8Array) => void): void {
  const stream = new Unzlib(take);
  for (const part of parts) for (const piece of piecesOf(part)) stream.push(piece);
  stream.push(new Uint8Array(0), true);
}
