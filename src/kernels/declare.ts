/** How a kernel is declared: once, beside its reference implementation in src/kernels/reference/.
 *
 *      export const signForward = kernel(
 *        {
 *          split: "features",
 *          over: "m",
 *          arrays: { y: reads.f32("batch", "m"), bits: padded("m", writes.u8("batch", "stride")) },
 *          numbers: ["least", "batch", "m", "stride"],
 *        },
 *        ({ y, bits, least, batch, m, stride }, lo, hi) => { … },
 *      );
 *
 *  What follows from it: the arguments of `Program.add` and their types, where threads wait for each other
 *  (program.ts), the lengths that are checked when a call is added, `Arena.allocate`, the order of addresses and
 *  numbers in the call of the WebAssembly function of the same name, and the data that tests run it on. */

/** What lengths are made of. */
export interface Sizes {
  /** Samples of a batch. */
  readonly batch: number;
  /** Samples of a data set. */
  readonly count: number;
  /** Numbers a layer gives for a sample. */
  readonly m: number;
  /** Numbers it takes. */
  readonly n: number;
  /** Of any matrix. */
  readonly rows: number;
  readonly columns: number;
  /** What a matrix product sums over. */
  readonly inner: number;
  /** Bytes of a packed row of bits. */
  readonly stride: number;
  /** Digits that an integer gradient is written in. */
  readonly digits: number;
  /** Of an image; `width` is also that of a parameter's rows. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
export type SizeName = keyof Sizes;

interface Elements {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}
export type ElementType = keyof Elements;
export type View = Elements[ElementType];
/** The array of an element type. */
export type ViewOf<T extends ElementType> = Elements[T];

interface Constructor<V extends View> {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): V;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): V;
}

export const constructors: { readonly [T in ElementType]: Constructor<ViewOf<T>> } = {
  u8: Uint8Array,
  i8: Int8Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** What a kernel is split over. The features of a layer are also the rows of its weights. */
export type Axis = "samples" | "features";

/** A share begins at a multiple of the grain: 64 features are a panel of nibbles (layout.ts), four of float32 columns,
 *  and whole bytes of bits. */
export const grain: Readonly<Record<Axis, number>> = { samples: 1, features: 64 };

/** What a call does with an array:
 *    reads     reads the part that belongs to its share
 *    readsAll  reads any part
 *    writes    writes (and may read) the part that belongs to its share
 *  The part of an array that belongs to a share of features is the same in every kernel: columns of [batch, m], rows of
 *  weights [m, n], elements of [m]. A kernel that takes another part (columns of weights) reads all. */
export type Access = "reads" | "readsAll" | "writes";

/** Which values an array may hold, where not all of its type:
 *    below       integers 0, 1 … up to this number or size, which is not among them
 *    positive    numbers > 0
 *    notNegative numbers >= 0
 *    padded      rows of bits; those beyond this many columns are 0, before and after
 *    mask        rows of bytes 0 and 255, 0 from this column on
 *    made        what this kernel makes of arrays of the same names */
export type Domain =
  | { readonly kind: "any" | "positive" | "notNegative" }
  | { readonly kind: "below"; readonly limit: number | SizeName }
  | { readonly kind: "padded" | "mask"; readonly columns: SizeName }
  | { readonly kind: "made"; readonly by: string };

export interface ArrayDeclaration<T extends ElementType = ElementType, S extends SizeName = SizeName> {
  readonly type: T;
  readonly access: Access;
  /** The sizes its length is made of. */
  readonly sizes: readonly S[];
  readonly domain: Domain;
  /** Whether it may also have no elements, where a method does without it. */
  readonly optional: boolean;
  length(sizes: Readonly<Record<S, number>>): number;
}
export type Arrays = Readonly<Record<string, ArrayDeclaration>>;

/** Declares an array of one type by its shape, as in f32("batch", "m") or f64(2, "m"), or by a formula of sizes, as in
 *  u8(panelsAcross, "m", "n"). */
interface Declare<T extends ElementType> {
  <const F extends readonly (number | SizeName)[]>(...shape: F): ArrayDeclaration<T, Extract<F[number], SizeName>>;
  <const S extends readonly SizeName[]>(
    formula: (...sizes: { readonly [K in keyof S]: number }) => number,
    ...sizes: S
  ): ArrayDeclaration<T, S[number]>;
}

function declareAs<T extends ElementType>(access: Access, type: T): Declare<T> {
  return (
    first: number | SizeName | ((...sizes: number[]) => number) | undefined,
    ...rest: readonly (number | SizeName)[]
  ): ArrayDeclaration<T> => {
    const factors = first === undefined || typeof first === "function" ? rest : [first, ...rest];
    const formula = typeof first === "function" ? first : (...all: number[]) => all.reduce((a, b) => a * b, 1);
    return {
      type,
      access,
      sizes: factors.filter((factor) => typeof factor !== "number"),
      domain: { kind: "any" },
      optional: false,
      length: (sizes) => formula(...factors.map((factor) => (typeof factor === "number" ? factor : sizes[factor]))),
    };
  };
}

const declarations = (access: Access) => ({
  u8: declareAs(access, "u8"),
  i8: declareAs(access, "i8"),
  i32: declareAs(access, "i32"),
  u32: declareAs(access, "u32"),
  f32: declareAs(access, "f32"),
  f64: declareAs(access, "f64"),
});

export const reads = declarations("reads");
export const readsAll = declarations("readsAll");
export const writes = declarations("writes");

const withDomain = <D extends ArrayDeclaration>(domain: Domain, array: D): D => ({ ...array, domain });

/** An array of integers 0 … limit − 1. */
export const below = <D extends ArrayDeclaration>(limit: number | SizeName, array: D): D =>
  withDomain({ kind: "below", limit }, array);

/** An array of numbers > 0. */
export const positive = <D extends ArrayDeclaration>(array: D): D => withDomain({ kind: "positive" }, array);

/** An array of numbers >= 0. */
export const notNegative = <D extends ArrayDeclaration>(array: D): D => withDomain({ kind: "notNegative" }, array);

/** Rows of bits that are 0 from `columns` on. */
export const padded = <D extends ArrayDeclaration>(columns: SizeName, array: D): D =>
  withDomain({ kind: "padded", columns }, array);

/** Rows of bytes 0 and 255 that are 0 from `columns` on. */
export const mask = <D extends ArrayDeclaration>(columns: SizeName, array: D): D =>
  withDomain({ kind: "mask", columns }, array);

/** What another kernel makes: its array of the same name. */
export const made = <D extends ArrayDeclaration>(by: string, array: D): D => withDomain({ kind: "made", by }, array);

/** An array that may be left empty. */
export const optional = <D extends ArrayDeclaration>(array: D): D => ({ ...array, optional: true });

/** Any kernel's arguments. */
export type AnyArguments = Readonly<Record<string, View | number>>;

/** A kernel's arguments: its arrays, its numbers, and the sizes that only its extent or a length needs. */
export type ArgumentsOf<A extends Arrays, N extends string, O extends SizeName> = {
  readonly [K in keyof A]: ViewOf<A[K]["type"]>;
} & Readonly<Record<N | O | A[keyof A]["sizes"][number], number>>;

export interface Kernel<A extends Arrays = Arrays, Arguments = AnyArguments> {
  readonly split: Axis;
  /** The size it is split over. */
  readonly over: SizeName;
  readonly arrays: A;
  /** What the WebAssembly function takes after the arrays' addresses, in this order, before lo and hi. */
  readonly numbers: readonly string[];
  /** The reference implementation, of the share [lo, hi). Calling it on any partition of the whole gives the same
   *  result, whatever the order, because no sum crosses a boundary. */
  run(args: Arguments, lo: number, hi: number): void;
}

export function kernel<const A extends Arrays, const N extends string, O extends SizeName>(
  declaration: {
    readonly split: Axis;
    readonly over: O;
    readonly arrays: A;
    readonly numbers: readonly N[];
  },
  run: (args: ArgumentsOf<A, N, O>, lo: number, hi: number) => void,
): Kernel<A, ArgumentsOf<A, N, O>> {
  return { ...declaration, run };
}
