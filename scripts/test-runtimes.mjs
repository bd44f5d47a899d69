// Runs dist/infer.js, built before, in Node, Deno and Bun: `npm run test:runtimes`, for the continuous integration. Deno and
// Bun are no dependencies of onebit's (200 MB): they come from npm when this is called, into node_modules/.cache.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PACKAGES = ["deno@2.9.6", "bun@1.4.5"];

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, "node_modules/.cache/onebit-runtimes");
mkdirSync(cache, { recursive: true });
writeFileSync(join(cache, "package.json"), '{"private": true, "type": "module"}\n');
run("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...PACKAGES]);

// Pictures of one grey each, of which no number has to be stored: pixel k of sample i is 51 i.
const fixtures = join(root, "test/model/fixtures");
const { threshold, pixels } = JSON.parse(readFileSync(join(fixtures, "version-1.json"), "utf8"));
const models = Object.entries({ threshold, pixels }).map(([kind, { hash }]) => ({
  hash,
  address: `data:;base64,${readFileSync(join(fixtures, `version-1-${kind}.onebit`)).toString("base64")}`,
}));
const folder = mkdtempSync(join(tmpdir(), "onebit-runtimes-")); // Deno takes what is below node_modules for packages
const check = join(folder, "check.mjs");
writeFileSync(
  check,
  `import { fromCanvas, open } from ${JSON.stringify(pathToFileURL(join(root, "dist/infer.js")))};
for (const { hash, address } of ${JSON.stringify(models)}) {
  const [fast, plain] = [await open(address), await open(address, { engine: "plain" })];
  const inputs = new Uint8Array(6 * fast.inputs).map((_, k) => 51 * Math.floor(k / fast.inputs));
  if (fast.engine !== "wasm") throw new Error(fast.engineNote);
  if (fast.hash !== hash) throw new Error("another model");
  if (fast.scores(inputs).join() !== plain.scores(inputs).join()) throw new Error("other scores");
}
const ink = new Uint8Array(30 * 40).map((_, k) => (k % 30 > 10 && k % 30 < 15 && k > 120 && k < 1080 ? 255 : 0));
if (fromCanvas({ width: 30, height: 40, pixels: ink }).length !== 784) throw new Error("the drawing does not fit");
`,
);
const bin = (name) => join(cache, "node_modules/.bin", name);
for (const [name, command, ...args] of [
  ["Node", process.execPath, check],
  ["Deno", bin("deno"), "run", check],
  ["Bun", bin("bun"), check],
]) {
  run(command, args);
  console.log(`${name}: onebit/infer gives the scores of the plain engine`);
}
rmSync(folder, { recursive: true });

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: cache, stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`, { cause: error });
}
