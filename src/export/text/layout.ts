/** What the text files look like, for the one that writes them and the one that reads them. */

/** The order of a layer's weights: "source" runs over the inputs and for each over the neurons it leads to, as the report
 *  does; "target" over the neurons and for each over its inputs. */
export const ORDERS = ["source", "target"] as const;
export type Order = (typeof ORDERS)[number];

/** The format's name. */
export const TEXT = "text";
export const WEIGHTS = "weights.txt";
export const THRESHOLDS = "thresholds.txt";
export const SCORES = "scores.txt";

export const BITS = { "0": -1, "1": 1 };
export const COMPARISON = ">=";
export const ZERO = 0x30; // "0"; "1" follows it
export const NEWLINE = 0x0a;

/** Where a layer's text has the weight of input `column` to neuron `row`. */
export function place(
  { rows, columns }: { rows: number; columns: number },
  order: Order,
  row: number,
  column: number,
): number {
  return order === "source" ? column * rows + row : row * columns + column;
}
