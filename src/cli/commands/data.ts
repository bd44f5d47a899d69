/** onebit data */

import type { Command } from "commander";
import { shapeText } from "../../core/shape.ts";
import { type DataSetDescription, describeDataSet, type SamplesDescription } from "../../data/describe.ts";
import { dataSpecForms, loadDataSet } from "../../node/data-sets.ts";
import { type Io, writeJson } from "../io.ts";
import { addExample, addJsonOption } from "../options.ts";
import { shown } from "../shown.ts";
import { count, percent, table } from "../terminal.ts";

interface DataOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function define(command: Command, io: Io): void {
  command
    .description("Check a data set and describe it: shape, classes, numbers, SHA-256.")
    .option("--data <set>", dataSpecForms, "mnist");
  addJsonOption(command);
  addExample(command, "onebit data --data fashion-mnist");
  command.action(async ({ data, json }: DataOptions) => {
    const description = describeDataSet(await loadDataSet(data));
    if (json) writeJson(io.stdout, description);
    else io.stdout.write(descriptionText(description));
  });
}

function descriptionText({ name, shape, classes, train, test }: DataSetDescription): string {
  const parts: [string, SamplesDescription][] = [
    ["train", train],
    ...(test ? [["test", test] as [string, typeof test]] : []),
  ];
  const row = (what: string, of: (set: SamplesDescription) => string) => [what, ...parts.map(([, set]) => of(set))];
  const digests = parts.flatMap(([part, { sha256 }]) =>
    (["inputs", "labels"] as const).map((kind) => `  ${`${part} ${kind}`.padEnd(12)}  ${sha256[kind] ?? "–"}\n`),
  );
  const named = (label: number) => (classes[label] === String(label) ? `class ${label}` : `${label} ${classes[label]}`);
  return `${shown(name)}: ${shapeText(shape)}, ${classes.length} classes\n\n${table([
    ["", ...parts.map(([part]) => part)],
    row("samples", (set) => count(set.count)),
    row("mean", (set) => set.mean.toFixed(2)),
    row("numbers above 127", (set) => (set.shareAbove127 === null ? "–" : percent(set.shareAbove127))),
    ...train.perClass.map((_, label) => row(named(label), (set) => count(set.perClass[label]!))),
  ])}
SHA-256 of the uncompressed files
${digests.join("")}`;
}
