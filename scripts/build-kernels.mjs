// Compiles assembly/ to WebAssembly and embeds it as base64, so that a bundle needs no file beside it:
//   index.ts, the training kernels: src/kernels/generated/wasm.ts. They are needed for unshared and for shared memory, without
//   relaxed SIMD and with it. These differ in some bytes, so one is embedded, and what the others change in it.
//   infer.ts, the inference kernel: src/infer/generated/wasm.ts

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

const shared = ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"];
const relaxed = ["--enable", "relaxed-simd"];

/** What turns a module into another: [where in the first, bytes dropped there, bytes put in their place]. */
function changes(from, to) {
  const found = [];
  const alike = (i, j) => from.subarray(i, i + 8).equals(to.subarray(j, j + 8));
  for (let i = 0, j = 0; i < from.length || j < to.length; ) {
    if (from[i] === to[j]) {
      i++;
      j++;
      continue;
    }
    // The nearest places from which both go on alike.
    let [dropped, put] = [0, 0];
    for (let distance = 1; !alike(i + dropped, j + put); distance++) {
      for (dropped = 0; dropped < distance && !alike(i + dropped, j + distance - dropped); ) dropped++;
      put = distance - dropped;
    }
    found.push([i, dropped, [...to.subarray(j, j + put)]]);
    i += dropped;
    j += put;
  }
  return found;
}

/** Declares constants: bytes as base64, anything else as JSON. */
function embed(folder, constants) {
  const lines = Object.entries(constants).map(([name, value]) => {
    const text = Buffer.isBuffer(value) ? `"${value.toString("base64")}"` : JSON.stringify(value);
    const type = Buffer.isBuffer(value)
      ? ""
      : ": readonly (readonly [at: number, dropped: number, put: readonly number[]])[]";
    return `export const ${name}${type} =\n  ${text};\n`;
  });
  mkdirSync(`src/${folder}/generated`, { recursive: true });
  writeFileSync(
    `src/${folder}/generated/wasm.ts`,
    `// Written by scripts/build-kernels.mjs from assembly/.\n${lines.join("")}`,
  );
}

const kernels = await compile("index", "kernels.wasm", []);
const sharedChanges = changes(kernels, await compile("index", "shared.wasm", shared));
const relaxedChanges = changes(kernels, await compile("index", "relaxed.wasm", relaxed));
const both = changes(kernels, await compile("index", "shared-relaxed.wasm", [...shared, ...relaxed]));
const merged = [...sharedChanges, ...relaxedChanges].sort(([a], [b]) => a - b);
if (JSON.stringify(merged) !== JSON.stringify(both))
  throw new Error("shared memory and relaxed SIMD change the same bytes");
embed("kernels", { kernels, sharedChanges, relaxedChanges });
embed("infer", { infer: await compile("infer", "infer.wasm", []) });
