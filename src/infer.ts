/** onebit/infer: loads a `.onebit` model and classifies. Small, without dependencies but a hash, for any host.
 *
 *  ```ts
 *  import { fromCanvas, open } from "onebit/infer";
 *  const model = await open("./model.onebit");
 *  const [digit] = model.predict(fromCanvas(canvas)); // "7"
 *  ```
 *
 *  @module onebit/infer */

export { type BitMatrix, bitMatrix, getBit, packSigns, setBit } from "./core/bits.ts";
export { OnebitError, type OnebitErrorCode } from "./core/errors.ts";
export type { Shape } from "./core/shape.ts";
export { type Canvas, type CanvasPixels, fromCanvas, type Rgba } from "./images/canvas.ts";
export { mnistDigit } from "./images/digit.ts";
export type { GreyPicture } from "./images/grey.ts";
export type { Inputs } from "./infer/inputs.ts";
export { loadModel, type Model, type ModelOptions, modelOf } from "./infer/model.ts";
export { open } from "./infer/open.ts";
export type { ModelFile, ModelInfo } from "./model/file.ts";
export type {
  FrozenDense,
  FrozenEncoder,
  FrozenLayer,
  FrozenModel,
  FrozenOutput,
  Operand,
} from "./model/model.ts";
