/** Text for people: numbers, tables, and a line that shows how far a run is. */

import type { Io, Output } from "./io.ts";
import { mark, shown } from "./shown.ts";

/** Styles where `output` is a terminal and NO_COLOR is not set. */
export function colorsOf(
  output: Output,
  env: Io["env"],
): Readonly<Record<"bold" | "dim" | "red", (text: string) => string>> {
  const styled = output.isTTY && !env.NO_COLOR && env.TERM !== "dumb";
  const style = (name: "bold" | "dim" | "red") => (text: string) =>
    styled ? `${mark(name)}${text}${mark("plain")}` : text;
  return { bold: style("bold"), dim: style("dim"), red: style("red") };
}

/** 0.97125 as "97.13 %". */
export const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** 1952576 as "1,952,576". */
export const count = (value: number) => value.toLocaleString("en");

/** 75.2 seconds as "1:15"; below a minute "15 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `text`, cut to `width` characters: "Ankle b…". */
export function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Columns two spaces apart, texts to the left and, from column `right` on, numbers to the right. */
export function table(texts: readonly (readonly string[])[], right = 1): string {
  const rows = texts.map((row) => row.map(shown));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column < right ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((row) => `${row.map(pad).join("  ").trimEnd()}\n`).join("");
}

/** A line that is written over and over; on anything but a terminal, nothing. */
export class LiveLine {
  readonly #output: Output;
  #shown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  show(text: string): void {
    if (!this.#output.isTTY) return;
    this.#output.write(`${mark("clearLine")}${shown(text).slice(0, this.#output.columns - 1)}`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#output.write(mark("clearLine"));
    this.#shown = false;
  }
}

/** How fast a run is and how long it will take, from what it has done since it (re)started. */
export class Pace {
  readonly #start: number;
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#start = now();
  }

  /** images/s, and seconds for `remaining` images at that rate. */
  at(done: number, remaining: number): { rate: number; left: number } {
    const rate = done / Math.max(1e-9, (this.#now() - this.#start) / 1000);
    return { rate, left: remaining / rate };
  }
}
