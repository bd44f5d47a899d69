/** The package as it is packed: no import of Node's modules where pages go, small in a page, and one file without a
 *  bundler. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as onebit from "onebit";
import type { Browser } from "playwright-core";
import ts from "typescript";
import { createServer } from "vite";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launch, visit } from "./browser.ts";
import { ISOLATING, serve } from "./server.ts";
import { smallRun } from "./site/small-run.ts";

const site = inject("site");
const folder = join(site, "node_modules/onebit");
const dist = join(folder, "dist");

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe("what is packed", () => {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | Record<string, string>>;
  };

  test("every entry point is there, with types and source maps", () => {
    const entries = [".", "./node", "./infer", "./plots", "./config.schema.json", "./package.json"];
    expect(Object.keys(exports)).toEqual(entries);
    const files = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)));
    for (const file of files) expect(readFileSync(join(folder, file)).length, file).toBeGreaterThan(0);
    const code = ["", "chunks"].flatMap((name) => readdirSync(join(dist, name)).map((file) => join(dist, name, file)));
    // The files without a map have no code of onebit: they hand on what others export, or are the bundler's own.
    const unmapped = code.filter((file) => file.endsWith(".js") && !code.includes(`${file}.map`));
    for (const file of unmapped) expect(readFileSync(file, "utf8"), file).not.toContain("#region src/");
    expect(unmapped.length).toBeLessThan(code.length / 4);
  });

  test.each(["index.js", "infer.js", "onebit.min.js", "infer.min.js"])("%s imports no module of Node", (name) => {
    const { specifiers, files, required } = reach(join(dist, name));
    expect(specifiers.filter((specifier) => !specifier.startsWith("."))).toEqual([]);
    expect(required).toEqual([]);
    expect(files.length).toBeGreaterThanOrEqual(name.endsWith(".min.js") ? 1 : 3);
    if (name.endsWith(".min.js")) expect(files).toEqual([join(dist, name)]);
  });

  test("the types are in order, without skipLibCheck, for a layer with a zod of its own, too", () => {
    const root = join(import.meta.dirname, "../..");
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2023,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
      module: ts.ModuleKind.NodeNext,
      paths: Object.fromEntries(
        ["", "/node", "/infer"].map((at) => [`onebit${at}`, [join(dist, `${at.slice(1) || "index"}.d.ts`)]]),
      ),
    };
    const names = ["own-layer.ts", "own-loop.ts", "own-network.ts"].map((name) => join(root, "examples", name));
    const found = ts.getPreEmitDiagnostics(ts.createProgram({ rootNames: names, options }));
    expect(
      found.map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, "\n")]),
    ).toEqual([]);
  });

  test("what needs Node is found where it is imported", () => {
    expect(reach(join(dist, "node.js")).specifiers).toContain("node:fs/promises");
  });
});

/** The modules that a file and what it imports import, and the names that they call `require`. */
function reach(start: string) {
  const files: string[] = [];
  const specifiers = new Set<string>();
  const required: string[] = [];
  const enter = (path: string): void => {
    if (files.includes(path)) return;
    files.push(path);
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
    const walk = (node: ts.Node): void => {
      const called = ts.isCallExpression(node) ? node : undefined;
      const specifier =
        ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
          ? node.moduleSpecifier
          : called?.expression.kind === ts.SyntaxKind.ImportKeyword
            ? called.arguments[0]
            : undefined;
      if (called && ts.isIdentifier(called.expression) && /require/i.test(called.expression.text)) {
        required.push(called.expression.text);
      }
      if (specifier && ts.isStringLiteralLike(specifier)) {
        specifiers.add(specifier.text);
        if (specifier.text.startsWith(".")) enter(join(path, "..", specifier.text));
      }
      ts.forEachChild(node, walk);
    };
    walk(source);
  };
  enter(start);
  return { files, specifiers: [...specifiers], required };
}

describe("as Vite bundles it", () => {
  test("nothing is warned of", () => {
    expect(inject("warnings")).toEqual([]);
  });

  // The sizes that documents promise, in bytes.
  test.each([
    ["smallest", 90_000],
    ["classify", 15_000],
  ])("the page %s downloads at most %i bytes of scripts, gzipped", (name, most) => {
    const assets = join(site, "dist", name, "assets");
    const scripts = readdirSync(assets).map((file) => gzipSync(readFileSync(join(assets, file)), { level: 9 }).length);
    const size = scripts.reduce((sum, bytes) => sum + bytes, 0);
    console.log(`${name}: ${size} bytes`);
    expect(size).toBeGreaterThan(most / 2);
    expect(size).toBeLessThanOrEqual(most);
  });

  test("the smallest page that trains ends with Node's model", async () => {
    const server = await serve({ root: join(site, "dist/smallest") });
    const page = await browser.newPage();
    await page.goto(`${server.origin}/smallest.html`);
    const { hash } = await smallRun(onebit);
    await page.waitForFunction((title) => document.title === title, hash);
    await page.close();
    await server.close();
  });
});

test("without a bundler, a page takes one file to train and one to classify", async () => {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  const run = ts.transpile(readFileSync(join(site, "small-run.ts"), "utf8"), options);
  const files = {
    "/onebit.min.js": readFileSync(join(dist, "onebit.min.js")),
    "/infer.min.js": readFileSync(join(dist, "infer.min.js")),
    "/small-run.js": new TextEncoder().encode(run),
  };
  const server = await serve({ root: site, files });
  const page = await browser.newPage();
  await page.goto(`${server.origin}/plain.html`);
  const done = await page.waitForFunction(() => (globalThis as { done?: object }).done);
  const model = await smallRun(onebit);
  expect(await done.jsonValue()).toEqual({ hash: model.hash, classes: [...model.classify(new Uint8Array(32))] });
  await page.close();
  await server.close();
});

test("the development server of Vite serves it: training in a worker, on threads", async () => {
  const server = await createServer({
    root: site,
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    server: { host: "127.0.0.1", headers: ISOLATING },
  });
  await server.listen(0);
  try {
    const page = await visit(browser, server.resolvedUrls!.local[0]!);
    const known = await page.run("page", "known", {});
    expect(known.value).toEqual({ formats: Object.keys(onebit.exporters), oneError: true });
    const here = await smallRun(onebit);
    const { value, error } = await page.run("worker", "small", { threads: 2 });
    expect({ value, error }).toEqual({ value: { threads: 2, hash: here.hash }, error: undefined });
    expect(page.errors).toEqual([]);
    await page.close();
  } finally {
    await server.close();
  }
});
