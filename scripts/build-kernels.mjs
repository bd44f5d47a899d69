// Compiles assembly/ to WebAssembly twice, for shared and for unshared memory, and embeds both as base64 in
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

const single = await compile("single.wasm", []);
const shared = await compile("shared.wasm", ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"]);

mkdirSync("src/kernels/generated", { recursive: true });
writeFileSync(
  "src/kernels/generated/wasm.ts",
  `// Written by scripts/build-kernels.mjs from assembly/.\nexport const single =\n  "${single}";\nexport const shared =\n  "${shared}";\n`,
);
