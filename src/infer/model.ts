/** A frozen model with an engine: what `loadModel`, `open` and `modelOf` return. */

import type { BitMatrix } from "../core/bits.ts";
import { numberedClasses } from "../core/classes.ts";
import { OnebitError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { checkModel } from "../model/check.ts";
import { checkClasses } from "../model/classes.ts";
import { decodeModel, encodeModel, type ModelFile } from "../model/file.ts";
import { classesOf, inputsOf } from "../model/model.ts";
import { createEngine, type Engine, type NoEngine } from "./engine.ts";
import { countInputs, type Inputs } from "./inputs.ts";
import { best, plainLayers, plainScores } from "./plain.ts";

/** How a model is run. */
export interface ModelOptions {
  /** "plain" runs the TypeScript that "wasm" is checked against: the same scores, some twenty times slower.
   *  Default: "wasm" where the host has WebAssembly SIMD. */
  readonly engine?: "wasm" | "plain";
}

/** Inputs are u8 [count, inputs], one sample or several, one after the other; or, for a model that takes bits, a BitMatrix
 *  [count, inputs] of samples that are binarized already. Methods throw `argument` for none or anything else, `shape` for a
 *  wrong number of pixels, `kind` for bits where the model takes pixels. */
export interface Model extends ModelFile {
  /** A name a class: "0", "1", … where the file has none. */
  readonly classes: readonly string[];
  /** Of a sample: [height, width, channels] or [features]. */
  readonly shape: Shape;
  /** Numbers of a sample. */
  readonly inputs: number;
  /** What it runs on. */
  readonly engine: "wasm" | "plain";
  /** Why it runs on "plain", and what can be done about it. */
  readonly engineNote?: string;
  /** Bytes of memory that the engine holds beside the model. */
  readonly engineBytes: number;
  /** The name of each sample's class. */
  predict(inputs: Inputs): string[];
  /** The class of each sample, Int32Array [count]: the greatest score, the lowest index among equals. */
  classify(inputs: Inputs): Int32Array;
  /** Int32Array [count, classes] */
  scores(inputs: Inputs): Int32Array;
  /** What the neurons of each hidden layer output: Bits[count, neurons] a layer. In plain TypeScript: to look at, not for
   *  speed. */
  layers(inputs: Inputs): BitMatrix[];
  /** The bytes of its `.onebit` file. */
  encode(): Uint8Array;
}

/** The model of a `.onebit` file's bytes. Throws `model` when they are truncated, altered or of a newer format, and `host`
 *  when "wasm" was asked for and is not there. */
export function loadModel(bytes: Uint8Array, options: ModelOptions = {}): Model {
  if (!(bytes instanceof Uint8Array)) {
    throw new OnebitError("argument", "a model is a Uint8Array", "Wrap an ArrayBuffer: new Uint8Array(buffer).");
  }
  checkOptions(options);
  const file = decodeModel(bytes);
  return withEngine(file, options, options.engine === "plain" ? ASKED : createEngine(file.model));
}

/** A frozen model in memory with an engine. Throws `model` when it is inconsistent, and as `loadModel` does. */
export function modelOf(file: ModelFile, options: ModelOptions = {}): Model {
  checkOptions(options);
  checkModel(file.model);
  if (file.classes !== undefined) checkClasses(file.classes, classesOf(file.model));
  return withEngine(file, options, options.engine === "plain" ? ASKED : createEngine(file.model));
}

/** Of a model that is checked. */
export function withEngine(file: ModelFile, options: ModelOptions, engine: Engine | NoEngine): Model {
  const { model, info, hash } = file;
  if (options.engine === "wasm" && "why" in engine) {
    throw new OnebitError("host", engine.why, 'Leave out engine: "wasm" to run more slowly.');
  }
  const count = classesOf(model);
  const classes = file.classes ?? numberedClasses(count);
  const scores = (inputs: Inputs) => {
    const samples = countInputs(model, inputs);
    return "why" in engine ? plainScores(model, inputs, samples) : engine.scores(inputs, samples);
  };
  const classify = (inputs: Inputs) => best(scores(inputs), count);
  return {
    model,
    info,
    hash,
    classes,
    shape: model.shape,
    inputs: inputsOf(model),
    ...("why" in engine
      ? { engine: "plain", engineNote: engine.why, engineBytes: 0 }
      : { engine: "wasm", engineBytes: engine.bytes }),
    predict: (inputs) => Array.from(classify(inputs), (j) => classes[j]!),
    classify,
    scores,
    layers: (inputs) => plainLayers(model, inputs, countInputs(model, inputs)),
    encode: () => encodeModel(model, info, classes),
  };
}

/** Throws `argument` for an engine that does not exist. */
export function checkOptions({ engine }: ModelOptions): void {
  if (engine === undefined || engine === "wasm" || engine === "plain") return;
  throw new OnebitError("argument", `there is no engine ${JSON.stringify(engine)}`, 'Give "wasm" or "plain".');
}

export const ASKED: NoEngine = { why: 'it was asked for by engine: "plain"' };
