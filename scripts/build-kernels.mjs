// Compiles assembly/ to WebAssembly and embeds it as base64, so that a bundle needs no file beside it:
//   index.ts, the training kernels, for shared and for unshared memory, with relaxed SIMD and without:
//   src/kernels/generated/wasm.ts
//   infer.ts, the inference kernel: src/infer/generated/wasm.ts

import { mkdirSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

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
