/** How well classes were told apart, as a table. */

import type { Evaluation } from "../train/evaluate.ts";
import { count, percent, table } from "./terminal.ts";

/** The confusion matrix with recall at the right and precision below. */
export function confusionTable({ confusion, precision, recall, classes }: Evaluation): string {
  const show = (share: number | null) => (share === null ? "–" : percent(share));
  return table([
    ["label \\ predicted", ...classes, "recall"],
    ...confusion.map((row, label) => [classes[label]!, ...row.map(count), show(recall[label]!)]),
    ["precision", ...precision.map(show), ""],
  ]);
}
