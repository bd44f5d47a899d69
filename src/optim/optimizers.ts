/** Optimizers, as PyTorch defines them where it has them. Each is a value, {kind, …options}, and says which method steps a
 *  parameter, how much state it keeps, and the step's coefficients. A step is w ← update(w, gradient, state; rates), element by
 *  element; the formulas are beside the kernel `update` (src/kernels/reference/updates.ts). The coefficients are computed here,
 *  once a step, in float64. */

import * as z from "zod/mini";
import { type Definition, Family, type Value } from "../core/family.ts";
import { methods } from "../kernels/layout.ts";
import type { ParameterRole } from "../layers/layer.ts";

/** An optimizer: `sgd()`, `adadelta()`, `adam()` or `bop()`. */
export interface Optimizer extends Value {}

export interface OptimizerDefinition<V extends Optimizer = Optimizer> extends Definition<V> {
  readonly method: number;
  /** State arrays a parameter has, of the parameter's shape, 0 at first. */
  readonly states: 1 | 2;
  /** The rate that the schedule scales, for reports. */
  rate(optimizer: V): number;
  /** `rates` of step 1, 2, 3 … with `scheduled`: what the schedule makes of a learning rate at this moment. */
  rates(optimizer: V, step: number, scheduled: (rate: number) => number): readonly number[];
  /** Whether it keeps latent weights of binary layers in ±1; if absent, it does not. */
  clips?(optimizer: V): boolean;
  /** λ of decoupled weight decay; if absent, nothing decays. */
  decay?(optimizer: V): number;
  /** The optimizer that steps parameters of this role; itself, where it is not said. */
  forRole?(optimizer: V, role: ParameterRole): Optimizer;
  /** It steps binary weights and nothing else. */
  readonly binaryOnly?: true;
}

/** What SGD, Adadelta and Adam have in common. */
export interface RateOptions {
  /** Learning rate. */
  readonly rate?: number;
  /** Keeps latent weights of binary layers in ±1; false unless given. */
  readonly clip?: boolean;
  /** Decoupled decay λ of weights, latent or not (Loshchilov and Hutter 2019): w ← w · (1 − rate · λ) before a step. Biases and
   *  batch norm's numbers do not decay. 0 unless given. */
  readonly weightDecay?: number;
}

const share = z.number().check(z.minimum(0), z.lt(1));
const positive = z.number().check(z.positive());

/** The options of `RateOptions`, with this learning rate unless given, and `own` ones beside them; and what they do. */
const rated = (standard: number, own: Readonly<Record<string, z.ZodMiniType>>) => ({
  options: z.object({
    rate: z._default(positive, standard),
    clip: z._default(z.boolean(), false),
    weightDecay: z._default(z.number().check(z.minimum(0)), 0),
    ...own,
  }),
  rate: ({ rate }: Required<RateOptions>) => rate,
  clips: ({ clip }: Required<RateOptions>) => clip,
  decay: ({ weightDecay }: Required<RateOptions>) => weightDecay,
});

export interface SgdOptions extends RateOptions {
  /** 0 unless given. */
  readonly momentum?: number;
}
interface Sgd extends Optimizer, Required<SgdOptions> {}

const sgdDefinition: OptimizerDefinition<Sgd> = {
  kind: "sgd",
  ...rated(0.01, { momentum: z._default(share, 0) }),
  method: methods.sgd,
  states: 1,
  rates: ({ rate, momentum }, _, scheduled) => [scheduled(rate), momentum],
};

export interface AdadeltaOptions extends RateOptions {
  /** ρ, 0.9 unless given. */
  readonly rho?: number;
  /** ε, 1e-6 unless given. */
  readonly epsilon?: number;
}
interface Adadelta extends Optimizer, Required<AdadeltaOptions> {}

const adadeltaDefinition: OptimizerDefinition<Adadelta> = {
  kind: "adadelta",
  ...rated(1, { rho: z._default(share, 0.9), epsilon: z._default(positive, 1e-6) }),
  method: methods.adadelta,
  states: 2,
  rates: ({ rate, rho, epsilon }, _, scheduled) => [scheduled(rate), rho, 1 - rho, epsilon],
};

export interface AdamOptions extends RateOptions {
  /** β₁, 0.9 unless given. */
  readonly beta1?: number;
  /** β₂, 0.999 unless given. */
  readonly beta2?: number;
  /** ε, 1e-8 unless given. */
  readonly epsilon?: number;
}
interface Adam extends Optimizer, Required<AdamOptions> {}

const adamDefinition: OptimizerDefinition<Adam> = {
  kind: "adam",
  ...rated(1e-3, {
    beta1: z._default(share, 0.9),
    beta2: z._default(share, 0.999),
    epsilon: z._default(positive, 1e-8),
  }),
  method: methods.adam,
  states: 2,
  rates({ rate, beta1, beta2, epsilon }, step, scheduled) {
    const unbias1 = 1 - power(beta1, step);
    const unbias2 = 1 - power(beta2, step);
    return [scheduled(rate) / unbias1, beta1, 1 - beta1, beta2, 1 - beta2, 1 / Math.sqrt(unbias2), epsilon];
  },
};

/** Options of `bop`. */
export interface BopOptions {
  /** Adaptivity rate γ of the moving average of gradients; 1e-4 unless given. The schedule scales it. */
  readonly gamma?: number;
  /** Threshold τ above which an average flips its weight; 1e-8 unless given. */
  readonly threshold?: number;
  /** What steps all that is not a binary weight; `adam()` unless given. */
  readonly rest?: Optimizer;
}
interface Bop extends Optimizer, Required<BopOptions> {}

const bopDefinition: OptimizerDefinition<Bop> = {
  kind: "bop",
  options: z.object({
    gamma: z._default(positive.check(z.maximum(1)), 1e-4),
    threshold: z._default(z.number().check(z.minimum(0)), 1e-8),
    rest: z.lazy(() => z._default(optimizers.schema(), () => optimizers.make("adam", {}))),
  }),
  method: methods.bop,
  binaryOnly: true,
  rate: ({ gamma }) => gamma,
  states: 1,
  rates({ gamma, threshold }, _, scheduled) {
    const rate = scheduled(gamma);
    return [rate, 1 - rate, threshold];
  },
  forRole: (bop, role) => (role === "binary" ? bop : bop.rest),
};

/** The optimizers, by kind: `optimizers.kinds` names them. */
export const optimizers: Family<OptimizerDefinition> = new Family<OptimizerDefinition>("optimizer", [
  sgdDefinition,
  adadeltaDefinition,
  adamDefinition,
  bopDefinition,
]);

/** v ← momentum·v + g;  w ← w − rate·v. Throws `argument`. */
export const sgd = (options: SgdOptions = {}): Optimizer => optimizers.make("sgd", options);

/** Steps by the ratio of running means of squared steps and gradients, times `rate`. Zeiler 2012. Throws `argument`. */
export const adadelta = (options: AdadeltaOptions = {}): Optimizer => optimizers.make("adadelta", options);

/** Steps by a running mean of gradients over the root of that of their squares. Kingma and Ba 2015. Throws `argument`. */
export const adam = (options: AdamOptions = {}): Optimizer => optimizers.make("adam", options);

/** For binary weights without latent numbers: m ← (1 − γ)·m + γ·g, and a weight flips where |m| > τ and m has its sign.
 *  Helwegen et al. 2019. Throws `argument`. */
export const bop = (options: BopOptions = {}): Optimizer => optimizers.make("bop", options);

/** base^n by squaring. Math.pow may differ between hosts in the last bit. */
function power(base: number, n: number): number {
  let result = 1;
  for (let square = base; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) result *= square;
  return result;
}
