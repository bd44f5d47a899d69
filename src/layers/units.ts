/** How many neurons a fully connected layer may have. */

import * as z from "zod/mini";

export const MAX_UNITS = 65_535;

export const units = z.int().check(z.minimum(1), z.maximum(MAX_UNITS));
