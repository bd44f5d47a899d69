/** sign, with a gradient that stands in for its own (report, section 3.1). */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { surrogates } from "../kernels/layout.ts";
import type { LayerDefinition } from "./layer.ts";
import { bits, type Float32 } from "./signal.ts";
import { zero } from "./zero.ts";

/** The name of a surrogate gradient; `SignOptions` has the formulas. */
export type Surrogate = keyof typeof surrogates;

/** Options of `sign`. */
export interface SignOptions {
  /** What stands in for the gradient of sign, which is 0 almost everywhere; the formulas are at `signBackward`:
   *    hard-tanh    d where |x| <= 1, else 0 (the report's; Hubara et al. 2016)
   *    identity     d (straight through, ungated; Bengio et al. 2013)
   *    tanh         d · (1 − tanh² x)
   *    approx-sign  d · (2 − 2|x|) where |x| <= 1, else 0 (Liu et al. 2018)
   *    swish-sign   d · β(2 − βx tanh(βx/2))/(1 + cosh βx), β = 5 (Darabi et al. 2018) */
  readonly gradient?: Surrogate;
  /** sign(0): 1 unless given. Freezing evaluates it, so that the frozen network agrees in both cases. */
  readonly zero?: 1 | -1;
}

interface Sign extends Value, Required<SignOptions> {}

export const signDefinition: LayerDefinition<Sign, Float32> = {
  kind: "sign",
  options: z.object({
    gradient: z._default(z.enum(Object.keys(surrogates) as [Surrogate, ...Surrogate[]]), "hard-tanh"),
    zero: zero.schema,
  }),
  takes: ["float32"],
  gives: "bits",
  title: ({ gradient }) => (gradient === "hard-tanh" ? "sign" : `sign(${gradient})`),
  outputShape: (_, shape) => shape,
  build({ gradient, zero: atZero }, { arena, batch }, { data: y, shape, width: m }) {
    const output = bits(arena, batch, shape);
    return {
      output,
      parameters: [],
      buffers: [],
      forward(program) {
        program.add("signForward", {
          y,
          bits: output.data,
          least: zero.least(atZero),
          batch,
          m,
          stride: output.stride,
        });
      },
      backward(program, d) {
        program.add("signBackward", { y, d, surrogate: surrogates[gradient], batch, m });
        return d;
      },
      freeze: (freezer) => freezer.sign(atZero === -1),
    };
  },
};
