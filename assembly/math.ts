// exp and log of training in float64, from additions, multiplications and divisions alone, so that every host gives the
// same bits (Math.exp may differ in the last one). After FreeBSD's msun: e_exp.c, e_log.c. Errors below 1 ulp.

const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const INVERSE_LN2: f64 = 1.442695040888963387;

/** eˣ = 2ᵏ·eʳ, |r| <= ln(2)/2; eʳ by a rational approximation of degree 5. */
export function exp(x: f64): f64 {
  if (x > 709) return Infinity;
  if (x < -708) return 0;
  const k = floor<f64>(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return y * reinterpret<f64>((<i64>k + 1023) << 52);
}

/** log x = k·ln 2 + log m, x = 2ᵏ·m a positive normal number, m in [√½, √2); log m by s = f/(2 + f), f = m − 1. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let k = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | ((<i64>1023) << 52));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (6.66666666666673513e-1 +
      z *
        (3.999999999940941908e-1 +
          z *
            (2.857142874366239149e-1 +
              z *
                (2.222219843214978396e-1 +
                  z * (1.818357216161805012e-1 + z * (1.531383769920937332e-1 + z * 1.479819860511658591e-1))))));
  const half = 0.5 * f * f;
  return <f64>k * LN2_HIGH - (half - (s * (half + R) + <f64>k * LN2_LOW) - f);
}
