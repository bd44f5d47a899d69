/** SHA-256 that runs in every host, synchronously. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** SHA-256 of the bytes: 32 bytes. */
export { sha256 };

/** SHA-256 of the parts one after the other, as 64 lower-case hexadecimal digits. */
export function sha256Hex(...parts: readonly Uint8Array[]): string {
  const hash = sha256.create();
  for (const part of parts) hash.update(part);
  return bytesToHex(hash.digest());
}
