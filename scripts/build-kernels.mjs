// Compiles assembly/ to WebAssembly and embeds it as base64, so that a bundle needs no file beside it:
//   index.ts, the training kernels, with relaxed SIMD and without: src/kernels/generated/wasm.ts
//   infer.ts, the inference kernel: src/infer/generated/wasm.ts
// Constants and codes that both sides use are stated in TypeScript and written to assembly/generated/ first.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import ts from "typescript";

/** Prefixes of the constants that a table's entries become. */
const prefixes = { activationKinds: "ACTIVATION", methods: "METHOD", surrogates: "SURROGATE" };

/** Writes a module's numbers, and the numbers of its tables, as constants to assembly/generated/. */
async function handOn(source, name) {
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  const lines = Object.entries(module).flatMap(([key, value]) => {
    if (typeof value === "number") return [`export const ${key} = ${value};\n`];
    if (typeof value !== "object") return [];
    return Object.entries(value).map(([entry, code]) => {
      const constant = entry.toUpperCase().replaceAll("-", "_");
      return `export const ${prefixes[key]}_${constant} = ${code};\n`;
    });
  });
  mkdirSync("assembly/generated", { recursive: true });
  writeFileSync(
    `assembly/generated/${name}.ts`,
    `// Written by scripts/build-kernels.mjs from ${source}.\n${lines.join("")}`,
  );
}

await handOn("src/kernels/layout.ts", "layout");
await handOn("src/infer/layout.ts", "infer");

const common = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--enable", "simd"];

async function compile(entry, name, flags) {
  let bytes;
  const { error, stderr } = await asc.main([`assembly/${entry}.ts`, ...common, "--outFile", name, ...flags], {
    writeFile: (_, contents) => {
      bytes = contents;
    },
  });
  if (error || !bytes) {
    console.error(stderr.toString());
    process.exit(1);
  }
  return Buffer.from(bytes);
}

/** Where a module says what memory it imports: its byte is 1 for one with a maximum, 3 for one that is shared too. No
 *  other byte differs, so one module serves both. */
function memoryFlag(module) {
  const entry = Buffer.from("\x03env\x06memory\x02", "latin1");
  const at = module.indexOf(entry) + entry.length;
  if (at < entry.length || module[at] !== 1) throw new Error("the module does not import a memory with a maximum");
  const shared = module.with(at, 3);
  if (WebAssembly.validate(module) && !WebAssembly.validate(shared))
    throw new Error("the module takes no shared memory");
  return at;
}

function embed(folder, modules) {
  const lines = Object.entries(modules).map(([name, value]) => {
    return `export const ${name} =${typeof value === "number" ? ` ${value}` : `\n  "${value.toString("base64")}"`};\n`;
  });
  mkdirSync(`src/${folder}/generated`, { recursive: true });
  writeFileSync(
    `src/${folder}/generated/wasm.ts`,
    `// Written by scripts/build-kernels.mjs from assembly/.\n${lines.join("")}`,
  );
}

const maximum = ["--maximumMemory", "65536"];
const baseline = await compile("index", "baseline.wasm", maximum);
const relaxed = await compile("index", "relaxed.wasm", [...maximum, "--enable", "relaxed-simd"]);
const flag = memoryFlag(baseline);
if (memoryFlag(relaxed) !== flag) throw new Error("the modules say in different places what memory they import");
embed("kernels", { baseline, relaxed, memoryFlag: flag });
embed("infer", { infer: await compile("infer", "infer.wasm", []) });
