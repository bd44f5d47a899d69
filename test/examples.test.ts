/** Every program of examples/ runs, and prints what it promises. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDataSet } from "onebit/node";
import ts from "typescript";
import { expect, test, vi } from "vitest";

const folder = fileURLToPath(new URL("../examples", import.meta.url));

/** What the program prints. */
async function output(name: string): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await import(join(folder, name));
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

/** The number that stands in the place of the pattern's group. */
function number(text: string, pattern: RegExp): number {
  const [, found] = pattern.exec(text) ?? [];
  expect(found, `${pattern} in:\n${text}`).toBeDefined();
  return Number(found);
}

test("own-network trains, and its model becomes C", async () => {
  const text = await output("own-network.ts");
  expect(text).toContain("epoch 4 ");
  expect(text).toContain("stopped: epochs");
  expect(number(text, /test accuracy (.*) %/)).toBeGreaterThan(85);
  expect(text).toContain("the first test image is a 7");
  expect(number(text, /^digits\.c: (\d+) bytes$/m)).toBeGreaterThan(1000);
});

test("own-arrays tells stripes apart, by their names", async () => {
  const text = await output("own-arrays.ts");
  expect(number(text, /accuracy (.*)/)).toBeGreaterThan(0.95);
  expect(text).toMatch(/^ +horizontal +vertical +diagonal$/m);
  expect(number(text, /^diagonal +\d+ +\d+ +(\d+)$/m)).toBeGreaterThan(180);
  expect(number(text, /vertical: precision .*, recall (.*)/)).toBeGreaterThan(0.9);
});

test("own-loop learns by either loop", async () => {
  const text = await output("own-loop.ts");
  expect(number(text, /round 3 .* (\d+) samples/)).toBeLessThan(number(text, /round 1 .* (\d+) samples/));
  expect(number(text, /test accuracy (.*)/)).toBeGreaterThan(0.7);
});

test("own-layer learns, and freezes exactly", async () => {
  const text = await output("own-layer.ts");
  const least = number(text, /shifts of (\S+) …/);
  expect(least).toBeLessThan(0);
  expect(number(text, /test accuracy (.*)/)).toBeGreaterThan(0.85);
  expect(text).toContain("differ on 0 test images");
});

const python = commandExists("python3");

test.skipIf(!python)("own-exporter's Python classifies as the model does", async () => {
  const program = await output("own-exporter.ts");
  const { test: set } = await loadDataSet("mnist:200");
  const pixels = JSON.stringify(
    Array.from({ length: 200 }, (_, i) => [...set.inputs.subarray(784 * i, 784 * (i + 1))]),
  );
  const main = `\nimport json, sys\nprint(*(classify(image) for image in json.load(sys.stdin)))`;
  const labels = execFileSync("python3", ["-c", program + main], { input: pixels, encoding: "utf8" })
    .trim()
    .split(" ");
  const right = labels.filter((label, i) => Number(label) === set.labels[i]).length;
  expect(right).toBeGreaterThan(160);
});

test("in-a-page is a page with a module that imports what onebit/infer has", async () => {
  const html = readFileSync(join(folder, "in-a-page", "index.html"), "utf8");
  const script = readFileSync(join(folder, "in-a-page", "main.js"), "utf8");
  expect(html).toContain('<script type="module" src="main.js">');
  for (const [, selector] of script.matchAll(/querySelector\("(#?)(\w+)"\)/g)) expect(selector).toBeDefined();
  for (const [, hash, name] of script.matchAll(/querySelector\("(#?)(\w+)"\)/g)) {
    expect(html).toContain(hash === "#" ? `id="${name}"` : `<${name}`);
  }
  const source = ts.createSourceFile("main.js", script, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const { diagnostics } = ts.transpileModule(script, { fileName: "main.js", reportDiagnostics: true });
  expect(diagnostics).toEqual([]);
  const infer: object = await import("onebit/infer");
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    expect((statement.moduleSpecifier as ts.StringLiteral).text).toBe("onebit/infer");
    const { namedBindings } = statement.importClause!;
    for (const { name } of (namedBindings as ts.NamedImports).elements) expect(infer).toHaveProperty(name.text);
  }
});

test("examples import what a user has", () => {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(ts|js)$/.test(name),
  )) {
    const text = readFileSync(join(folder, name), "utf8");
    for (const [, target] of text.matchAll(/from "([^"]+)"/g)) expect(target).toMatch(/^(onebit(\/\w+)?|zod\/mini)$/);
  }
});

test("every example is tested here", () => {
  const tests = readFileSync(fileURLToPath(import.meta.url), "utf8");
  for (const name of readdirSync(folder)) expect(tests).toContain(name);
});

function commandExists(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
