/** The encoders, and the functions that make their values. */

import { Family } from "../core/family.ts";
import type { Encoder, EncoderDefinition } from "./encoder.ts";
import { floatsDefinition, pixelsDefinition } from "./numbers.ts";
import { probabilityDefinition } from "./probability.ts";
import { thresholdDefinition } from "./threshold.ts";

/** The encoders, by kind: `encoders.kinds` names them. */
export const encoders = new Family<EncoderDefinition>("encoder", [
  thresholdDefinition,
  probabilityDefinition,
  pixelsDefinition,
  floatsDefinition,
]);

/** A bit a number: 1 (+1) iff it is above `threshold`, 0 … 255. Report, section 5.1.1. Throws `argument`. */
export const threshold = (threshold = 127): Encoder<"bits"> => encoders.make("threshold", { threshold });

/** A bit a number, at random: 1 with probability number/255; an epoch goes through the samples `repetitions` times (1 unless
 *  given), each time drawn anew. Evaluated as `threshold(127)`. Report, section 5.1.2. Throws `argument`. */
export const probability = (options: { readonly repetitions?: number } = {}): Encoder<"bits"> =>
  encoders.make("probability", options);

/** 8-bit numbers as they are, 0 … 255: the report's "non-binarized" input. */
export const pixels = (): Encoder<"bytes"> => encoders.make("pixels", {});

/** float32 numbers as they are, for `dense` layers. Such a network has no frozen form. */
export const floats = (): Encoder<"float32"> => encoders.make("floats", {});
