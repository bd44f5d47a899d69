/** From a trained network to its frozen model: each binary layer and the batch norm behind it become bits and integers. */

import { OnebitError } from "../core/errors.ts";
import type { Role } from "../layers/layer.ts";
import type { FrozenDense, FrozenEncoder, FrozenModel } from "../model/model.ts";
import { foldHidden, foldOutput, type Head } from "./fold.ts";

/** What freezing takes of a trained network. */
export interface Freezable {
  /** How it reads images when it is evaluated. */
  readonly input: FrozenEncoder;
  readonly stages: readonly { readonly role: Role }[];
}

/** The frozen model. It shares no memory with the network.
 *
 *  The stack must be  binaryDense, [batchNorm | scale], sign  for each hidden layer and  binaryDense, batchNorm | scale
 *  for the output. Throws `freeze` naming the first stage that does not fit, or a number that is not finite. */
export function freeze({ input, stages }: Freezable): FrozenModel {
  const roles = stages.map((stage) => stage.role);
  const hidden: FrozenDense[] = [];
  let at = 0;
  for (;;) {
    const dense = roles[at];
    if (dense?.kind !== "binary-dense") throw unfit(dense, "binary weights");
    const norm = roles[at + 1];
    if (norm?.kind !== "batch-norm" && norm?.kind !== "scale") throw unfit(norm, "batch norm or a scale");
    if (norm.kind === "scale" && !(norm.factor > 0)) {
      throw new OnebitError("freeze", `a scale of ${norm.factor} has no frozen form`, "Give it a positive factor.");
    }
    if (at + 2 === roles.length) {
      const output = foldOutput(dense.weights, dense.operand, norm satisfies Head, "output");
      const { columns } = (hidden[0] ?? output).weights;
      return { encoder: input, shape: [columns], layers: [...hidden, output] };
    }
    const sign = roles[at + 2];
    if (sign?.kind !== "sign") throw unfit(sign, "sign");
    const affine = norm.kind === "batch-norm" ? norm : undefined;
    hidden.push(foldHidden(dense.weights, dense.operand, affine, `hidden[${hidden.length}]`));
    at += 3;
  }
}

function unfit(role: Role | undefined, wanted: string): OnebitError {
  const found = role === undefined ? "the end of the stack" : role.kind === "other" ? role.name : role.kind;
  return new OnebitError(
    "freeze",
    `${found} has no frozen form where ${wanted} must be`,
    "Only networks of binary layers with sign between them freeze.",
  );
}
