/** Arguments of any kernel, made from its declaration: arrays of the declared lengths with values of the declared
 *  domains. */

import { rowBytes } from "../../src/core/bits.ts";
import { randomWords } from "../../src/core/random.ts";
import {
  type AnyArguments,
  type ArrayDeclaration,
  constructors,
  type SizeName,
  type Sizes,
  type View,
} from "../../src/kernels/declare.ts";
import { type ArrayName, type KernelArguments, type KernelName, kernels, lengthOf } from "../../src/kernels/kernels.ts";
import { activationKinds, methods, surrogates } from "../../src/kernels/layout.ts";

type NumberNameOf<K extends KernelName> = K extends KernelName
  ? Exclude<keyof KernelArguments<K>, ArrayName<K> | SizeName>
  : never;
/** The numbers of all kernels that are not sizes. */
export type NumberName = NumberNameOf<KernelName>;

/** Values that each is tried with. The two strides are those of a matrix and of its transpose. */
const choices: Readonly<Record<NumberName, (sizes: Sizes) => readonly number[]>> = {
  clip: () => [0, 1],
  epsilon: () => [1e-5],
  factor: () => [0.3],
  least: () => [0, 2 ** -149],
  innerStride: ({ rows }) => [1, rows],
  kind: () => Object.values(activationKinds),
  levels: () => [31, 127, 7],
  method: () => Object.values(methods),
  momentum: () => [0.1],
  rowStride: ({ inner }) => [inner, 1],
  smoothing: () => [0, 0.1],
  surrogate: () => Object.values(surrogates),
  stream: () => [0x9abcdef0],
  threshold: () => [127, 0, 254, 255],
};
const isNumberName = (name: string): name is NumberName => name in choices;

/** Methods that keep one state, and leave state1 empty. */
const ONE_STATE: readonly number[] = [methods.sgd, methods.bop];

export type GivenSizes = Omit<Sizes, "stride" | "digits">;

/** All sizes and numbers that a kernel takes, each number the choice of this index. */
export function numbersOf(name: KernelName, given: GivenSizes, choice: number): Record<string, number> {
  const { over, arrays, numbers } = kernels[name];
  const padding = Object.values(arrays).map(({ domain }) =>
    "columns" in domain ? given[columnsOf(domain.columns)] : 0,
  );
  const sizes: Sizes = { ...given, stride: rowBytes(Math.max(...padding) || given.n), digits: 1 };
  const chosen: Record<string, number> = {};
  for (const number of numbers.filter(isNumberName)) {
    const values = choices[number](sizes);
    chosen[number] = values[choice % values.length]!;
  }
  // Eight bits take two digits; without levels, either will do.
  const digits = chosen.levels === undefined ? 1 + (choice % 2) : chosen.levels > 31 ? 2 : 1;
  const needed = new Set([over, ...numbers, ...Object.values(arrays).flatMap((array) => array.sizes)]);
  const all: Record<string, number> = { ...sizes, digits };
  return { ...Object.fromEntries(Object.entries(all).filter(([size]) => needed.has(size))), ...chosen };
}

function columnsOf(size: SizeName): keyof GivenSizes {
  if (size === "stride" || size === "digits") throw new Error(`${size} is not a number of columns`);
  return size;
}

/** How many choices there are of a kernel's numbers. */
export function choicesOf(name: KernelName, sizes: GivenSizes): number {
  const numbers = kernels[name].numbers.filter(isNumberName);
  return Math.max(1, ...numbers.map((number) => choices[number]({ ...sizes, stride: 16, digits: 1 }).length));
}

/** Places a kernel's arrays by `take`. */
export function placed(
  name: KernelName,
  numbers: Readonly<Record<string, number>>,
  take: (array: ArrayDeclaration, length: number) => View,
): Record<string, View> {
  return Object.fromEntries(
    Object.entries(kernels[name].arrays).map(([array, declaration]) => {
      const empty = declaration.optional && ONE_STATE.includes(numbers.method!);
      return [array, take(declaration, empty ? 0 : lengthOf(name, array, numbers))];
    }),
  );
}

/** Fills a kernel's arrays, those that it writes too, always alike. */
export function fill(name: KernelName, views: Record<string, View>, numbers: Readonly<Record<string, number>>): void {
  const all = Object.entries(kernels[name].arrays);
  for (const [array, declaration] of all) {
    const next = randomWords(7, `${name} ${array} ${JSON.stringify(numbers)}`);
    if (declaration.domain.kind !== "made") fillOne(views[array]!, declaration, numbers, next);
  }
  for (const [array, { domain }] of all) {
    if (domain.kind === "made") views[array]!.set(make(domain.by as KernelName, array, views, numbers));
  }
}

/** What the reference of another kernel makes, of the arrays of the same names and of random ones. */
function make(
  maker: KernelName,
  result: string,
  given: Readonly<Record<string, View>>,
  sizes: Readonly<Record<string, number>>,
): View {
  const { over, arrays, run } = kernels[maker];
  const numbers = { stream: 3, levels: sizes.digits === 2 ? 127 : 31, ...sizes };
  const views = placed(maker, numbers, ({ type }, length) => new constructors[type](length));
  fill(maker, views, numbers);
  for (const [array, { access }] of Object.entries(arrays)) {
    if (access === "writes") views[array]!.fill(0);
    else if (given[array] !== undefined) views[array] = given[array];
  }
  const args: AnyArguments = { ...numbers, ...views };
  run(args, 0, args[over] as number);
  return views[result]!;
}

function fillOne(
  view: View,
  { type, domain, sizes }: ArrayDeclaration,
  numbers: Readonly<Record<string, number>>,
  next: () => number,
): void {
  if (domain.kind === "below") {
    const limit = typeof domain.limit === "number" ? domain.limit : numbers[domain.limit]!;
    const most = Math.min(limit, type === "u8" ? 256 : limit);
    for (let k = 0; k < view.length; k++) view[k] = next() % most;
  } else if (domain.kind === "padded" || domain.kind === "mask") {
    const columns = numbers[domain.columns]!;
    if (!sizes.includes("stride")) throw new Error("rows that are padded have a stride");
    if (domain.kind === "padded") fillBits(view, columns, numbers.stride!, next);
    else for (let k = 0; k < view.length; k++) view[k] = k % (8 * numbers.stride!) < columns && next() & 1 ? 255 : 0;
  } else if (type === "f32" || type === "f64") {
    const sign = {
      positive: (x: number) => Math.abs(x) * 0.1 + 0.05,
      notNegative: Math.abs,
      any: (x: number) => x,
      made: Number,
    };
    for (let k = 0; k < view.length; k++) view[k] = sign[domain.kind](real(next()));
  } else {
    for (let k = 0; k < view.length; k++) view[k] = type === "i32" ? integer(next()) : next();
  }
}

function fillBits(bits: View, columns: number, stride: number, next: () => number): void {
  for (let k = 0; k < 8 * bits.length; k++) {
    if ((k & 7) === 0) bits[k >> 3] = 0;
    if (k % (8 * stride) < columns && next() & 1) bits[k >> 3]! |= 1 << (k & 7);
  }
}

/** Zeros of both signs, ±1, the least numbers beside 0, and numbers in ±3, most of them small. */
function real(word: number): number {
  return [0, -0, 1, -1, 2 ** -149, -(2 ** -149)][word % 16] ?? 3 * (word / 2 ** 31 - 1) ** 3;
}

/** Small ones and larger ones. */
function integer(word: number): number {
  return word & 1 ? ((word >>> 1) % 2001) - 1000 : ((word >>> 1) % 9) - 4;
}
