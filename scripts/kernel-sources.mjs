// What the embedded kernels are built of, in one hash: a test compares it with what is there, for kernels that are stale
// compute other bits without a word.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** SHA-256 of the files of assembly/, of the numbers they take from src/, and of the script that compiles them, in hexadecimal. */
export function kernelSources(root = new URL("../", import.meta.url)) {
  const written = readdirSync(new URL("assembly/", root)).filter((name) => name.endsWith(".ts"));
  const files = [
    ...written.map((name) => `assembly/${name}`),
    "src/kernels/layout.ts",
    "src/infer/layout.ts",
    "scripts/build-kernels.mjs",
  ].sort();
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${file}\n`)
      .update(readFileSync(new URL(file, root)))
      .update("\n");
  return hash.digest("hex");
}
