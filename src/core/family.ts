/** Families of plain values: layers, losses, optimizers, schedules, encoders.
 *
 *  A value is JSON, {kind, …options}. Its kind is defined once: what its options may be, and what it does. */

import * as z from "zod/mini";
import { checked, hintFor } from "./check.ts";
import { OnebitError, type OnebitErrorCode } from "./errors.ts";
import { isObject } from "./json.ts";
import { typeName, withArticle } from "./words.ts";

/** A plain value, JSON: its kind, and the options of that kind. Layers, encoders, losses, optimizers and schedules
 *  are such values. */
export interface Value {
  readonly kind: string;
}

/** What every kind of a family says of itself. */
export interface Definition<V extends Value> {
  readonly kind: V["kind"];
  /** Its options beside `kind`, with their defaults. */
  readonly options: z.ZodMiniObject;
}

/** All kinds of one family of values. */
export class Family<D extends Definition<Value>> {
  /** What a value of it is called in messages: "layer". */
  readonly what: string;
  readonly #definitions = new Map<string, D>();

  constructor(what: string, definitions: readonly D[]) {
    this.what = what;
    for (const definition of definitions) this.define(definition);
  }

  /** Adds a kind. Throws `argument` when there is one of that name. */
  define(definition: D): void {
    if (this.#definitions.has(definition.kind)) {
      throw new OnebitError("argument", `there is a ${this.what} of kind "${definition.kind}" already`);
    }
    this.#definitions.set(definition.kind, definition);
  }

  /** The names of its kinds. */
  get kinds(): string[] {
    return [...this.#definitions.keys()];
  }

  /** What a value's kind does. Throws `argument` for what is not a value, naming its place. */
  of(value: Value, where = `the ${this.what}`): D {
    if (typeof value !== "object" || value === null || typeof value.kind !== "string") {
      const found = typeName(value);
      throw new OnebitError("argument", `${where} is not ${withArticle(this.what)}, but ${found}`, this.#list());
    }
    return this.#find(value.kind, where, "argument");
  }

  /** The value that JSON stands for, its defaults filled in. `where` names it in messages.
   *  Throws an error of `code` when its kind or an option is not known, or an option not allowed. */
  parse(value: unknown, where: string, code: OnebitErrorCode = "config"): Value {
    if (!isObject(value) || typeof value.kind !== "string") {
      throw new OnebitError(code, `${where} is not ${withArticle(this.what)}: it has no kind`, this.#list());
    }
    return checked(this.#schemaOf(this.#find(value.kind, where, code)), value, where, code) as Value;
  }

  /** A value from what a function of the library was called with. Throws `argument`. */
  make(kind: string, options: object): Value {
    if (!isObject(options)) {
      throw new OnebitError("argument", `${kind} takes an object of options, not ${typeName(options)}`);
    }
    return checked(this.#schemaOf(this.#find(kind, kind, "argument")), { ...options, kind }, kind, "argument") as Value;
  }

  /** The schema of all its values. */
  schema(): z.ZodMiniType<Value> {
    const [first, ...rest] = [...this.#definitions.values()].map((definition) => this.#schemaOf(definition));
    return z.discriminatedUnion("kind", [first!, ...rest]) as unknown as z.ZodMiniType<Value>;
  }

  #schemaOf({ kind, options }: D) {
    return z.strictObject({ kind: z.literal(kind), ...options.shape });
  }

  #list(): string {
    return `The kinds of ${this.what} are ${this.kinds.join(", ")}.`;
  }

  #find(kind: string, where: string, code: OnebitErrorCode): D {
    const definition = this.#definitions.get(kind);
    if (definition !== undefined) return definition;
    throw new OnebitError(code, `${where}: there is no ${this.what} of kind "${kind}"`, hintFor(kind, this.kinds));
  }
}
