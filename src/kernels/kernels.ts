/** The seam under the maths: all kernels by name. Each is declared beside its reference implementation (declare.ts);
 *  assembly/ exports functions of the same names on addresses. Layers never call a kernel: they add calls to a program
 *  (program.ts), which a machine (machine.ts) runs on one thread or several. */

import { OnebitError } from "../core/errors.ts";
import {
  type AnyArguments,
  type ArrayDeclaration,
  constructors,
  type Kernel,
  type SizeName,
  type ViewOf,
} from "./declare.ts";
import * as reference from "./reference/index.ts";

export type Kernels = typeof reference;
/** The name of a kernel, as `Program.add` takes it. */
export type KernelName = keyof Kernels;

/** A kernel's arguments, by name. */
export type KernelArguments<K extends KernelName> = Parameters<Kernels[K]["run"]>[0];

/** The names of a kernel's arrays. */
export type ArrayName<K extends KernelName> = keyof Kernels[K]["arrays"] & string;

/** What an array of a kernel is, and the sizes its length is made of. */
export type KernelArray<K extends KernelName, A extends ArrayName<K>> =
  Kernels[K]["arrays"][A] extends ArrayDeclaration<infer T, infer S>
    ? { readonly view: ViewOf<T>; readonly sizes: Readonly<Record<S, number>> }
    : never;

export const kernels: Readonly<Record<KernelName, Kernel>> = reference;

/** Elements that a kernel's array has. Throws `argument` when a size is missing or is not a whole number. */
export function lengthOf(name: KernelName, array: string, sizes: AnyArguments): number {
  const declaration = kernels[name].arrays[array]!;
  const values = {} as Record<SizeName, number>;
  for (const size of declaration.sizes) values[size] = sizeIn(sizes, size, name);
  return declaration.length(values);
}

/** Throws `argument` when a call's arguments are not those that are declared: another type, another length, a number or
 *  size that is missing. Arrays of an arena that only measures have no length yet. */
export function checkArguments(name: KernelName, args: AnyArguments): void {
  const { over, arrays, numbers } = kernels[name];
  sizeIn(args, over, name);
  for (const number of numbers) {
    if (typeof args[number] !== "number") throw new OnebitError("argument", `${name}: the number ${number} is missing`);
  }
  for (const [array, declaration] of Object.entries(arrays)) checkArray(name, array, declaration, args);
}

function checkArray(name: KernelName, array: string, { type, optional }: ArrayDeclaration, args: AnyArguments): void {
  const given = args[array];
  const wanted = constructors[type];
  if (!(given instanceof wanted)) throw new OnebitError("argument", `${name}: ${array} is not a ${wanted.name}`);
  const length = lengthOf(name, array, args);
  if (given.buffer.byteLength === 0 || given.length === length || (optional && given.length === 0)) return;
  throw new OnebitError("argument", `${name}: ${array} has ${given.length} elements, not ${length}`);
}

function sizeIn(sizes: AnyArguments, size: string, name: KernelName): number {
  const value = sizes[size];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new OnebitError("argument", `${name}: the size ${size} is ${String(value)}`);
}
