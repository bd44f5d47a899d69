// Optimizer steps on rows [lo, hi) of parameters f32 [rows, width], four at a time; src/optim/optimizers.ts has the
// formulas and what `rates` holds. With clip, a parameter is kept in ±1.

/** Four elements of `p`; beyond the last of `left` elements they are 0. */
@inline
function get(p: usize, left: i32): v128 {
  if (left >= 4) return v128.load(p);
  let v = v128.load32_zero(p);
  if (left > 1) v = f32x4.replace_lane(v, 1, load<f32>(p, 4));
  if (left > 2) v = f32x4.replace_lane(v, 2, load<f32>(p, 8));
  return v;
}

@inline
function put(p: usize, v: v128, left: i32): void {
  if (left >= 4) {
    v128.store(p, v);
    return;
  }
  store<f32>(p, f32x4.extract_lane(v, 0));
  if (left > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4);
  if (left > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8);
}

@inline
function limited(v: v128, clip: i32): v128 {
  return clip ? f32x4.max(f32x4.min(v, f32x4.splat(1)), f32x4.splat(-1)) : v;
}

/** rates = (learning rate, momentum). */
export function sgdUpdate(
  w: usize, g: usize, velocity: usize, unused: usize, rates: usize, width: i32, clip: i32, lo: i32, hi: i32,
): void {
  const rate = v128.load32_splat(rates);
  const momentum = v128.load32_splat(rates, 4);
  const end = <usize>hi * width;
  for (let i = <usize>lo * width; i < end; i += 4) {
    const at = i << 2;
    const left = <i32>(end - i);
    const v = f32x4.add(f32x4.mul(momentum, get(velocity + at, left)), get(g + at, left));
    put(velocity + at, v, left);
    put(w + at, limited(f32x4.sub(get(w + at, left), f32x4.mul(rate, v)), clip), left);
  }
}

/** rates = (learning rate, ρ, 1 − ρ, ε). */
export function adadeltaUpdate(
  w: usize, g: usize, squares: usize, deltas: usize, rates: usize, width: i32, clip: i32, lo: i32, hi: i32,
): void {
  const rate = v128.load32_splat(rates);
  const rho = v128.load32_splat(rates, 4);
  const rest = v128.load32_splat(rates, 8);
  const epsilon = v128.load32_splat(rates, 12);
  const end = <usize>hi * width;
  for (let i = <usize>lo * width; i < end; i += 4) {
    const at = i << 2;
    const left = <i32>(end - i);
    const gradient = get(g + at, left);
    const square = f32x4.add(f32x4.mul(rho, get(squares + at, left)), f32x4.mul(rest, f32x4.mul(gradient, gradient)));
    const old = get(deltas + at, left);
    const ratio = f32x4.div(f32x4.sqrt(f32x4.add(old, epsilon)), f32x4.sqrt(f32x4.add(square, epsilon)));
    const delta = f32x4.mul(ratio, gradient);
    put(squares + at, square, left);
    put(deltas + at, f32x4.add(f32x4.mul(rho, old), f32x4.mul(rest, f32x4.mul(delta, delta))), left);
    put(w + at, limited(f32x4.sub(get(w + at, left), f32x4.mul(rate, delta)), clip), left);
  }
}

/** rates = (learning rate / (1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, 1/√(1 − β₂ᵗ), ε). */
export function adamUpdate(
  w: usize, g: usize, means: usize, squares: usize, rates: usize, width: i32, clip: i32, lo: i32, hi: i32,
): void {
  const rate = v128.load32_splat(rates);
  const beta1 = v128.load32_splat(rates, 4);
  const rest1 = v128.load32_splat(rates, 8);
  const beta2 = v128.load32_splat(rates, 12);
  const rest2 = v128.load32_splat(rates, 16);
  const correction = v128.load32_splat(rates, 20);
  const epsilon = v128.load32_splat(rates, 24);
  const end = <usize>hi * width;
  for (let i = <usize>lo * width; i < end; i += 4) {
    const at = i << 2;
    const left = <i32>(end - i);
    const gradient = get(g + at, left);
    const mean = f32x4.add(f32x4.mul(beta1, get(means + at, left)), f32x4.mul(rest1, gradient));
    const square = f32x4.add(
      f32x4.mul(beta2, get(squares + at, left)), f32x4.mul(rest2, f32x4.mul(gradient, gradient)));
    const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), correction), epsilon);
    put(means + at, mean, left);
    put(squares + at, square, left);
    put(w + at, limited(f32x4.sub(get(w + at, left), f32x4.mul(rate, f32x4.div(mean, size))), clip), left);
  }
}
