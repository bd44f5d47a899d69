/** Text that others wrote – names of files and classes, metadata, messages about them – is shown on a terminal, never
 *  obeyed by it. All that a command prints passes `shielded`: of control characters, only its own line ends and its own
 *  styles get through. What stands in a line or in a cell goes through `shown` too, which takes line ends from it.
 *
 *  A style travels through texts as a mark that is drawn anew in each process, so that no text can bring one along. */

import { randomUUID } from "node:crypto";
import type { Output } from "./io.ts";

/** What onebit itself tells a terminal to do. */
const SEQUENCES = {
  clearLine: "\r\x1b[2K",
  bold: "\x1b[1m",
  dim: "\x1b[2m",
  red: "\x1b[31m",
  plain: "\x1b[0m",
} as const;

const SECRET = `\ufdd0${randomUUID()}:`;
const MARK = `${SECRET}(${Object.keys(SEQUENCES).join("|")});`;

/** Controls (C0 without line feed, DEL, C1), the separators of lines and paragraphs, and what sets the direction of text. */
const UNSAFE = "[\\0-\\t\\v-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]";
const OUTSIDE_LINES = new RegExp(`${MARK}|${UNSAFE}`, "g");
const IN_LINE = new RegExp(`${MARK}|\\n|${UNSAFE}`, "g");

/** What stands in a text for one of onebit's own sequences. */
export function mark(name: keyof typeof SEQUENCES): string {
  return `${SECRET}${name};`;
}

/** A text without line ends and other controls, these as JSON escapes: "\u001b". */
export function shown(text: string): string {
  return text.replace(IN_LINE, (found, name?: string) => (name === undefined ? escaped(found) : found));
}

/** An output that controls get to only as marks; others arrive as JSON escapes, so that JSON stays the same JSON. */
export function shielded(output: Output): Output {
  return {
    write(text) {
      const send = (found: string, name?: keyof typeof SEQUENCES) =>
        name === undefined ? escaped(found) : SEQUENCES[name];
      output.write(text.replace(OUTSIDE_LINES, send));
    },
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
