// Around `npm pack` and `npm publish`: what only a clone needs is not in the packed package.json.
//   strip    keeps package.json aside and takes scripts, development dependencies and tools' settings out of it
//   restore  puts it back

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const aside = "node_modules/.cache/onebit/package.json";
const OF_A_CLONE = ["workspaces", "scripts", "devDependencies", "knip"];

function strip() {
  restore(); // of a pack that was broken off
  const text = readFileSync("package.json", "utf8");
  const kept = Object.entries(JSON.parse(text)).filter(([key]) => !OF_A_CLONE.includes(key));
  mkdirSync("node_modules/.cache/onebit", { recursive: true });
  writeFileSync(aside, text);
  writeFileSync("package.json", `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

function restore() {
  if (existsSync(aside)) renameSync(aside, "package.json");
}

const step = { strip, restore }[process.argv[2]];
if (step === undefined) throw new Error("strip or restore");
step();
