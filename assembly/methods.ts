// Optimizer steps on parameters, four at a time; src/kernels/reference/methods.ts has the formulas and what `rates`
// holds. With clip, a parameter is kept in ±1.

import { KEEP, METHOD_ADADELTA, METHOD_ADAM, METHOD_SGD } from "./generated/layout";
import { get, put } from "./vectors";

/** What a parameter is kept in: ±1 with clip, else anything. */
@inline
function bound(clip: i32): v128 {
  return f32x4.splat(clip ? 1 : Infinity);
}

@inline
function limited(v: v128, limit: v128): v128 {
  return f32x4.pmax(f32x4.pmin(v, limit), f32x4.neg(limit));
}

/** Number k of `rates`. */
@inline
function rateOf(rates: usize, k: i32): v128 {
  return v128.load32_splat(rates + (k << 2));
}

/** One vector of SGD. */
@inline
function sgdStep(
  w: usize, g: usize, velocity: usize, rate: v128, momentum: v128, keep: v128, limit: v128, left: i32,
): void {
  const v = f32x4.add(f32x4.mul(momentum, get(velocity, left)), get(g, left));
  put(velocity, v, left);
  put(w, limited(f32x4.sub(f32x4.mul(get(w, left), keep), f32x4.mul(rate, v)), limit), left);
}

/** In each of these functions: whole vectors first, then the rest. */
function sgd(w: usize, g: usize, velocity: usize, rates: usize, clip: i32, count: i32): void {
  const rate = rateOf(rates, 0);
  const momentum = rateOf(rates, 1);
  const keep = rateOf(rates, KEEP);
  const limit = bound(clip);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) sgdStep(w + at, g + at, velocity + at, rate, momentum, keep, limit, 4);
  if (count & 3) sgdStep(w + whole, g + whole, velocity + whole, rate, momentum, keep, limit, count & 3);
}

/** One vector of Adadelta. */
@inline
function adadeltaStep(
  w: usize, g: usize, squares: usize, deltas: usize,
  rate: v128, rho: v128, rest: v128, epsilon: v128, keep: v128, limit: v128, left: i32,
): void {
  const gradient = get(g, left);
  const old = get(deltas, left);
  const square = f32x4.add(f32x4.mul(rho, get(squares, left)), f32x4.mul(rest, f32x4.mul(gradient, gradient)));
  const ratio = f32x4.div(f32x4.sqrt(f32x4.add(old, epsilon)), f32x4.sqrt(f32x4.add(square, epsilon)));
  const delta = f32x4.mul(ratio, gradient);
  put(squares, square, left);
  put(deltas, f32x4.add(f32x4.mul(rho, old), f32x4.mul(rest, f32x4.mul(delta, delta))), left);
  put(w, limited(f32x4.sub(f32x4.mul(get(w, left), keep), f32x4.mul(rate, delta)), limit), left);
}

function adadelta(w: usize, g: usize, squares: usize, deltas: usize, rates: usize, clip: i32, count: i32): void {
  const rate = rateOf(rates, 0);
  const rho = rateOf(rates, 1);
  const rest = rateOf(rates, 2);
  const epsilon = rateOf(rates, 3);
  const keep = rateOf(rates, KEEP);
  const limit = bound(clip);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) {
    adadeltaStep(w + at, g + at, squares + at, deltas + at, rate, rho, rest, epsilon, keep, limit, 4);
  }
  if (count & 3) {
    const at = whole;
    adadeltaStep(w + at, g + at, squares + at, deltas + at, rate, rho, rest, epsilon, keep, limit, count & 3);
  }
}

/** One vector of Adam. */
@inline
function adamStep(
  w: usize, g: usize, means: usize, squares: usize,
  rate: v128, beta1: v128, rest1: v128, beta2: v128, rest2: v128, correction: v128, epsilon: v128,
  keep: v128, limit: v128, left: i32,
): void {
  const gradient = get(g, left);
  const mean = f32x4.add(f32x4.mul(beta1, get(means, left)), f32x4.mul(rest1, gradient));
  const square = f32x4.add(f32x4.mul(beta2, get(squares, left)), f32x4.mul(rest2, f32x4.mul(gradient, gradient)));
  const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), correction), epsilon);
  put(means, mean, left);
  put(squares, square, left);
  put(w, limited(f32x4.sub(f32x4.mul(get(w, left), keep), f32x4.mul(rate, f32x4.div(mean, size))), limit), left);
}

function adam(w: usize, g: usize, means: usize, squares: usize, rates: usize, clip: i32, count: i32): void {
  const rate = rateOf(rates, 0);
  const beta1 = rateOf(rates, 1);
  const rest1 = rateOf(rates, 2);
  const beta2 = rateOf(rates, 3);
  const rest2 = rateOf(rates, 4);
  const correction = rateOf(rates, 5);
  const epsilon = rateOf(rates, 6);
  const keep = rateOf(rates, KEEP);
  const limit = bound(clip);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) {
    const m = means + at;
    const v = squares + at;
    adamStep(w + at, g + at, m, v, rate, beta1, rest1, beta2, rest2, correction, epsilon, keep, limit, 4);
  }
  if (count & 3) {
    const m = means + whole;
    const v = squares + whole;
    adamStep(w + whole, g + whole, m, v, rate, beta1, rest1, beta2, rest2, correction, epsilon, keep, limit, count & 3);
  }
}

/** One vector of Bop. */
@inline
function bopStep(
  w: usize, g: usize, means: usize, rate: v128, rest: v128, threshold: v128, limit: v128, left: i32,
): void {
  const mean = f32x4.add(f32x4.mul(rest, get(means, left)), f32x4.mul(rate, get(g, left)));
  const old = get(w, left);
  const flips = v128.and(f32x4.gt(f32x4.abs(mean), threshold), f32x4.gt(f32x4.mul(mean, old), f32x4.splat(0)));
  put(means, mean, left);
  put(w, limited(v128.bitselect(f32x4.neg(old), old, flips), limit), left);
}

function bop(w: usize, g: usize, means: usize, rates: usize, clip: i32, count: i32): void {
  const rate = rateOf(rates, 0);
  const rest = rateOf(rates, 1);
  const threshold = rateOf(rates, 2);
  const limit = bound(clip);
  const whole = (count & ~3) << 2;
  for (let at = 0; at < whole; at += 16) bopStep(w + at, g + at, means + at, rate, rest, threshold, limit, 4);
  if (count & 3) bopStep(w + whole, g + whole, means + whole, rate, rest, threshold, limit, count & 3);
}

/** One step of `method` on `count` parameters. */
export function updateElements(
  method: i32, w: usize, g: usize, state0: usize, state1: usize, rates: usize, clip: i32, count: i32,
): void {
  if (method == METHOD_SGD) sgd(w, g, state0, rates, clip, count);
  else if (method == METHOD_ADADELTA) adadelta(w, g, state0, state1, rates, clip, count);
  else if (method == METHOD_ADAM) adam(w, g, state0, state1, rates, clip, count);
  else bop(w, g, state0, rates, clip, count);
}
