/** Images as a network sees them: the bits that an encoder makes of them, repetition by repetition. */

import { binaryDense, compile, type Encoder, scale, sequential, unpackSigns } from "onebit";

/** images: [count, size], the first of a training set: what is random depends on a sample's number, and these are 0 … count − 1.
 *  Returns the bits, 0 or 1, [count, size], of the repetition that is asked for. */
export async function encodings(
  encoder: Encoder<"bits">,
  images: Uint8Array,
  count: number,
  seed: number,
): Promise<(repetition: number) => Uint8Array> {
  const network = sequential(encoder, [binaryDense(2), scale()]);
  const options = { batch: count, seed, threads: 1 }; // no thread to end
  const trainer = await compile(network, { shape: [images.length / count] }, options);
  trainer.encode(images);
  return (repetition) => {
    const encoded = trainer.encode(undefined, { repetition });
    if (!("bytes" in encoded)) throw new TypeError("the encoder gives no bits");
    return Uint8Array.from(unpackSigns(encoded), (sign) => Number(sign > 0));
  };
}
