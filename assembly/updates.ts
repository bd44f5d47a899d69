// Optimizer steps on parameters, four at a time; src/optim/optimizers.ts has the formulas and what `rates` holds. With
// clip, a parameter is kept in ±1.

import { get, put } from "./vectors";

@inline
function limited(v: v128, clip: i32): v128 {
  return clip ? f32x4.pmax(f32x4.pmin(v, f32x4.splat(1)), f32x4.splat(-1)) : v;
}

/** Number k of `rates`. */
@inline
function rateOf(rates: usize, k: i32): v128 {
  return v128.load32_splat(rates + (k << 2));
}

/** rates = (learning rate, momentum). */
@inline
function sgdStep(w: usize, g: usize, velocity: usize, rates: usize, clip: i32, left: i32): void {
  const v = f32x4.add(f32x4.mul(rateOf(rates, 1), get(velocity, left)), get(g, left));
  put(velocity, v, left);
  put(w, limited(f32x4.sub(get(w, left), f32x4.mul(rateOf(rates, 0), v)), clip), left);
}

/** rates = (learning rate, ρ, 1 − ρ, ε). */
@inline
function adadeltaStep(
  w: usize, g: usize, squares: usize, deltas: usize, rates: usize, clip: i32, left: i32,
): void {
  const rho = rateOf(rates, 1);
  const rest = rateOf(rates, 2);
  const epsilon = rateOf(rates, 3);
  const gradient = get(g, left);
  const old = get(deltas, left);
  const square = f32x4.add(f32x4.mul(rho, get(squares, left)), f32x4.mul(rest, f32x4.mul(gradient, gradient)));
  const ratio = f32x4.div(f32x4.sqrt(f32x4.add(old, epsilon)), f32x4.sqrt(f32x4.add(square, epsilon)));
  const delta = f32x4.mul(ratio, gradient);
  put(squares, square, left);
  put(deltas, f32x4.add(f32x4.mul(rho, old), f32x4.mul(rest, f32x4.mul(delta, delta))), left);
  put(w, limited(f32x4.sub(get(w, left), f32x4.mul(rateOf(rates, 0), delta)), clip), left);
}

/** rates = (learning rate / (1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, 1/√(1 − β₂ᵗ), ε). */
@inline
function adamStep(w: usize, g: usize, means: usize, squares: usize, rates: usize, clip: i32, left: i32): void {
  const gradient = get(g, left);
  const mean = f32x4.add(f32x4.mul(rateOf(rates, 1), get(means, left)), f32x4.mul(rateOf(rates, 2), gradient));
  const square = f32x4.add(
    f32x4.mul(rateOf(rates, 3), get(squares, left)),
    f32x4.mul(rateOf(rates, 4), f32x4.mul(gradient, gradient)),
  );
  const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), rateOf(rates, 5)), rateOf(rates, 6));
  put(means, mean, left);
  put(squares, square, left);
  put(w, limited(f32x4.sub(get(w, left), f32x4.mul(rateOf(rates, 0), f32x4.div(mean, size))), clip), left);
}

@inline
function step(
  method: i32, w: usize, g: usize, state0: usize, state1: usize, rates: usize, clip: i32, left: i32,
): void {
  if (method == 0) sgdStep(w, g, state0, rates, clip, left);
  else if (method == 1) adadeltaStep(w, g, state0, state1, rates, clip, left);
  else adamStep(w, g, state0, state1, rates, clip, left);
}

/** Whole vectors, then the rest. */
@inline
function steps(
  method: i32, w: usize, g: usize, state0: usize, state1: usize, rates: usize, clip: i32, count: i32,
): void {
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) step(method, w + at, g + at, state0 + at, state1 + at, rates, clip, 4);
  if (count & 3) step(method, w + whole, g + whole, state0 + whole, state1 + whole, rates, clip, count & 3);
}

/** One step of method 0 (SGD), 1 (Adadelta) or 2 (Adam) on `count` parameters. */
export function updateElements(
  method: i32, w: usize, g: usize, state0: usize, state1: usize, rates: usize, clip: i32, count: i32,
): void {
  // Once for each method, so that the loops are free of branches.
  if (method == 0) steps(0, w, g, state0, state1, rates, clip, count);
  else if (method == 1) steps(1, w, g, state0, state1, rates, clip, count);
  else steps(2, w, g, state0, state1, rates, clip, count);
}

/** Rows [lo, hi) of parameters f32 [rows, width]. */
export function update(
  w: usize, g: usize, state0: usize, state1: usize, rates: usize,
  method: i32, width: i32, clip: i32, lo: i32, hi: i32,
): void {
  const at = <usize>(lo * width) << 2;
  updateElements(method, w + at, g + at, state0 + at, state1 + at, rates, clip, (hi - lo) * width);
}
