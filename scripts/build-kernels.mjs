// Compiles assembly/ to WebAssembly and embeds it as base64, so that a bundle needs no file beside it:
//   index.ts, the training kernels: src/kernels/generated/wasm.ts. The module with relaxed SIMD differs in a few bytes
//   from that without, so only these are embedded beside it.
//   infer.ts, the inference kernel: src/infer/generated/wasm.ts

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import ts from "typescript";
import { kernelSources } from "./kernel-sources.mjs";

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

/** Declares constants: bytes as base64, changes and numbers as JSON. */
function embed(folder, constants) {
  const lines = Object.entries(constants).map(([name, value]) => {
    const text = Buffer.isBuffer(value) ? `"${value.toString("base64")}"` : JSON.stringify(value);
    const type = Array.isArray(value)
      ? ": readonly (readonly [at: number, dropped: number, put: readonly number[]])[]"
      : "";
    return `export const ${name}${type} =\n  ${text};\n`;
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
embed("kernels", { baseline, relaxedChanges: changes(baseline, relaxed), memoryFlag: flag, sources: kernelSources() });
embed("infer", { infer: await compile("infer", "infer.wasm", []) });
