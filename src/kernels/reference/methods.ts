/** Optimizer steps on parameters w with gradient g and two arrays of state. src/optim/optimizers.ts fills `rates`. With
 *  clip = 1, w is kept in ±1. */

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

/** v ← momentum·v + g;  w ← w − rate·v.  rates = (rate, momentum). */
const sgd: Step = (w, g, velocity, _, rates, clip, i) => {
  velocity[i] = f(f(rates[1]! * velocity[i]!) + g[i]!);
  w[i] = limited(f(w[i]! - f(rates[0]! * velocity[i]!)), clip);
};

/** s ← ρ·s + (1 − ρ)·g²;  δ = √(u + ε)/√(s + ε)·g;  u ← ρ·u + (1 − ρ)·δ²;  w ← w − rate·δ.
 *  rates = (rate, ρ, 1 − ρ, ε). Zeiler 2012. */
const adadelta: Step = (w, g, squares, deltas, rates, clip, i) => {
  const [rate, rho, rest, epsilon] = rates as unknown as [number, number, number, number];
  squares[i] = f(f(rho * squares[i]!) + f(rest * f(g[i]! * g[i]!)));
  const up = f(Math.sqrt(f(deltas[i]! + epsilon)));
  const delta = f(f(up / f(Math.sqrt(f(squares[i]! + epsilon)))) * g[i]!);
  deltas[i] = f(f(rho * deltas[i]!) + f(rest * f(delta * delta)));
  w[i] = limited(f(w[i]! - f(rate * delta)), clip);
};

/** m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − rate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε).
 *  rates = (rate/(1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, 1/√(1 − β₂ᵗ), ε). Kingma and Ba 2015. */
const adam: Step = (w, g, means, squares, rates, clip, i) => {
  const [rate, beta1, rest1, beta2, rest2, correction, epsilon] = rates as unknown as number[] & { length: 7 };
  means[i] = f(f(beta1! * means[i]!) + f(rest1! * g[i]!));
  squares[i] = f(f(beta2! * squares[i]!) + f(rest2! * f(g[i]! * g[i]!)));
  const size = f(f(f(Math.sqrt(squares[i]!)) * correction!) + epsilon!);
  w[i] = limited(f(w[i]! - f(rate! * f(means[i]! / size))), clip);
};

/** By the numbers of layout.ts. */
const methods: readonly Step[] = [sgd, adadelta, adam];

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
  const step = methods[method]!;
  for (let i = 0; i < count; i++) step(w, g, state0, state1, rates, clip, i);
}
