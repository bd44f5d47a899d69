/** What documents name is there: the files that links lead to, their headings, and the paths that prose names. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((name) => join("docs", name).replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/api/")),
];
const read = (name: string) => readFileSync(join(root, name), "utf8");
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");

/** The name of a heading in a link, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

test.each(documents)("the links of %s lead somewhere", (name) => {
  for (const [, target] of prose(read(name)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [path, anchor] = target!.split("#");
    const file = path === "" ? name : join(dirname(name), path!);
    expect(existsSync(join(root, file)), `${name}: ${target}`).toBe(true);
    if (anchor === undefined) continue;
    const headings = [...prose(read(file)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
    expect(headings, `${name}: ${target}`).toContain(anchor);
  }
});

test.each(documents.filter((name) => name !== "CHANGELOG.md"))("the paths that %s names are there", (name) => {
  for (const [, path] of prose(read(name)).matchAll(/`((?:src|test|assembly|examples|report|hdl|docs)\/[\w./-]+)`/g)) {
    if (/\/(generated|api)\b/.test(path!)) continue;
    expect(existsSync(join(root, path!)), `${name}: ${path}`).toBe(true);
  }
});

test("the scripts that documents run are those of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  for (const name of documents) {
    for (const [, script] of read(name).matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script!]);
  }
});
