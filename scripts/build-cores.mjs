// Embeds the hand-written VHDL of hdl/ in src/export/vhdl/generated/cores.ts, so that the bundle needs no file beside it
// and an exported folder is complete.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const read = (folder) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /\.vh?d?$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]),
  );

const constant = (name, value) =>
  `export const ${name}: Readonly<Record<string, string>> = ${JSON.stringify(value)};\n`;

mkdirSync("src/export/vhdl/generated", { recursive: true });
writeFileSync(
  "src/export/vhdl/generated/cores.ts",
  `// Written by scripts/build-cores.mjs from hdl/.\n${constant("cores", read("hdl"))}${constant("simulation", read("hdl/sim"))}`,
);
