/** What must hold between the keys of a configuration, and between it and the data set it is trained on. */

import { OnebitError } from "../core/errors.ts";
import { shapeText, sizeOf } from "../core/shape.ts";
import type { DataSet } from "../data/dataset.ts";
import type { RunConfig } from "./config.ts";

/** Weights a network may have: with gradients and two states of the optimizer 2²⁷ take 2 GiB, half of what WebAssembly
 *  can address. */
const MAX_WEIGHTS = 2 ** 27;

/** Checks keys that are valid one by one against each other. `where` is the file's name, for messages. Throws `config`. */
export function checkConfig(config: RunConfig, where: string): void {
  const fault = (message: string, hint: string) => new OnebitError("config", `${where}: ${message}`, hint);
  const { layers, linear, activation, batch, hidden, head } = config;
  const deep = layers.length > 2;
  if (linear === "binary" && activation !== "sign" && deep) {
    throw fault(
      `activation is "${activation}", whose output is of the wrong kind for the binary layer after it, which takes bits`,
      'Set activation to "sign", or linear to "normal".',
    );
  }
  if (linear === "normal" && hidden === "scale") {
    throw fault('hidden is "scale", which is for the sums of binary layers', 'Set hidden to "batch-norm" or "none".');
  }
  if (batch < 2 && ((hidden === "batch-norm" && deep) || head === "batch-norm")) {
    throw fault("batch is 1, and batch norm has no variance of one image", "Take a batch of 2 or more.");
  }
  const weights = layers.slice(1).reduce((sum, width, i) => sum + layers[i]! * width, 0);
  if (weights > MAX_WEIGHTS) {
    throw fault(
      `layers ${layers.join(",")} have ${weights.toLocaleString("en")} weights`,
      `A network may have ${MAX_WEIGHTS.toLocaleString("en")}.`,
    );
  }
}

/** Checks that a network can be trained on a data set: widths, batch, validation split, shift. Throws `config`. */
export function checkAgainstData(config: RunConfig, data: DataSet): void {
  const { layers, validation, batch, shift } = config;
  const { count } = data.train;
  const [height, width] = data.shape.length === 3 ? data.shape : [1, ...data.shape];
  const fault = (message: string, hint: string) => new OnebitError("config", message, hint);
  const pixels = sizeOf(data.shape);
  if (layers[0] !== pixels) {
    throw fault(
      `layers begins with ${layers[0]}, but the images of ${data.name} have ${shapeText(data.shape)} = ${pixels} pixels`,
      `Let layers begin with ${pixels}.`,
    );
  }
  if (layers.at(-1) !== data.classes.length) {
    throw fault(
      `layers ends with ${layers.at(-1)}, but ${data.name} has ${data.classes.length} classes`,
      `Let layers end with ${data.classes.length}.`,
    );
  }
  if (validation >= count) {
    throw fault(
      `validation is ${validation}, but ${data.name} has ${count} training images`,
      `Take ${count - 1} at most: an image must be left to train on.`,
    );
  }
  if (batch > count - validation) {
    throw fault(
      `batch is ${batch}, but only ${count - validation} images are left to train on (${count} without validation)`,
      "Take a smaller batch or a smaller validation split.",
    );
  }
  if (shift >= Math.min(height!, width!)) {
    throw fault(`shift is ${shift}, but the images are ${height} × ${width}`, "Take a smaller shift.");
  }
}
