/** How well classes were told apart, as a table that fits its width. */

import type { Evaluation } from "../train/evaluate.ts";
import { shown } from "./shown.ts";
import { count, percent, shortened, table } from "./terminal.ts";

/** The confusion matrix, a row a label and a column a predicted class, with recall and precision of the row's class;
 *  where it is wider than `width` characters, a row a class with the classes that it was most often taken for. */
export function confusionTable(evaluated: Evaluation, width: number): string {
  const evaluation = { ...evaluated, classes: evaluated.classes.map(shown) };
  return matrix(evaluation, width) ?? list(evaluation, width);
}

const NAME = 5; // the least of a name that is worth showing

/** Undefined when it does not fit. Columns with names that are wider than their counts are headed by numbers. */
function matrix({ confusion, precision, recall, classes }: Evaluation, width: number): string | undefined {
  const digits = Math.max(...confusion.flat().map((cell) => String(cell).length));
  const named = classes.every((name) => name.length <= Math.max(digits, NAME));
  const heads = classes.map((name, label) => (named ? name : String(label)));
  const cells = [heads, ...confusion.map((row) => row.map(String))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const counts = cells.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join(" "));
  const right = sharesTable(recall, precision);
  const room = width - counts[0]!.length - right[0]!.length - 4;
  const number = named ? 0 : String(classes.length - 1).length + 1;
  const longest = number + Math.max(...classes.map((name) => name.length));
  if (room < Math.max("label".length, Math.min(longest, number + NAME))) return undefined;
  const labels = classes.map((name, label) =>
    shortened(named ? name : `${String(label).padStart(number - 1)} ${name}`, room),
  );
  const rows = ["label", ...labels].map((label, i) => [label, counts[i]!, right[i]!]);
  const indent = " ".repeat(Math.max(...rows.map(([label]) => label!.length)) + 2);
  return `${indent}predicted\n${table(rows)}`;
}

/** Lines of recall and precision below their heads, all equally wide. */
function sharesTable(...[recall, precision]: readonly (readonly (number | null)[])[]): string[] {
  const rows = recall!.map((share, label) => [shareText(share), shareText(precision![label]!)]);
  return table([["recall", "precision"], ...rows], 0)
    .trimEnd()
    .split("\n");
}

function list({ confusion, precision, recall, classes }: Evaluation, width: number): string {
  const rows = classes.map((name, label) => {
    const row = confusion[label]!;
    const total = row.reduce((sum, cell) => sum + cell, 0);
    return [shortened(name, 16), count(total), shareText(recall[label]!), shareText(precision[label]!)];
  });
  const lines = table([["label", "count", "recall", "precision"], ...rows])
    .trimEnd()
    .split("\n");
  const room = width - lines[0]!.length - 2;
  const taken = confusion.map((row, label) => takenFor(row, label, classes, room));
  const text = ["taken for", ...taken].map((last, i) => `${lines[i]}  ${last}`.trimEnd());
  return `${text.join("\n")}\n\nThe ${classes.length} × ${classes.length} matrix is in the JSON that --json writes.\n`;
}

/** The other classes that a label was given, most often first, as many as there is room for: "o 12, q 3". */
function takenFor(row: readonly number[], label: number, classes: readonly string[], room: number): string {
  const others = row
    .map((times, other) => ({ times, other }))
    .filter(({ times, other }) => times > 0 && other !== label)
    .sort((a, b) => b.times - a.times || a.other - b.other)
    .map(({ times, other }) => `${shortened(classes[other]!, 16)} ${count(times)}`);
  let text = "";
  for (const [i, other] of others.entries()) {
    const longer = i === 0 ? other : `${text}, ${other}`;
    const more = i === others.length - 1 ? 0 : 3;
    if (longer.length + more > room) return i === 0 ? "…" : `${text}, …`;
    text = longer;
  }
  return text;
}

const shareText = (share: number | null) => (share === null ? "–" : percent(share));
