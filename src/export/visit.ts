/** How exporters go through a model: layer by layer, naming the kinds they can express. Every other kind, also one that is
 *  added later, they refuse by name. */

import { OnebitError } from "../core/errors.ts";
import { checkModel, layerNameOf } from "../model/check.ts";
import type { FrozenDense, FrozenLayer, FrozenModel, FrozenOutput } from "../model/model.ts";

/** What is made of a layer of each kind; `index` counts from 0. */
export type Visitor<R> = {
  readonly [K in FrozenLayer["kind"]]?: (layer: Extract<FrozenLayer, { kind: K }>, index: number) => R;
};

/** What the visitor makes of each layer, in order. Throws `model` when there is a layer that the visitor, and thus the
 *  format, does not know, or the model is inconsistent; before the first call. */
export function visit<R>(model: FrozenModel, format: string, visitor: Visitor<R>): R[] {
  const methods = model.layers.map(({ kind }, index) => {
    if (Object.hasOwn(visitor, kind) && visitor[kind] !== undefined) {
      // The method of a kind takes the layers of that kind; TypeScript does not see that the two go together.
      return visitor[kind] as (layer: FrozenLayer, index: number) => R;
    }
    throw new OnebitError(
      "model",
      `the format ${format} cannot express a layer of kind ${kind}: ${layerNameOf(index)}`,
      "Export it in another format.",
    );
  });
  checkModel(model);
  return model.layers.map((layer, index) => methods[index]!(layer, index));
}

/** The layers of a format that needs all of them at once and knows dense layers before an output. Throws as `visit`. */
export function denseStack(model: FrozenModel, format: string): { hidden: FrozenDense[]; output: FrozenOutput } {
  const hidden: FrozenDense[] = [];
  const outputs: FrozenOutput[] = [];
  visit<unknown>(model, format, { dense: (layer) => hidden.push(layer), output: (layer) => outputs.push(layer) });
  return { hidden, output: outputs[0]! };
}
