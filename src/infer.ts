/** onebit/infer: loads a `.onebit` model and classifies images. Small, without dependencies but a hash, for any host.
 *
 *  ```ts
 *  import { loadModel } from "onebit/infer";
 *  const model = loadModel(new Uint8Array(await (await fetch("model.onebit")).arrayBuffer()));
 *  const [digit] = model.classify(pixels); // Uint8Array of 784 grey values, row by row, 255 is ink
 *  ``` */

import { OnebitError } from "./core/errors.ts";
import { createEngine } from "./infer/engine.ts";
import { countImages, type Images } from "./infer/images.ts";
import { best, scores } from "./infer/run.ts";
import { decodeModel, type ModelFile } from "./model/file.ts";
import { inputsOf } from "./model/model.ts";

export { type BitMatrix, bitMatrix, packSigns, setBit } from "./core/bits.ts";
export { OnebitError, type OnebitErrorCode } from "./core/errors.ts";
export type { Images } from "./infer/images.ts";
export type { ModelFile, ModelInfo } from "./model/file.ts";
export type { FrozenHidden, FrozenInput, FrozenModel, FrozenOutput, Operand } from "./model/model.ts";

export interface LoadOptions {
  /** "plain" runs the TypeScript that "wasm" is checked against: the same scores, some twenty times slower.
   *  Default: "wasm" where the host has WebAssembly SIMD. */
  readonly engine?: "wasm" | "plain";
}

export interface LoadedModel extends ModelFile {
  /** Pixels of an image. */
  readonly inputs: number;
  readonly classes: number;
  /** What it runs on. */
  readonly engine: "wasm" | "plain";
  /** Bytes of memory that the engine holds beside the model. */
  readonly engineBytes: number;
  /** Int32Array [count, classes]. Images are u8 [count, inputs], one or several, one after the other; or, for a model that
   *  takes bits, a BitMatrix [count, inputs] of images that are binarized already. */
  scores(images: Images): Int32Array;
  /** The class of each image, Int32Array [count]: the greatest score, the lowest index among equals. */
  classify(images: Images): Int32Array;
}

/** The model of a `.onebit` file's bytes. Throws `model` when they are truncated, altered or of a newer format, and `host`
 *  when "wasm" was asked for and is not there. Its methods throw `argument` for no images or something else than bytes,
 *  `shape` for a wrong number of pixels, `kind` for bits where the model takes pixels. */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): LoadedModel {
  if (!(bytes instanceof Uint8Array)) {
    throw new OnebitError("argument", "a model is a Uint8Array", "Wrap an ArrayBuffer: new Uint8Array(buffer).");
  }
  if (options.engine !== undefined && options.engine !== "wasm" && options.engine !== "plain") {
    throw new OnebitError(
      "argument",
      `there is no engine ${JSON.stringify(options.engine)}`,
      'Give "wasm" or "plain".',
    );
  }
  const file = decodeModel(bytes);
  const { model } = file;
  const engine = options.engine === "plain" ? undefined : createEngine(model);
  if (engine === undefined && options.engine === "wasm") {
    throw new OnebitError("host", "this host has no WebAssembly SIMD, or not the memory", 'Leave out engine: "wasm".');
  }
  const classes = model.output.weights.rows;
  const run = (images: Images) => {
    const count = countImages(model, images);
    return engine === undefined ? scores(model, images, count) : engine.scores(images, count);
  };
  return {
    ...file,
    inputs: inputsOf(model),
    classes,
    engine: engine === undefined ? "plain" : "wasm",
    engineBytes: engine?.bytes ?? 0,
    scores: run,
    classify: (images) => best(run(images), classes),
  };
}
