/** y[b, j] = x[b, j] + offset[j], learned: a shifted sign where a sign follows (ReActNet's RSign, Liu et al. 2020). Thresholds
 *  absorb it when the network is frozen, so it costs nothing in hardware.
 *
 *  backward  dX = dY;  dOffset[j] = Σ_b dY[b, j] */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { addStep, type LayerDefinition } from "./layer.ts";
import { type Float32, float32 } from "./signal.ts";

export const offsetDefinition: LayerDefinition<Value, Float32> = {
  kind: "offset",
  options: z.object({}),
  takes: ["float32"],
  gives: "float32",
  title: () => "offset",
  outputShape: (_, shape) => shape,
  build(_, { arena, batch, parameter }, { data: x, shape, width: m }) {
    const output = float32(arena, batch, shape);
    const offset = parameter({ name: "offset", rows: m, width: 1, role: "other", initial: { constant: 0 } });
    return {
      output,
      parameters: [offset],
      buffers: [],
      forward(program) {
        program.add("scaleFloat32", { x, out: output.data, factor: 1, batch, m });
        program.add("addBias", { bias: offset.values, out: output.data, batch, m });
      },
      backward(program, d, mode) {
        program.add("biasBackward", { d, dBias: offset.gradient, batch, m });
        if (mode === "step") addStep(program, offset);
        return d;
      },
      freeze: (freezer) =>
        freezer.line({
          apply: (x, j) => Math.fround(x + offset.values[j]!),
          slope: () => 1,
          centre: () => 0,
          shift: (j) => offset.values[j]!,
          numbers: (j) => ({ offset: offset.values[j]! }),
        }),
    };
  },
};
