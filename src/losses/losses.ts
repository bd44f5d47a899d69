/** Losses by their name in a configuration; formulas in src/kernels/reference/losses.ts. */

import type { KernelName } from "../kernels/kernels.ts";

export const lossKernels = { nll: "nllLoss", "squared-hinge": "hingeLoss" } as const satisfies Record<
  string,
  KernelName
>;
