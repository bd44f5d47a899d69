/** onebit data */

import type { Command } from "commander";
import { type DataSetDescription, describeDataSet } from "../../data/describe.ts";
import { loadDataSet } from "../../node/data-sets.ts";
import { type Io, writeJson } from "../io.ts";
import { addExample, addJsonOption } from "../options.ts";
import { count, percent, table } from "../terminal.ts";

interface DataOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Check a data set and describe it: sizes, classes, grey values, SHA-256.")
    .option("--data <set>", "mnist, fashion-mnist, mnist:IMAGES or idx:DIR", "mnist");
  addJsonOption(command);
  addExample(command, "onebit data --data fashion-mnist");
  command.action(async ({ data, json }: DataOptions) => {
    const description = describeDataSet(await loadDataSet(data));
    if (json) writeJson(io.stdout, description);
    else io.stdout.write(descriptionText(description));
  });
}

function descriptionText({ name, height, width, classes, train, test }: DataSetDescription): string {
  const row = (what: string, of: (set: typeof train) => string) => [what, of(train), of(test)];
  return `${name}: ${height} × ${width} pixels, ${classes} classes\n\n${table([
    ["", "train", "test"],
    row("images", (set) => count(set.count)),
    row("mean pixel", (set) => set.meanPixel.toFixed(2)),
    row("pixels above 127", (set) => percent(set.shareAbove127)),
    ...train.perClass.map((_, label) => row(`class ${label}`, (set) => count(set.perClass[label]!))),
  ])}
SHA-256 of the uncompressed files
  train images  ${train.sha256.images}
  train labels  ${train.sha256.labels}
  test images   ${test.sha256.images}
  test labels   ${test.sha256.labels}
`;
}
