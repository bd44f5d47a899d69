/** Layers without parameters: sign, scale, and the report's activations (section 2.3). */

import { activationKinds, surrogates } from "../kernels/layout.ts";
import type { Layer } from "./layer.ts";
import { bits, type Float32, float32 } from "./signal.ts";

/** sign with the gradient of hard tanh (report, section 3.1): +1 iff x >= 0;  dX = d where |x| <= 1, else 0. */
export function sign(): Layer<"float32", "bits"> {
  return {
    name: "sign",
    takes: ["float32"],
    gives: "bits",
    units: (width) => width,
    build({ arena, batch }, input) {
      const m = input.width;
      const x = (input as Float32).data;
      const output = bits(arena, batch, m);
      return {
        role: { kind: "sign" },
        output,
        parameters: [],
        buffers: [],
        forward(program) {
          program.add("signForward", { y: x, bits: output.data, least: 0, batch, m, stride: output.stride });
        },
        backward(program, d) {
          program.add("signBackward", { y: x, d, surrogate: surrogates["hard-tanh"], batch, m });
          return d;
        },
        update() {},
      };
    },
  };
}

/** y = factor · x, one positive factor for all: the output head whose frozen form is the agreements themselves, and with
 *  factor 1 the way from integers to float32 where batch norm is left out. */
export function scale(factor: number): Layer<"int32" | "float32", "float32"> {
  return {
    name: `scale(${Number(factor.toPrecision(4))})`,
    takes: ["int32", "float32"],
    gives: "float32",
    units: (width) => width,
    build({ arena, batch }, input) {
      const m = input.width;
      const output = float32(arena, batch, m);
      return {
        role: { kind: "scale", factor },
        output,
        parameters: [],
        buffers: [],
        forward(program) {
          const rest = { out: output.data, factor, batch, m };
          if (input.kind === "int32") program.add("scaleInt32", { x: input.data, ...rest });
          else program.add("scaleFloat32", { x: input.data as Float32Array, ...rest });
        },
        backward(program, d) {
          if (factor !== 1) program.add("scaleFloat32", { x: d, out: d, factor, batch, m });
          return d;
        },
        update() {},
      };
    },
  };
}

export type ActivationName = keyof typeof activationKinds;

/** ReLU, sigmoid, tanh or hard tanh, element by element. */
export function activation(name: ActivationName): Layer<"float32", "float32"> {
  return {
    name,
    takes: ["float32"],
    gives: "float32",
    units: (width) => width,
    build({ arena, batch }, input) {
      const m = input.width;
      const x = (input as Float32).data;
      const output = float32(arena, batch, m);
      const kind = activationKinds[name];
      return {
        role: { kind: "other", name: `the activation ${name}` },
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
        update() {},
      };
    },
  };
}

/** Softmax over the features of each sample. */
export function softmax(): Layer<"float32", "float32"> {
  return {
    name: "softmax",
    takes: ["float32"],
    gives: "float32",
    units: (width) => width,
    build({ arena, batch }, input) {
      const m = input.width;
      const output = float32(arena, batch, m);
      return {
        role: { kind: "other", name: "softmax" },
        output,
        parameters: [],
        buffers: [],
        forward(program) {
          program.add("softmaxForward", { x: (input as Float32).data, y: output.data, batch, m });
        },
        backward(program, d) {
          program.add("softmaxBackward", { y: output.data, d, batch, m });
          return d;
        },
        update() {},
      };
    },
  };
}
