/** The one error type of onebit: what is wrong, where, and what to do about it.
 *  Everything else that is thrown is a defect of onebit itself. */

/** What kind of thing went wrong. A caller may switch on it; the texts may change. */
export type OnebitErrorCode =
  | "argument" // a function or a command was called with a value it does not take
  | "config" // a run configuration that does not validate
  | "data" // a data set: IDX files, labels, checksums
  | "shape" // sizes that do not fit together
  | "kind" // a layer that does not take the signal it is given
  | "model" // a frozen model that is truncated, altered or inconsistent
  | "checkpoint" // a checkpoint that is truncated, altered or of another run
  | "freeze" // a network that has no frozen, binary form
  | "file" // the file system said no
  | "exists" // an output is there already
  | "missing" // an optional package is not installed
  | "diverged" // the loss is no longer a number
  | "memory" // more memory than WebAssembly has
  | "host" // this host lacks something: WebAssembly SIMD, threads
  | "worker"; // a worker thread or a process of a run died

/** What onebit throws when something is wrong that a caller can do something about.
 *
 *  ```ts
 *  try {
 *    network = parseNetwork(json, "network.json");
 *  } catch (error) {
 *    if (!(error instanceof OnebitError)) throw error;
 *    console.error(`${error.message}. ${error.hint ?? ""}`);
 *  }
 *  ``` */
export class OnebitError extends Error {
  override readonly name = "OnebitError";
  readonly code: OnebitErrorCode;
  /** What the user can do about it, one sentence, if there is something. */
  readonly hint: string | undefined;

  /** `message` says what is wrong and where (file, layer, key), in one sentence without a full stop. */
  constructor(code: OnebitErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
