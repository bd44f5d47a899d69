/** Optimizers' steps on parameters w with gradient g and at most two arrays of state; src/optim/ computes `rates`, the
 *  coefficients of a step. rates[KEEP] is what w is multiplied by before the step of all but Bop, 1 or less: decoupled
 *  weight decay (Loshchilov and Hutter 2019), written w' below. With clip = 1, w is kept in ±1. */

import { KEEP, methods } from "../layout.ts";

const f = Math.fround;

function limited(w: number, clip: number): number {
  return clip ? Math.max(Math.min(w, 1), -1) : w;
}

type Step = (
  w: Float32Array,
  g: Float32Array,
  state0: Float32Array,
  state1: Float32Array,
  rates: Float32Array,
  clip: number,
  i: number,
) => void;

/** v ← momentum·v + g;  w ← w' − rate·v.  rates = (rate, momentum). */
const sgd: Step = (w, g, velocity, _, rates, clip, i) => {
  velocity[i] = f(f(rates[1]! * velocity[i]!) + g[i]!);
  w[i] = limited(f(f(w[i]! * rates[KEEP]!) - f(rates[0]! * velocity[i]!)), clip);
};

/** s ← ρ·s + (1 − ρ)·g²;  δ = √(u + ε)/√(s + ε)·g;  u ← ρ·u + (1 − ρ)·δ²;  w ← w' − rate·δ.
 *  rates = (rate, ρ, 1 − ρ, ε). Zeiler 2012. */
const adadelta: Step = (w, g, squares, deltas, rates, clip, i) => {
  const epsilon = rates[3]!;
  squares[i] = f(f(rates[1]! * squares[i]!) + f(rates[2]! * f(g[i]! * g[i]!)));
  const up = f(Math.sqrt(f(deltas[i]! + epsilon)));
  const delta = f(f(up / f(Math.sqrt(f(squares[i]! + epsilon)))) * g[i]!);
  deltas[i] = f(f(rates[1]! * deltas[i]!) + f(rates[2]! * f(delta * delta)));
  w[i] = limited(f(f(w[i]! * rates[KEEP]!) - f(rates[0]! * delta)), clip);
};

/** m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w' − rate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε).
 *  rates = (rate/(1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, 1/√(1 − β₂ᵗ), ε). Kingma and Ba 2015. */
const adam: Step = (w, g, means, squares, rates, clip, i) => {
  means[i] = f(f(rates[1]! * means[i]!) + f(rates[2]! * g[i]!));
  squares[i] = f(f(rates[3]! * squares[i]!) + f(rates[4]! * f(g[i]! * g[i]!)));
  const size = f(f(f(Math.sqrt(squares[i]!)) * rates[5]!) + rates[6]!);
  w[i] = limited(f(f(w[i]! * rates[KEEP]!) - f(rates[0]! * f(means[i]! / size))), clip);
};

/** m ← (1 − γ)·m + γ·g;  w ← −w where |m| > τ and m·w > 0.  rates = (γ, 1 − γ, τ). Helwegen et al. 2019. */
const bop: Step = (w, g, means, _, rates, clip, i) => {
  const mean = f(f(rates[1]! * means[i]!) + f(rates[0]! * g[i]!));
  means[i] = mean;
  const flips = Math.abs(mean) > rates[2]! && f(mean * w[i]!) > 0;
  w[i] = limited(flips ? -w[i]! : w[i]!, clip);
};

const steps: Readonly<Record<number, Step>> = {
  [methods.sgd]: sgd,
  [methods.adadelta]: adadelta,
  [methods.adam]: adam,
  [methods.bop]: bop,
};

/** One step on elements 0 … count − 1. */
export function updateElements(
  method: number,
  w: Float32Array,
  g: Float32Array,
  state0: Float32Array,
  state1: Float32Array,
  rates: Float32Array,
  clip: number,
  count: number,
): void {
  const step = steps[method]!;
  for (let i = 0; i < count; i++) step(w, g, state0, state1, rates, clip, i);
}
