/** Numbers that enter the first layer as they are. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { bytes, float32 } from "../layers/signal.ts";
import type { EncoderDefinition } from "./encoder.ts";

/** 8-bit numbers 0 … 255, exact in a first layer of ±1 weights (the report's "non-binarized" input). */
export const pixelsDefinition: EncoderDefinition = {
  kind: "pixels",
  options: z.object({}),
  takes: "bytes",
  gives: "bytes",
  title: () => "pixels",
  repetitions: () => 1,
  build(_, { arena, batch, shape }) {
    const output = bytes(arena, batch, shape);
    return { samples: output.data, output, encode() {} };
  },
  freeze: () => ({ kind: "pixels" }),
};

/** float32 numbers, for a first layer of float32 weights. It has no frozen form. */
export const floatsDefinition: EncoderDefinition<Value> = {
  kind: "floats",
  options: z.object({}),
  takes: "float32",
  gives: "float32",
  title: () => "floats",
  repetitions: () => 1,
  build(_, { arena, batch, shape }) {
    const output = float32(arena, batch, shape);
    return { samples: output.data, output, encode() {} };
  },
  freeze: () => undefined,
};
