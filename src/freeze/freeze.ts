/** From trained layers to a frozen model: each layer says what it does (src/layers/freezer.ts), and the sums of ±1 weights, the
 *  lines behind them and the sign that closes them become bits and integers. */

import type { BitMatrix } from "../core/bits.ts";
import { OnebitError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Freezer, Line } from "../layers/freezer.ts";
import type { Stage } from "../layers/layer.ts";
import type { FrozenEncoder, FrozenLayer, FrozenModel, Operand } from "../model/model.ts";
import { foldHidden, foldOutput, type Open } from "./fold.ts";

/** A layer that is trained, and what it is called in messages. */
export interface Freezable extends Pick<Stage, "freeze"> {
  readonly title: string;
}

/** The frozen model of a network. It shares no memory with it. `encoder.frozen` is undefined where it has no frozen form.
 *  Throws `freeze` naming the encoder or the first layer that has none where it stands, or a number that is not finite. */
export function freeze(
  encoder: { readonly title: string; readonly frozen: FrozenEncoder | undefined },
  shape: Shape,
  layers: readonly Freezable[],
): FrozenModel {
  if (encoder.frozen === undefined) throw unfit(`the encoder ${encoder.title}`, "");
  const folding = new Folding();
  for (const [i, { title, freeze }] of layers.entries()) {
    if (freeze === undefined) throw unfit(`layers[${i}], ${title},`, "");
    folding.at = `layers[${i}], ${title},`;
    freeze(folding);
  }
  return { encoder: encoder.frozen, shape, layers: folding.end() };
}

class Folding implements Freezer {
  /** The layer whose turn it is, for messages. */
  at = "";
  readonly #layers: FrozenLayer[] = [];
  #open: Omit<Open, "lines"> | undefined;
  #lines: Line[] = [];

  product(signs: BitMatrix, operand: Operand): void {
    if (this.#open !== undefined) throw unfit(this.at, "its input is not of bits");
    this.#open = { signs, operand, name: this.at.replace(/,$/, "") };
    this.#lines = [];
  }

  line(line: Line): void {
    if (this.#open === undefined) throw unfit(this.at, "no sum of ±1 weights is before it");
    this.#lines.push(line);
  }

  sign(strict: boolean): void {
    if (this.#open === undefined) throw unfit(this.at, "no sum of ±1 weights is before it");
    this.#layers.push(foldHidden({ ...this.#open, lines: this.#lines }, strict));
    this.#open = undefined;
  }

  end(): readonly FrozenLayer[] {
    if (this.#open === undefined) throw unfit("the network", "no scores of classes are at its end");
    return [...this.#layers, foldOutput({ ...this.#open, lines: this.#lines })];
  }
}

function unfit(what: string, why: string): OnebitError {
  return new OnebitError(
    "freeze",
    `${what} has no frozen form${why === "" ? "" : ` where it stands: ${why}`}`,
    "Networks freeze that are binaryDense, then batchNorm, scale or offset, then sign, and so on, on bits or 8-bit pixels.",
  );
}
