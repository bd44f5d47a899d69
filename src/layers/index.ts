/** The layers, and the functions that make their values. */

import * as z from "zod/mini";
import { Family, type Value } from "../core/family.ts";
import { type ActivationName, activationDefinition, softmaxDefinition } from "./activations.ts";
import { type BatchNormOptions, batchNormDefinition } from "./batch-norm.ts";
import { type BinaryDenseOptions, binaryDenseDefinition } from "./binary-dense.ts";
import { type DenseOptions, denseDefinition } from "./dense.ts";
import type { Layer, LayerDefinition } from "./layer.ts";
import { offsetDefinition } from "./offset.ts";
import { scaleDefinition } from "./scale.ts";
import { type SignOptions, signDefinition } from "./sign.ts";
import type { Kind, Signal } from "./signal.ts";

/** The layers, by kind: `layers.kinds` names them. */
export const layers = new Family<LayerDefinition>("layer", [
  binaryDenseDefinition,
  denseDefinition,
  batchNormDefinition,
  scaleDefinition,
  offsetDefinition,
  signDefinition,
  activationDefinition,
  softmaxDefinition,
]);

/** A fully connected layer of `units` neurons with ±1 weights: a[j] = Σ_k sign(W[j, k]) · x[k], exact integers.
 *  Report, section 3.2; Courbariaux et al. 2016. Throws `argument`. */
export const binaryDense = (units: number, options: BinaryDenseOptions = {}): Layer<"bits" | "bytes", "int32"> =>
  layers.make("binary-dense", { ...options, units });

/** A fully connected layer of `units` neurons with float32 weights: y = x·Wᵀ + bias. Report, table 3.4. Throws `argument`. */
export const dense = (units: number, options: DenseOptions = {}): Layer<"bits" | "bytes" | "float32", "float32"> =>
  layers.make("dense", { ...options, units });

/** y = γ(x − μ)/√(σ² + ε) + β, over the batch in training, by running estimates in inference. Ioffe and Szegedy 2015;
 *  report, section 3.3. Throws `argument`. */
export const batchNorm = (options: BatchNormOptions = {}): Layer<"int32" | "float32", "float32"> =>
  layers.make("batch-norm", options);

/** y = factor · x, the same positive factor for all; 1/√n for sums of n terms unless given. Throws `argument`. */
export const scale = (factor: number | "fan-in" = "fan-in"): Layer<"int32" | "float32", "float32"> =>
  layers.make("scale", { factor });

/** y[j] = x[j] + offset[j], learned; free once frozen. Behind `scale` it shifts the sign of each neuron: ReActNet's RSign, Liu
 *  et al. 2020. */
export const offset = (): Layer<"float32", "float32"> => layers.make("offset", {});

/** +1 where x >= 0, else −1, as bits; its gradient is a surrogate's, hard tanh's unless given. Report, section 3.1.
 *  Throws `argument`. */
export const sign = (options: SignOptions = {}): Layer<"float32", "bits"> => layers.make("sign", options);

/** relu, sigmoid, tanh or hard-tanh, element by element. Report, section 2.3. Throws `argument`. */
export const activation = (name: ActivationName): Layer<"float32", "float32"> => layers.make("activation", { name });

/** e^{x_j} / Σ_k e^{x_k} over each sample's numbers. Report, section 2.3. */
export const softmax = (): Layer<"float32", "float32"> => layers.make("softmax", {});

/** The options of a layer of one's own, each with its default: a number, a boolean, or words, of which the first is the default. */
export type OptionDefaults = Readonly<Record<string, number | boolean | readonly [string, ...string[]]>>;

/** A layer of one's own, as `defineLayer` takes it. */
export interface OwnLayer<V extends Value, In extends Signal, Out extends Kind>
  extends Omit<LayerDefinition<V, In>, "options"> {
  readonly gives: Out;
  /** None unless given. */
  readonly options?: OptionDefaults;
}

/** Adds a kind of layer, and returns the function that makes its values from their options. The definition's `build` places
 *  arrays and adds calls of kernels that there are ([an example](../../examples/own-layer.ts)). Throws `argument` when the kind is
 *  taken. */
export function defineLayer<V extends Value, In extends Signal, Out extends Kind>(
  definition: OwnLayer<V, In, Out>,
): (options?: Partial<Omit<V, "kind">>) => Layer<In["kind"], Out> {
  const options = Object.entries(definition.options ?? {}).map(([name, value]) => [name, optionSchema(value)]);
  layers.define({ ...definition, options: z.object(Object.fromEntries(options)) });
  return (given = {}) => layers.make(definition.kind, given);
}

function optionSchema(value: OptionDefaults[string]): z.ZodMiniType {
  if (typeof value === "number") return z._default(z.number(), value);
  if (typeof value === "boolean") return z._default(z.boolean(), value);
  return z._default(z.enum(value), value[0]);
}
