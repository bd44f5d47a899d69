/** docs/architecture.md says which room of src/ may import which, and what the report may. The table there is read here: the two are one. */

import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Import {
  /** A path from the repository's root, or a package's specifier. */
  readonly target: string;
  /** `import type` and the like, of which nothing is left at run time. */
  readonly type: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  /** "Math.random", "console.log" … as they are written. */
  readonly accesses: readonly string[];
}

interface Room {
  readonly name: string;
  /** Rooms it may import by `import`, and by `import type` only; undefined when anything may be. */
  readonly allowed: ReadonlySet<string> | undefined;
  readonly types: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

/** Every import, re-export, `import()` and `import("…")` type of a file, and the members of globals it reads. */
function parse(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  const accesses: string[] = [];
  const add = (specifier: ts.Node | undefined, type: boolean) => {
    if (specifier === undefined) return;
    if (!ts.isStringLiteralLike(specifier)) throw new Error(`${path} imports what only running it would tell`);
    const { text } = specifier;
    imports.push({ target: text.startsWith(".") ? posix.join(posix.dirname(path), text) : text, type });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isPropertyAccessExpression(node)) accesses.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, imports, accesses };
}

function filesOf(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .map((path) => parse(path, readFileSync(join(root, path), "utf8")));
}

/** The rows | `src/room/` | holds | may import | packages | of the document's table. */
function readRooms(document: string): Room[] {
  return [...document.matchAll(/^\| `((?:src|assembly|report)\/[^`]*)` \|[^|]*\|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, path, importable, packages]) => {
      const items = importable!.trim() === "–" ? [] : importable!.split(",").map((item) => item.trim());
      const types = items.filter((item) => item.endsWith(" (types)")).map((item) => item.slice(0, -" (types)".length));
      return {
        name: roomOf(path!),
        allowed: items[0] === "anything" ? undefined : new Set(items.filter((item) => !item.endsWith(" (types)"))),
        types: new Set(types),
        packages: new Set([...packages!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)),
      };
    },
  );
}

/** "core" of src/core/bits.ts, "assembly" of assembly/index.ts, "index.ts" of src/index.ts, "report" of report/src/page.ts. */
function roomOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "src" ? second! : first!;
}

/** "@s/p" of "@s/p/deep.js". Each entry point of onebit is a package of its own. */
function packageOf(specifier: string): string {
  if (specifier.startsWith("onebit/")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const isRelative = ({ target }: Import) => /^(src|assembly|report|package\.json)\b/.test(target);

/** What a file imports and its room may not. */
function trespasses({ path, imports }: SourceFile, { name, allowed, types, packages }: Room): string[] {
  return imports
    .filter((entry) => {
      if (entry.target.startsWith("node:")) return false; // has its own test
      if (!isRelative(entry)) return !packages.has(packageOf(entry.target));
      const room = roomOf(entry.target);
      return !(room === name || allowed === undefined || allowed.has(room) || (entry.type && types.has(room)));
    })
    .map(({ target, type }) => `${path} imports ${type ? "types of " : ""}${target}`);
}

/** A path of imports that ends where it began, or undefined. */
function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** All that a file reaches by its imports, and theirs. */
function reach(path: string, files: readonly SourceFile[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set([path]);
  for (const next of reached) for (const { target } of byPath.get(next)?.imports ?? []) reached.add(target);
  return reached;
}

const files = [...filesOf("src"), ...filesOf("assembly"), ...filesOf("report/src")];
const rooms = readRooms(readFileSync(join(root, "docs/architecture.md"), "utf8"));

describe("src/ and report/src/", () => {
  test("has exactly the rooms of the table", () => {
    expect(rooms.map(({ name }) => name).sort()).toEqual([...new Set(files.map(({ path }) => roomOf(path)))].sort());
  });

  test.each(rooms)("$name imports what the table allows", (room) => {
    expect(files.filter(({ path }) => roomOf(path) === room.name).flatMap((file) => trespasses(file, room))).toEqual(
      [],
    );
  });

  test("has no cycles", () => {
    expect(findCycle(files)).toBeUndefined();
  });

  test("infer.ts reaches the frozen model and nothing else", () => {
    const reached = [...reach("src/infer.ts", files)].map((path) =>
      path.startsWith("src/") ? roomOf(path) : packageOf(path),
    );
    expect([...new Set(reached)].sort()).toEqual(["core", "images", "infer", "infer.ts", "model"]);
  });

  test("uses node: modules in src/cli and src/node alone", () => {
    const users = files.filter(({ imports }) => imports.some(({ target }) => target.startsWith("node:")));
    expect([...new Set(users.map(({ path }) => roomOf(path)))].sort()).toEqual(["cli", "node"]);
  });

  test.each(["src/index.ts", "src/plots.ts"])("%s reaches neither of the two", (entry) => {
    const reached = [...reach(entry, files)].filter((path) => path.startsWith("src/"));
    expect(reached.filter((path) => ["cli", "node", "node.ts"].includes(roomOf(path)))).toEqual([]);
  });

  test("has no chance, time, process or terminal outside src/cli", () => {
    const uses = files
      .filter(({ path }) => roomOf(path) !== "cli")
      .flatMap(({ path, accesses }) => accesses.map((access) => `${path}: ${access}`))
      .filter((use) => /: (Math\.random|Date\.now|(process|console)\.\w+)$/.test(use));
    expect(uses).toEqual([]);
  });
});

describe("what the tests above rely on", () => {
  const sample = parse(
    "src/a/b.ts",
    `import x from "pkg/deep"; import type { Y } from "../c/d.ts"; import { type Z } from "@s/p"; export * from "./e.ts";
     export type { W } from "../f.ts"; const g = () => import("node:fs"); type H = import("../h/i.ts").H; import "../j/k.ts";
     const t = Date.now(); // Math.random()`,
  );

  test("every form of import is seen", () => {
    expect(sample.imports).toEqual([
      { target: "pkg/deep", type: false },
      { target: "src/c/d.ts", type: true },
      { target: "@s/p", type: false }, // verbatimModuleSyntax leaves an import for its side effects
      { target: "src/a/e.ts", type: false },
      { target: "src/f.ts", type: true },
      { target: "node:fs", type: false },
      { target: "src/h/i.ts", type: true },
      { target: "src/j/k.ts", type: false },
    ]);
    expect(sample.accesses).toEqual(["Date.now"]);
    expect(() => parse("src/a/b.ts", "import(name)")).toThrow("src/a/b.ts");
  });

  test("trespasses are told apart from visits", () => {
    const [room] = readRooms("| `src/a/` | samples | c (types), h (types), j (types) | `pkg`, `@s/p` |\n");
    expect(trespasses(sample, room!)).toEqual([
      "src/a/b.ts imports types of src/f.ts",
      "src/a/b.ts imports src/j/k.ts",
    ]);
    const [open] = readRooms("| `src/a/` | samples | anything | `pkg` |\n");
    expect(trespasses(sample, open!)).toEqual(["src/a/b.ts imports @s/p"]);
    const entries = parse("report/src/a.ts", 'import "onebit"; import "onebit/infer"; import "../../src/index.ts";');
    const [outside] = readRooms("| `report/src/` | samples | – | `onebit` |\n");
    expect(trespasses(entries, outside!)).toEqual([
      "report/src/a.ts imports onebit/infer",
      "report/src/a.ts imports src/index.ts",
    ]);
    const [closed] = readRooms("| `src/a/` | samples | – | – |\n");
    expect(trespasses(sample, closed!)).toHaveLength(6);
  });

  test("cycles and reach go through several files", () => {
    const chain = [
      parse("src/a.ts", 'import "./b.ts"'),
      parse("src/b.ts", 'import type { C } from "./c.ts"'),
      parse("src/c.ts", 'import "./d.ts"'),
    ];
    expect(findCycle(chain)).toBeUndefined();
    expect([...reach("src/b.ts", chain)]).toEqual(["src/b.ts", "src/c.ts", "src/d.ts"]);
    expect(findCycle([...chain, parse("src/d.ts", 'import "./b.ts"')])).toEqual([
      "src/b.ts",
      "src/c.ts",
      "src/d.ts",
      "src/b.ts",
    ]);
  });
});
