/** sign(0): +1 everywhere unless a layer is told otherwise. */

import * as z from "zod/mini";

/** The least positive float32, 2⁻¹⁴⁹. */
const LEAST_POSITIVE = 2 ** -149;

export const zero = {
  schema: z._default(z.union([z.literal(1), z.literal(-1)]), 1),
  /** sign(x) = +1 iff x >= least: x >= 0, or, for sign(0) = −1, x >= 2⁻¹⁴⁹, which is x > 0. */
  least: (zero: 1 | -1) => (zero === 1 ? 0 : LEAST_POSITIVE),
};
