/** Optimizer steps on rows [lo, hi) of w: f32 [rows, width] with gradient g and two state arrays of the same shape.
 *  src/optim/optimizers.ts has the formulas and fills `rates`. With clip = 1, w is kept in ±1. */

const f = Math.fround;

function limited(w: number, clip: number): number {
  return clip ? Math.max(Math.min(w, 1), -1) : w;
}

/** v ← momentum·v + g;  w ← w − rate·v.  rates = (rate, momentum). */
export function sgdUpdate(
  w: Float32Array,
  g: Float32Array,
  velocity: Float32Array,
  _unused: Float32Array,
  rates: Float32Array,
  width: number,
  clip: number,
  lo: number,
  hi: number,
): void {
  for (let i = lo * width; i < hi * width; i++) {
    velocity[i] = f(f(rates[1]! * velocity[i]!) + g[i]!);
    w[i] = limited(f(w[i]! - f(rates[0]! * velocity[i]!)), clip);
  }
}

/** s ← ρ·s + (1 − ρ)·g²;  δ = √(u + ε)/√(s + ε)·g;  u ← ρ·u + (1 − ρ)·δ²;  w ← w − rate·δ.
 *  rates = (rate, ρ, 1 − ρ, ε). Zeiler 2012. */
export function adadeltaUpdate(
  w: Float32Array,
  g: Float32Array,
  squares: Float32Array,
  deltas: Float32Array,
  rates: Float32Array,
  width: number,
  clip: number,
  lo: number,
  hi: number,
): void {
  const [rate, rho, rest, epsilon] = rates as unknown as [number, number, number, number];
  for (let i = lo * width; i < hi * width; i++) {
    squares[i] = f(f(rho * squares[i]!) + f(rest * f(g[i]! * g[i]!)));
    const up = f(Math.sqrt(f(deltas[i]! + epsilon)));
    const delta = f(f(up / f(Math.sqrt(f(squares[i]! + epsilon)))) * g[i]!);
    deltas[i] = f(f(rho * deltas[i]!) + f(rest * f(delta * delta)));
    w[i] = limited(f(w[i]! - f(rate * delta)), clip);
  }
}

/** m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − rate/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε).
 *  rates = (rate/(1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, 1/√(1 − β₂ᵗ), ε). Kingma and Ba 2015. */
export function adamUpdate(
  w: Float32Array,
  g: Float32Array,
  means: Float32Array,
  squares: Float32Array,
  rates: Float32Array,
  width: number,
  clip: number,
  lo: number,
  hi: number,
): void {
  const [rate, beta1, rest1, beta2, rest2, correction, epsilon] = rates as unknown as number[] & { length: 7 };
  for (let i = lo * width; i < hi * width; i++) {
    means[i] = f(f(beta1! * means[i]!) + f(rest1! * g[i]!));
    squares[i] = f(f(beta2! * squares[i]!) + f(rest2! * f(g[i]! * g[i]!)));
    const size = f(f(f(Math.sqrt(squares[i]!)) * correction!) + epsilon!);
    w[i] = limited(f(w[i]! - f(rate! * f(means[i]! / size))), clip);
  }
}
