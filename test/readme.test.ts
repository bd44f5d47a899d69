/** The README's commands exist with the options it gives them, and its code runs. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bitMatrix, loadModel, setBit } from "../src/infer.ts";
import { encodeModel } from "../src/model/file.ts";
import { onebit } from "./cli/harness.ts";
import { randomModel } from "./model/random-model.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const commands = [...readme.matchAll(/^npx onebit (\S+)(.*)$/gm)].map(([, name, rest]) => [name!, rest!] as const);

test("the README shows every command but start", () => {
  const names = [
    "train",
    "eval",
    "summary",
    "classify",
    "bench",
    "export",
    "verify",
    "import",
    "reproduce",
    "images",
    "data",
    "completion",
  ];
  expect([...new Set(commands.map(([name]) => name))].sort()).toEqual(names.sort());
});

test.each(commands)("onebit %s%s", async (name, rest) => {
  const { status, out } = await onebit([name, "--help"]);
  expect(status).toBe(0);
  for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
});

test("the README's code classifies", async () => {
  const code = readme.match(/```ts\n([\s\S]*?)```/)![1]!.replace(/^import .*$/gm, "");
  const run = new Function("loadModel", "readFile", `return (async () => { ${code}; return [model, image]; })()`);
  const bytes = encodeModel(randomModel([784, 33, 10], "threshold", 1));
  const [model, image] = await run(loadModel, async () => bytes);
  expect(model.scores(image).length).toBe(10);
  expect(model.classify(image).length).toBe(1);
});

test("the code of docs/inference.md classifies", async () => {
  const page = readFileSync(new URL("../docs/inference.md", import.meta.url), "utf8");
  const code = page.match(/```ts\n([\s\S]*?)```/)![1]!.replace(/^import .*$/gm, "");
  const bytes = encodeModel(randomModel([784, 33, 10], "threshold", 1));
  const run = new Function("loadModel", "bitMatrix", "setBit", "bytes", `${code}; return [model, pixels, bits];`);
  const [model, pixels, bits] = run(loadModel, bitMatrix, setBit, bytes);
  expect(model.classify(pixels).length).toBe(3);
  expect(model.classify(bits).length).toBe(1);
});
