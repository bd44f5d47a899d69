/** How exporters go through a model: layer by layer, naming the kinds they can express. Every other kind, also one that is
 *  added later, they refuse by name. */

import { OnebitError } from "../core/errors.ts";
import { checkModel, layerNameOf } from "../model/check.ts";
import type { FrozenDense, FrozenLayer, FrozenModel, FrozenOutput } from "../model/model.ts";

/** What is made of a layer of each kind; `index` counts from 0. */
export type Visitor<R> = {
  readonly [K in FrozenLayer["kind"]]?: (layer: Extract<FrozenLayer, { kind: K }>, index: number) => R;
};

/** What the visitor makes of each layer, in order. Throws `model` when the model is inconsistent, or has a layer that the
 *  visitor, and thus the format, does not know. */
export function visit<R>({ layers }: FrozenModel, format: string, visitor: Visitor<R>): R[] {
  return layers.map((layer, index) => {
    // The method of a kind takes the layers of that kind; TypeScript does not see that the two go together.
    const method = visitor[layer.kind] as ((layer: FrozenLayer, index: number) => R) | undefined;
    if (method === undefined) {
      throw new OnebitError(
        "model",
        `the format ${format} cannot express a layer of kind ${layer.kind}: ${layerNameOf(index)}`,
        "Export it in another format.",
      );
    }
    return method(layer, index);
  });
}

/** The layers of a format that needs all of them at once and knows dense layers before an output. Throws as `visit`. */
export function denseStack(model: FrozenModel, format: string): { hidden: FrozenDense[]; output: FrozenOutput } {
  checkModel(model);
  const hidden: FrozenDense[] = [];
  const outputs: FrozenOutput[] = [];
  visit<unknown>(model, format, { dense: (layer) => hidden.push(layer), output: (layer) => outputs.push(layer) });
  return { hidden, output: outputs[0]! };
}
