/** exp and log of training in float64, from additions, multiplications and divisions alone, so that every host gives
 *  the same bits (Math.exp may differ in the last one). After FreeBSD's msun: e_exp.c, e_log.c. Errors below 1 ulp. */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;

const float = new Float64Array(1);
const words = new BigInt64Array(float.buffer);

/** 2ᵏ for a normal result, from its bits. */
function power(k: number): number {
  words[0] = BigInt(k + 1023) << 52n;
  return float[0]!;
}

/** eˣ = 2ᵏ·eʳ, |r| <= ln(2)/2; eʳ by a rational approximation of degree 5. */
export function exp(x: number): number {
  if (x > 709) return Infinity;
  if (x < -708) return 0;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return y * power(k);
}

/** log x = k·ln 2 + log m, x = 2ᵏ·m a positive normal number, m in [√½, √2); log m by s = f/(2 + f), f = m − 1. */
export function log(x: number): number {
  float[0] = x;
  let k = Number(words[0]! >> 52n) - 1023;
  words[0] = (words[0]! & 0xfffffffffffffn) | (1023n << 52n);
  let m = float[0]!;
  if (m > Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + R) + k * LN2_LOW) - f);
}
