/** Reads protocol buffers without knowing their messages, for tests. */

/** The values of each field: numbers, or bytes. */
export type Fields = Record<number, (number | Uint8Array)[]>;

export function readFields(bytes: Uint8Array): Fields {
  const fields: Fields = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    fields[key >> 3] ??= [];
    const values = fields[key >> 3]!;
    if ((key & 7) === 0) values.push(varint());
    else if ((key & 7) === 2) {
      const length = varint();
      values.push(bytes.subarray(at, at + length));
      at += length;
    } else if ((key & 7) === 5) {
      values.push(view.getFloat32(at, true));
      at += 4;
    } else throw new Error(`wire type ${key & 7} at byte ${at}`);
  }
  if (at !== bytes.length) throw new Error("a field ends beyond its message");
  return fields;
}

export const messages = (values: readonly (number | Uint8Array)[] | undefined) =>
  (values ?? []).map((value) => readFields(value as Uint8Array));
export const texts = (values: readonly (number | Uint8Array)[] | undefined) =>
  (values ?? []).map((value) => new TextDecoder().decode(value as Uint8Array));
