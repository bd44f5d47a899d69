/** The targets of `onnx` and `qonnx`: ONNX Runtime, installed beside onebit or where the user says. */

import { inputsOf } from "../../model/model.ts";
import { compareScores, type Target } from "../format.ts";

/** How the dialects differ: the type of the images, and what the runtime must be told. */
export interface Dialect {
  readonly type: "uint8" | "float32";
  complete(file: Uint8Array): Uint8Array;
}

/** model.onnx in both builds of the runtime. */
export function runtimes(dialect: Dialect): Target[] {
  return ["onnxruntime-node", "onnxruntime-web"].map((name) => runtime(name, dialect));
}

/** The parts of ONNX Runtime that are used. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<{
      run(feeds: Record<string, unknown>): Promise<{ readonly scores: { readonly data: ArrayLike<number> } }>;
    }>;
  };
  readonly Tensor: new (type: string, data: ArrayLike<number>, dimensions: readonly number[]) => unknown;
}

function runtime(name: string, { type, complete }: Dialect): Target {
  return {
    name,
    needs: [`npm:${name}`],
    install: `npm install ${name} beside onebit, or name its folder with --runtimes`,
    async run(subject, host) {
      const { model, images, expected, count } = subject;
      const { env, InferenceSession, Tensor } = host.load(name) as Runtime;
      env.wasm.numThreads = 1;
      const session = await InferenceSession.create(complete(host.read("model.onnx")));
      const n = inputsOf(model);
      const scores = new Float64Array(expected.length);
      for (let first = 0; first < count; first += BATCH) {
        host.throwIfStopped();
        const some = images.subarray(first * n, (first + BATCH) * n);
        const shape = [some.length / n, n];
        const feed = { images: new Tensor(type, type === "uint8" ? some : Float32Array.from(some), shape) };
        scores.set((await session.run(feed)).scores.data, first * (expected.length / count));
      }
      return compareScores(scores, subject);
    },
  };
}

const BATCH = 250;
