/** SHA-256 that runs in every host, synchronously. */

import { sha256 as algorithm } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** SHA-256 of the parts one after the other: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = algorithm.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** SHA-256 of the parts one after the other, as 64 lower-case hexadecimal digits. */
export function sha256Hex(...parts: readonly Uint8Array[]): string {
  return bytesToHex(sha256(...parts));
}

/** Lower-case hexadecimal digits, two a byte. */
export { bytesToHex };
