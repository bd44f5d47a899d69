/** A trained network: it classifies, and it can be frozen. */

import type { RunConfig } from "../config/config.ts";
import { OnebitError } from "../core/errors.ts";
import type { MachineOptions } from "../kernels/machine.ts";
import type { Stage } from "../layers/layer.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import { buildNetwork, evaluationInput, type Input, type Network } from "./network.ts";

export interface TrainedNetwork {
  readonly config: RunConfig;
  /** Epochs it was trained. */
  readonly epoch: number;
  readonly input: Input;
  readonly stages: readonly Stage[];
  /** Classes of `count` images, u8 [count, pixels], by the running estimates of batch norm. Throws `shape` when the
   *  images' size does not fit. */
  predict(images: Uint8Array, count: number): Uint8Array;
  /** Ends its threads; it can still be frozen. */
  close(): void;
}

/** The network of a checkpoint. */
export async function openTrained(checkpoint: Uint8Array, options: MachineOptions = {}): Promise<TrainedNetwork> {
  const { config, epoch, arrays } = decodeCheckpoint(checkpoint);
  const network = await buildNetwork(config, undefined, options);
  restore(network, arrays);
  return trained(network, epoch);
}

/** Sets all arrays of a network from a checkpoint's. Throws `checkpoint` when they are others. */
export function restore(network: Network, arrays: ReadonlyMap<string, Float32Array>): void {
  for (const [name, values] of network.arrays) {
    const saved = arrays.get(name);
    if (saved?.length !== values.length) {
      throw new OnebitError("checkpoint", `the checkpoint's array ${name} does not fit the network`);
    }
    values.set(saved);
  }
  network.pack();
}

export function trained(network: Network, epoch: number): TrainedNetwork {
  const { config, stages, board } = network;
  const { batch, layers } = config;
  const pixels = layers[0]!;
  return {
    config,
    epoch,
    input: evaluationInput(config),
    stages,
    predict(images, count) {
      if (images.length !== count * pixels) {
        throw new OnebitError(
          "shape",
          `${count} images of ${pixels} pixels are ${count * pixels} bytes, not ${images.length}`,
        );
      }
      const classes = new Uint8Array(count);
      for (let first = 0; first < count; first += batch) {
        const some = Math.min(batch, count - first);
        board.pixels.set(images.subarray(first * pixels, (first + some) * pixels));
        network.infer();
        classes.set(board.predicted.subarray(0, some), first);
      }
      return classes;
    },
    close: () => network.close(),
  };
}
