// Compiles assembly/ to WebAssembly and embeds it as base64, so that a bundle needs no file beside it:
//   index.ts, the training kernels, for shared and for unshared memory, with relaxed SIMD and without:
//   src/kernels/generated/wasm.ts
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
  return Buffer.from(bytes).toString("base64");
}

const shared = ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"];
const relaxed = ["--enable", "relaxed-simd"];

function embed(folder, modules) {
  const lines = Object.entries(modules).map(([name, base64]) => `export const ${name} =\n  "${base64}";\n`);
  mkdirSync(`src/${folder}/generated`, { recursive: true });
  writeFileSync(
    `src/${folder}/generated/wasm.ts`,
    `// Written by scripts/build-kernels.mjs from assembly/.\n${lines.join("")}`,
  );
}

embed("kernels", {
  single: await compile("index", "single.wasm", []),
  shared: await compile("index", "shared.wasm", shared),
  singleRelaxed: await compile("index", "single-relaxed.wasm", relaxed),
  sharedRelaxed: await compile("index", "shared-relaxed.wasm", [...shared, ...relaxed]),
});
embed("infer", { infer: await compile("infer", "infer.wasm", []) });
