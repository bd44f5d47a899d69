// Compiles assembly/ to WebAssembly four times, for shared and for unshared memory, with and without relaxed SIMD, and
// embeds all as base64 in
// src/kernels/generated/wasm.ts, so that a bundle needs no file beside it.

import { mkdirSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const common = ["assembly/index.ts", "-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--enable", "simd"];

async function compile(name, flags) {
  let bytes;
  const { error, stderr } = await asc.main([...common, "--outFile", name, ...flags], {
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
const modules = {
  single: await compile("single.wasm", []),
  shared: await compile("shared.wasm", shared),
  singleRelaxed: await compile("single-relaxed.wasm", relaxed),
  sharedRelaxed: await compile("shared-relaxed.wasm", [...shared, ...relaxed]),
};

mkdirSync("src/kernels/generated", { recursive: true });
writeFileSync(
  "src/kernels/generated/wasm.ts",
  [
    "// Written by scripts/build-kernels.mjs from assembly/.",
    ...Object.entries(modules).map(([name, base64]) => `export const ${name} =\n  "${base64}";`),
    "",
  ].join("\n"),
);
