/** Grey pictures as PGM files: a header in text and one number a pixel, in text (P2) or in bytes (P5). */

import { OnebitError } from "../core/errors.ts";
import type { GreyPicture } from "./grey.ts";

/** The picture of a PGM file, its values scaled to 0 … 255. `name` is the file's name, for messages. Throws `data`. */
export function decodePgm(bytes: Uint8Array, name: string): GreyPicture {
  const fault = (what: string) => new OnebitError("data", `${name} ${what}`);
  // Magic, width, height, greatest value; white space and comments (# to the end of the line) between them.
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 65536));
  const header = /^P([25])((?:\s|#[^\n]*\n)+\d+){3}\s/.exec(text);
  if (header === null) throw fault("is not a PGM file: its header is not P2 or P5, width, height and greatest value");
  const [width, height, greatest] = header[0]
    .slice(2)
    .replace(/#[^\n]*/g, " ")
    .trim()
    .split(/\s+/)
    .map(Number) as [number, number, number];
  const size = width * height;
  if (size === 0 || greatest < 1 || greatest > 65535) throw fault(`claims ${width} × ${height} values 0 … ${greatest}`);
  const data = bytes.subarray(header[0].length);
  const values = header[1] === "2" ? textValues(data, size, fault) : byteValues(data, size, greatest > 255);
  if (values === undefined) throw fault(`is truncated: ${width} × ${height} values are not there`);
  const above = values.findIndex((value) => value > greatest);
  if (above >= 0) throw fault(`has the value ${values[above]} at pixel ${above}, not 0 … ${greatest}`);
  return { width, height, pixels: Uint8Array.from(values, (value) => Math.round((255 * value) / greatest)) };
}

function textValues(data: Uint8Array, size: number, fault: (what: string) => OnebitError): number[] | undefined {
  if (data.length < 2 * size - 1) return undefined; // a digit and a space for each
  const text = new TextDecoder("latin1").decode(data).replace(/#[^\n]*/g, " ");
  const words = (text.match(/\S+/g) ?? []).slice(0, size);
  const wrong = words.findIndex((word) => !/^\d+$/.test(word));
  if (wrong >= 0) throw fault(`has the value ${words[wrong]} at pixel ${wrong}, which is not a whole number`);
  return words.length < size ? undefined : words.map(Number);
}

function byteValues(data: Uint8Array, size: number, wide: boolean): number[] | undefined {
  if (data.length < (wide ? 2 : 1) * size) return undefined;
  return Array.from({ length: size }, (_, i) => (wide ? data[2 * i]! * 256 + data[2 * i + 1]! : data[i]!));
}
