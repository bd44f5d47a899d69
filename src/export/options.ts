/** What a format can be asked for. An option is declared once, with its format: from it follow the type that callers give,
 *  the command line's flag and help, and what is checked. */

import { OnebitError } from "../core/errors.ts";

export interface FormatOption<T> {
  /** "samples" are pixels that the command line takes from a data set; the others are typed there. */
  readonly type: "choice" | "integer" | "text" | "samples";
  readonly help: string;
  /** Of a "choice". */
  readonly choices?: readonly string[];
  readonly default?: T;
  /** Names of options that cannot be given together with this one. */
  readonly conflicts?: readonly string[];
  /** What it takes: "an integer of 1 … 9". */
  readonly takes: string;
  check(value: unknown): value is T;
}

/** An option that always has a value. */
export interface DefaultedOption<T> extends FormatOption<T> {
  readonly default: T;
}

export type FormatOptions = Readonly<Record<string, FormatOption<unknown>>>;

type ValueOf<O> = O extends FormatOption<infer T> ? T : never;

/** What a caller may give. */
export type Given<O extends FormatOptions> = { readonly [K in keyof O]?: ValueOf<O[K]> };

/** What an exporter gets: with defaults. */
export type Taken<O extends FormatOptions> = {
  readonly [K in keyof O]: O[K] extends DefaultedOption<infer T> ? T : ValueOf<O[K]> | undefined;
};

type Rest<T> = Partial<Pick<FormatOption<T>, "conflicts">>;

/** One of some words. */
export function choice<const T extends string>(
  choices: readonly T[],
  help: string,
  rest: Rest<T> & { readonly default: NoInfer<T> },
): DefaultedOption<T>;
export function choice<const T extends string>(choices: readonly T[], help: string, rest?: Rest<T>): FormatOption<T>;
export function choice<const T extends string>(
  choices: readonly T[],
  help: string,
  rest: Rest<T> = {},
): FormatOption<T> {
  const check = (value: unknown): value is T => choices.some((one) => one === value);
  return { type: "choice", help, choices, takes: `one of ${choices.join(", ")}`, check, ...rest };
}

/** An integer of lowest … highest. */
export function integer(
  lowest: number,
  highest: number,
  help: string,
  rest: Rest<number> & { readonly default: number },
): DefaultedOption<number>;
export function integer(lowest: number, highest: number, help: string, rest?: Rest<number>): FormatOption<number>;
export function integer(lowest: number, highest: number, help: string, rest: Rest<number> = {}): FormatOption<number> {
  const check = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest;
  return { type: "integer", help, takes: `an integer of ${lowest}…${highest}`, check, ...rest };
}

/** Any text, which the exporter looks at more closely. */
export function text(help: string, rest: Rest<string> & { readonly default: string }): DefaultedOption<string>;
export function text(help: string, rest?: Rest<string>): FormatOption<string>;
export function text(help: string, rest: Rest<string> = {}): FormatOption<string> {
  return { type: "text", help, takes: "a text", check: (value): value is string => typeof value === "string", ...rest };
}

/** Samples to go with the files, u8 [count, inputs]. */
export function samples(help: string): FormatOption<Uint8Array> {
  const check = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length > 0;
  return { type: "samples", help, takes: "a Uint8Array of pixels", check };
}

/** The values of a format's options: those given, defaults for the others. Throws `argument` for a value that an option
 *  does not take, options that exclude each other, and what is not an option of the format. */
export function takeOptions<O extends FormatOptions>(format: string, options: O, given: Given<O>): Taken<O> {
  const known = Object.keys(options);
  for (const [name, value] of Object.entries<unknown>(given)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const hint = known.length === 0 ? "It has none." : `It has ${known.join(", ")}.`;
      throw new OnebitError("argument", `the format ${format} has no option ${JSON.stringify(name)}`, hint);
    }
    if (value === undefined) continue;
    if (!option.check(value)) {
      const shown = typeof value === "object" ? "that" : JSON.stringify(value);
      throw new OnebitError(
        "argument",
        `the option ${name} of ${format} does not take ${shown}`,
        `It takes ${option.takes}.`,
      );
    }
    const rival = option.conflicts?.find((other) => given[other] !== undefined);
    if (rival !== undefined) {
      throw new OnebitError("argument", `the options ${name} and ${rival} of ${format} exclude each other`);
    }
  }
  return Object.fromEntries(known.map((name) => [name, given[name] ?? options[name]!.default])) as Taken<O>;
}
