/** CRC-32 of gzip, PNG and ZIP: polynomial 0x04c11db7, bits reflected. */

/** Of the bytes, or of what `before` is the CRC of and the bytes behind it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let i = 0;
  // Four bytes at a time: a CRC is linear, so each byte's part is looked up for the distance it stands from the end.
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = BY_3[crc & 0xff]! ^ BY_2[(crc >>> 8) & 0xff]! ^ BY_1[(crc >>> 16) & 0xff]! ^ BY_0[crc >>> 24]!;
  }
  for (; i < bytes.length; i++) crc = BY_0[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** What a byte comes to, with so many bytes of 0 behind it. */
const BY_0 = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
const BY_1 = BY_0.map((crc) => BY_0[crc & 0xff]! ^ (crc >>> 8));
const BY_2 = BY_1.map((crc) => BY_0[crc & 0xff]! ^ (crc >>> 8));
const BY_3 = BY_2.map((crc) => BY_0[crc & 0xff]! ^ (crc >>> 8));
