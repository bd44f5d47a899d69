/** assembly/index.ts exports exactly the kernels that are declared, and each takes what is declared: the addresses of
 *  its arrays, its numbers, and its share. What is embedded is built of it. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { sources } from "../../src/kernels/generated/wasm.ts";
import { type KernelName, kernels } from "../../src/kernels/kernels.ts";

const folder = fileURLToPath(new URL("../../assembly/", import.meta.url));
const parse = (name: string) =>
  ts.createSourceFile(name, readFileSync(`${folder}${name}.ts`, "utf8"), ts.ScriptTarget.Latest, true);

interface Exported {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, type: string])[];
}

/** What the modules that index.ts exports as a whole export; anything but a function has no parameters. */
function exported(): Exported[] {
  return parse("index").statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    if (statement.exportClause !== undefined) throw new Error("index.ts names exports one by one");
    return exportsOf((statement.moduleSpecifier as ts.StringLiteral).text.replace("./", ""));
  });
}

function exportsOf(module: string): Exported[] {
  return parse(module).statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (!ts.isFunctionDeclaration(statement)) return [{ name: statement.getText(), parameters: [] }];
    const parameters = statement.parameters.map(({ name, type }) => [name.getText(), type!.getText()] as const);
    return [{ name: statement.name!.text, parameters }];
  });
}

const functions = new Map(exported().map(({ name, parameters }) => [name, parameters]));

test("assembly/ exports the declared kernels and nothing else", () => {
  expect([...functions.keys()].sort()).toEqual(Object.keys(kernels).sort());
});

test.each(Object.keys(kernels) as KernelName[])("%s takes what is declared", (name) => {
  const { arrays, numbers } = kernels[name];
  const parameters = functions.get(name)!;
  expect(parameters.map(([name]) => name)).toEqual([...Object.keys(arrays), ...numbers, "lo", "hi"]);
  const addresses = parameters.filter(([, type]) => type === "usize").map(([name]) => name);
  expect(addresses).toEqual(Object.keys(arrays));
});

test("the embedded modules are built of what is in assembly/", async () => {
  const script = new URL("../../scripts/kernel-sources.mjs", import.meta.url).href;
  const { kernelSources } = (await import(script)) as { kernelSources(): string };
  expect(sources, "Run npm run build:kernels.").toBe(kernelSources());
});
