/** Programs and packages of this machine. */

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import type { Io } from "../io.ts";

/** Whether a program is on the PATH, or, as "npm:NAME" or "py:NAME", a package of Node or Python can be loaded. */
export function isThere(tool: string, env: Io["env"]): boolean {
  if (tool.startsWith("py:")) {
    return spawnSync("python3", ["-c", `import ${tool.slice(3)}`], { env: env as NodeJS.ProcessEnv }).status === 0;
  }
  if (tool.startsWith("npm:")) return findPackage(tool.slice(4)) !== undefined;
  return candidates(tool, env, delimiter).some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Where a program may lie: in each folder of the PATH, under its name and, on Windows, with each ending of PATHEXT. */
export function candidates(tool: string, env: Io["env"], separator: string): string[] {
  const value = (name: string) => env[Object.keys(env).find((key) => key.toUpperCase() === name) ?? name] ?? "";
  const endings = separator === ";" ? (value("PATHEXT") || ".COM;.EXE;.BAT;.CMD").split(";") : [];
  const names = ["", ...endings].map((ending) => tool + ending);
  return value("PATH")
    .split(separator)
    .flatMap((folder) => names.map((name) => join(folder, name)));
}

/** A file from which a package can be required: where onebit is called, or onebit's own. */
export function findPackage(name: string): string | undefined {
  return [join(process.cwd(), "package.json"), import.meta.url].find((from) => {
    try {
      createRequire(from).resolve(name);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a program in a folder and returns all that it wrote. Throws `file`, with the end of that, when it cannot be
 *  started, exits with another status than 0, or takes more than ten minutes. */
export function runTool(program: string, argv: readonly string[], folder: string, env: Io["env"]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { cwd: folder, env: env as NodeJS.ProcessEnv, timeout: 600_000 });
    let text = "";
    const add = (chunk: unknown) => {
      text += String(chunk);
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    const fail = (what: string) => {
      reject(new OnebitError("file", `${program} ${argv.at(-1)} ${what}: ${text.trim().slice(-400)}`));
    };
    child.on("error", (error) => fail(error.message));
    child.on("close", (status, signal) => (status === 0 ? resolve(text) : fail(`ended with ${status ?? signal}`)));
  });
}
