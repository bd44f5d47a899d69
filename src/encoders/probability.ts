/** One bit a number, at random: +1 with the probability number/255 (report, section 5.1.2).
 *
 *  Each epoch goes through the samples `repetitions` times, each time with another draw. A network trained so is evaluated and
 *  frozen on the most probable bits: +1 iff number/255 > 1/2, that is number > 127. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import type { EncoderDefinition } from "./encoder.ts";
import { bitStage } from "./threshold.ts";

interface Probability extends Value {
  readonly repetitions: number;
}

const MOST_PROBABLE = 127;

export const probabilityDefinition: EncoderDefinition<Probability> = {
  kind: "probability",
  options: z.object({ repetitions: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 1) }),
  takes: "bytes",
  gives: "bits",
  title: ({ repetitions }) => `probability(${repetitions})`,
  repetitions: ({ repetitions }) => repetitions,
  build: (_, context) => bitStage(context, MOST_PROBABLE, true),
  freeze: () => ({ kind: "threshold", threshold: MOST_PROBABLE }),
};
