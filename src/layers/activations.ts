/** Activations of normal networks (report, section 2.3), element by element or over a sample. They have no frozen form. */

import * as z from "zod/mini";
import type { Value } from "../core/family.ts";
import { activationKinds } from "../kernels/layout.ts";
import type { LayerDefinition } from "./layer.ts";
import { type Float32, float32 } from "./signal.ts";

/** "relu", "hard-tanh", "sigmoid" or "tanh"; `activation` has the formulas. */
export type ActivationName = keyof typeof activationKinds;

interface Activation extends Value {
  readonly name: ActivationName;
}

/** y = f(x), with f of
 *    relu       max(0, x)                 hard-tanh  max(−1, min(1, x))
 *    sigmoid    1/(1 + e^−x)              tanh       (e^x − e^−x)/(e^x + e^−x)
 *  dX = dY · f′(x). */
export const activationDefinition: LayerDefinition<Activation, Float32> = {
  kind: "activation",
  options: z.object({ name: z.enum(Object.keys(activationKinds) as [ActivationName, ...ActivationName[]]) }),
  takes: ["float32"],
  gives: "float32",
  title: ({ name }) => name,
  outputShape: (_, shape) => shape,
  build({ name }, { arena, batch }, { data: x, shape, width: m }) {
    const output = float32(arena, batch, shape);
    const kind = activationKinds[name];
    return {
      output,
      parameters: [],
      buffers: [],
      forward(program) {
        program.add("activationForward", { x, y: output.data, kind, batch, m });
      },
      backward(program, d) {
        program.add("activationBackward", { x, y: output.data, d, kind, batch, m });
        return d;
      },
    };
  },
};

/** y_j = e^{x_j} / Σ_k e^{x_k} over each sample's numbers; dX_j = y_j (dY_j − Σ_k y_k dY_k). */
export const softmaxDefinition: LayerDefinition<Value, Float32> = {
  kind: "softmax",
  options: z.object({}),
  takes: ["float32"],
  gives: "float32",
  title: () => "softmax",
  outputShape: (_, shape) => shape,
  build(_, { arena, batch }, { data: x, shape, width: m }) {
    const output = float32(arena, batch, shape);
    return {
      output,
      parameters: [],
      buffers: [],
      forward(program) {
        program.add("softmaxForward", { x, y: output.data, batch, m });
      },
      backward(program, d) {
        program.add("softmaxBackward", { y: output.data, d, batch, m });
        return d;
      },
    };
  },
};
