/** y = factor · x, one positive factor for all: the output head whose frozen form is the agreements themselves, and the way
 *  from integers to float32 where batch norm is left out. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import type { LayerDefinition } from "./layer.ts";
import { type Float32, float32, type Int32 } from "./signal.ts";

interface Scale extends Value {
  readonly factor: number | "fan-in";
}

export const scaleDefinition: LayerDefinition<Scale, Int32 | Float32> = {
  kind: "scale",
  options: z.object({ factor: z._default(z.union([z.number().check(z.positive()), z.literal("fan-in")]), "fan-in") }),
  takes: ["int32", "float32"],
  gives: "float32",
  title: ({ factor }) => `scale(${factor === "fan-in" ? "" : Number(factor.toPrecision(4))})`,
  outputShape: (_, shape) => shape,
  build({ factor: given }, { arena, batch }, input) {
    const { shape, width: m } = input;
    const output = float32(arena, batch, shape);
    const factor = given === "fan-in" ? fanInFactor(input) : given;
    const single = Math.fround(factor);
    return {
      output,
      parameters: [],
      buffers: [],
      forward(program) {
        const rest = { out: output.data, factor, batch, m };
        if (input.kind === "int32") program.add("scaleInt32", { x: input.data, ...rest });
        else program.add("scaleFloat32", { x: input.data, ...rest });
      },
      backward(program, d) {
        if (factor !== 1) program.add("scaleFloat32", { x: d, out: d, factor, batch, m });
        return d;
      },
      freeze: (freezer) =>
        freezer.line({
          apply: (x) => Math.fround(single * x),
          slope: () => single,
          centre: () => 0,
          shift: () => 0,
          common: "positive",
        }),
    };
  },
};

/** A sum of n random ±1 has the deviation √n, so 1/√n brings it to the order of 1, where the hard tanh lets gradients pass
 *  and the softmax is not saturated. */
function fanInFactor(input: Int32 | Float32): number {
  return 1 / Math.sqrt(input.kind === "int32" ? input.terms : input.width);
}
