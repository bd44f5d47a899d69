/** One bit a number: +1 where it is above a threshold (report, section 5.1.1). */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { bits } from "../layers/signal.ts";
import type { EncoderContext, EncoderDefinition, EncoderStage } from "./encoder.ts";

interface Threshold extends Value {
  readonly threshold: number;
}

/** bit = 1 iff number > threshold. */
export const thresholdDefinition: EncoderDefinition<Threshold> = {
  kind: "threshold",
  options: z.object({ threshold: z.int().check(z.minimum(0), z.maximum(255)) }),
  takes: "bytes",
  gives: "bits",
  title: ({ threshold }) => `threshold(${threshold})`,
  repetitions: () => 1,
  build: ({ threshold }, context) => bitStage(context, threshold),
  freeze: ({ threshold }) => ({ kind: "threshold", threshold }),
};

/** Bits by a threshold; in training, if `draws`, at random with number/255 as the probability of a 1. */
export function bitStage(
  { arena, batch, shape, indices, draw }: EncoderContext,
  threshold: number,
  draws = false,
): EncoderStage {
  const output = bits(arena, batch, shape);
  const { data: out, width: n, stride } = output;
  const pixels = arena.u8(batch * n);
  return {
    samples: pixels,
    output,
    encode(program, mode) {
      if (draws && mode === "train") program.add("probabilityBits", { pixels, indices, draw, out, batch, n, stride });
      else program.add("thresholdBits", { pixels, out, batch, n, stride, threshold });
    },
  };
}
