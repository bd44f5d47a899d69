/** The README's commands exist with the options it gives them, its code runs, and so does that of the guides. */

import { readFileSync } from "node:fs";
import * as onebit from "onebit";
import * as inference from "onebit/infer";
import * as node from "onebit/node";
import ts from "typescript";
import { expect, test, vi } from "vitest";
import { onebit as cli } from "./cli/harness.ts";
import { randomModel } from "./model/random-model.ts";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const readme = read("README.md");
const commands = [...readme.matchAll(/^npx onebit (\S+)(.*)$/gm)].map(([, name, rest]) => [name!, rest!] as const);

/** The code of a document's blocks of a language, one after the other. */
function codeOf(document: string, language: string): string {
  const blocks = document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...blocks].map(([, code]) => code!).join("\n");
}

const modules: Readonly<Record<string, object>> = {
  onebit,
  "onebit/infer": inference,
  "onebit/node": node,
};

/** Runs code with top-level `import` and `await`, and returns the variables that are named. Where a line ends with JSON in its
 *  comment, as in `model.predict(x); // ["cat"]`, that is what its value must be. */
async function run(
  code: string,
  names: readonly string[],
  given: Readonly<Record<string, unknown>> = {},
  replaced: Readonly<Record<string, object>> = {},
): Promise<readonly unknown[]> {
  const checked = code.replace(/^( *)([^/=\n]+); \/\/ ("[^"\n]*"|\[.*\])$/gm, "$1__check($2, $3);");
  const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(`${checked}\nreturn [${names.join(", ")}];`, { compilerOptions: options });
  const parameters = { ...given, exports: {}, require: (name: string) => replaced[name] ?? modules[name] };
  const check = (value: unknown, expected: unknown) => expect(value).toEqual(expected);
  const body = `return (async () => { ${outputText} })();`;
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    return await new Function("__check", ...Object.keys(parameters), body)(check, ...Object.values(parameters));
  } finally {
    log.mockRestore();
  }
}

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
  const { status, out } = await cli([name, "--help"]);
  expect(status).toBe(0);
  for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
});

test("the README's network trains, freezes and becomes C", async () => {
  const code = codeOf(readme, "ts").replace("epochs: 20", "epochs: 2");
  expect(code).not.toBe(codeOf(readme, "ts"));
  const few = { ...node, loadDataSet: () => node.loadDataSet("mnist:2000") };
  const names = ["trainer", "model", "files"];
  const [trainer, model, files] = (await run(code, names, {}, { "onebit/node": few })) as [
    onebit.Trainer,
    onebit.Model,
    onebit.ExportFile[],
  ];
  expect(trainer.epoch).toBe(2);
  expect(trainer.rows.at(-1)!.validationAccuracy).toBeGreaterThan(0.5);
  expect(onebit.decodeModel(model.encode()).hash).toBe(model.hash);
  expect(files.map(({ name }) => name)).toContain("digits.h");
});

test("the README's page opens a model and classifies a canvas", async () => {
  const model = onebit.loadModel(onebit.encodeModel(randomModel([784, 33, 10], "threshold", 1)));
  const canvas = { width: 28, height: 28, data: new Uint8ClampedArray(4 * 784).fill(255) };
  canvas.data.fill(0, 4 * 400, 4 * 420);
  const opened = { ...inference, open: () => inference.open(model.encode()) };
  const given = { canvas };
  const [digit] = await run(codeOf(readme, "js"), ["digit"], given, { "onebit/infer": opened });
  expect(digit).toMatch(/^\d$/);
});

test("the code of docs/library.md does what its comments say", async () => {
  const code = codeOf(read("docs/library.md"), "ts");
  const names = ["network", "model", "bytes", "files", "config"];
  const [network, model, bytes, files, config] = (await run(code, names)) as [
    onebit.Network,
    onebit.Model,
    Uint8Array,
    onebit.ExportFile[],
    onebit.RunConfig,
  ];
  expect(onebit.parseNetwork(JSON.parse(JSON.stringify(network)), "the network")).toEqual(network);
  expect(onebit.loadModel(bytes).hash).toBe(model.hash);
  expect(files.map(({ name }) => name)).toContain("animals.h");
  expect(config.data).toBe("mnist:2000");
});

test("the code of docs/inference.md classifies", async () => {
  const bytes = onebit.encodeModel(randomModel([784, 33, 10], "threshold", 1));
  const [model, pixels, bits] = (await run(codeOf(read("docs/inference.md"), "ts"), ["model", "pixels", "bits"], {
    bytes,
  })) as [inference.Model, Uint8Array, inference.BitMatrix];
  expect(model.classify(pixels).length).toBe(3);
  expect(model.classify(bits).length).toBe(1);
});
