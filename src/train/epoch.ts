/** One epoch of training, and one pass over the images held out. */

import type { RunConfig } from "../config/config.ts";
import { OnebitError } from "../core/errors.ts";
import { below, randomWords } from "../core/random.ts";
import { epochOrder } from "../data/split.ts";
import { learningRate } from "../optim/schedules.ts";
import type { Network } from "./network.ts";

/** What an epoch has added up so far. */
export interface Tally {
  steps: number;
  images: number;
  /** Sum over the images. */
  loss: number;
  correct: number;
}

/** Steps of an epoch: whole batches, as often as the binarization is repeated. */
export function stepsPerEpoch({ batch, binarize }: RunConfig, images: number): number {
  return Math.floor(images / batch) * (binarize.kind === "probability" ? binarize.repetitions : 1);
}

/** Trains on the images `train` (indices) in the order of `epoch` (1, 2, 3 …), one step each time it is asked for more.
 *  With repetitions the epoch is run that often on the same images in the same order, each time binarized anew (report,
 *  section 5.1.2). Throws `diverged` at the step that makes the loss no number, and at the end when a parameter is none. */
export function* runEpoch(network: Network, train: Int32Array, epoch: number): Generator<Tally, Tally> {
  const { config, board, optimizer } = network;
  const { batch, seed } = config;
  const order = epochOrder(train, seed, epoch);
  const moves = randomMoves(config, epoch);
  const total = stepsPerEpoch(config, order.length);
  const batches = Math.floor(order.length / batch);
  const tally: Tally = { steps: 0, images: 0, loss: 0, correct: 0 };
  while (tally.steps < total) {
    const first = (tally.steps % batches) * batch;
    board.indices.set(order.subarray(first, first + batch));
    if (moves) for (let b = 0; b < batch; b++) board.moves.set(moves(board.indices[b]!), 2 * b);
    // The random binarization of each repetition of each epoch is a draw of its own.
    board.draw[2] = ((epoch - 1) * total) / batches + Math.floor(tally.steps / batches);
    const progress = epoch - 1 + tally.steps / total;
    const step = (epoch - 1) * total + tally.steps + 1;
    board.rounding[2] = step;
    const rate = learningRate(config.schedule, config.learningRate, progress, config.epochs);
    board.rates.set(optimizer.rates(rate, step));
    network.step();
    tally.steps += 1;
    tally.images += batch;
    for (let b = 0; b < batch; b++) {
      tally.loss += board.loss[b]!;
      if (board.predicted[b] === board.labels[board.indices[b]!]) tally.correct += 1;
    }
    if (!Number.isFinite(tally.loss)) throw diverged("the loss", `at step ${tally.steps} of epoch ${epoch}`);
    yield tally;
  }
  // sign hides a number that is lost from the loss. Millions of weights are looked at once an epoch, not each step.
  for (const [name, values] of network.arrays) {
    if (!values.every(Number.isFinite)) throw diverged(name, `at the end of epoch ${epoch}`);
  }
  return tally;
}

function diverged(what: string, when: string): OnebitError {
  return new OnebitError("diverged", `${what} is no longer a finite number ${when}`, "Take a smaller learning rate.");
}

/** Where an image (an index) is moved in `epoch`: uniform in ±shift pixels, right and down. Undefined without shifts. */
function randomMoves({ shift, seed }: RunConfig, epoch: number): ((image: number) => [number, number]) | undefined {
  if (shift === 0) return undefined;
  return (image) => {
    const next = randomWords(seed, "shift", epoch, image);
    return [below(next(), 2 * shift + 1) - shift, below(next(), 2 * shift + 1) - shift];
  };
}

/** Share of the binary weights whose sign a step changed, mean over `steps`, since it was last asked. 0 without binary
 *  layers. */
export function takeFlipRatio(network: Network, steps: number): number {
  let flips = 0;
  let weights = 0;
  for (const stage of network.stages) {
    if (stage.flips === undefined) continue;
    for (const row of stage.flips) flips += row;
    for (const { rows, width } of stage.parameters) weights += rows * width;
    stage.flips.fill(0);
  }
  return weights > 0 ? flips / (weights * steps) : 0;
}

/** Accuracy on the training set's images `held` (indices), unmoved, by the running estimates of batch norm. */
export function validate(network: Network, held: Int32Array): number {
  const { board, config } = network;
  board.moves.fill(0);
  let correct = 0;
  for (let first = 0; first < held.length; first += config.batch) {
    const indices = held.subarray(first, first + config.batch); // the rest of the last batch is what was there before
    board.indices.set(indices);
    network.validate();
    for (const [b, image] of indices.entries()) if (board.predicted[b] === board.labels[image]) correct += 1;
  }
  return correct / held.length;
}
