/** A run of a moment, by any build of onebit. */

import type * as onebit from "onebit";

export async function smallRun(
  {
    adam,
    batchNorm,
    binaryDense,
    compile,
    cosine,
    scale,
    sequential,
    sign,
    threshold,
  }: Pick<
    typeof onebit,
    "adam" | "batchNorm" | "binaryDense" | "compile" | "cosine" | "scale" | "sequential" | "sign" | "threshold"
  >,
  threads: number | "auto" = "auto",
): Promise<onebit.Model> {
  const network = sequential(threshold(127), [binaryDense(64), batchNorm(), sign(), binaryDense(2), scale()]);
  const inputs = Uint8Array.from({ length: 200 * 16 }, (_, i) => (i * i * 37) % 251);
  const labels = Uint8Array.from({ length: 200 }, (_, i) => i % 2);
  const data = { inputs, labels, shape: [4, 4, 1], classes: ["even", "odd"] };
  const options = { optimizer: adam({ rate: 1e-3, clip: true }), schedule: cosine(), threads };
  const trainer = await compile(network, data, options);
  await trainer.fit({ epochs: 3 });
  const model = trainer.freeze();
  await trainer.close();
  return model;
}
