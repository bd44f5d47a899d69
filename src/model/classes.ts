/** Names of classes. They travel beside a model and do not change what it computes. */

import { areNumbered } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";

/** Throws `model` unless there is one name a class, and no two are the same. `name` is the file's name, for messages. */
export function checkClasses(classes: unknown, count: number, name = "the model"): asserts classes is string[] {
  const fault = (what: string) => new OnebitError("model", `${name} ${what}`);
  if (!Array.isArray(classes) || !classes.every((one) => typeof one === "string")) {
    throw fault("has classes that are not a list of names");
  }
  if (classes.length !== count) throw fault(`has ${classes.length} names for ${count} classes`);
  const twice = classes.find((one, j) => classes.indexOf(one) !== j);
  if (twice !== undefined) throw fault(`has two classes named ${JSON.stringify(twice)}`);
}

/** The names, if they say more than the numbers: what a file stores. */
export function storedClasses(classes: readonly string[] | undefined): readonly string[] | undefined {
  return classes && !areNumbered(classes) ? classes : undefined;
}
