/** Programs and packages of this machine. None is looked for in the folder that is verified, in the current directory, or
 *  where an environment variable that this file does not name points to. */

import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { OnebitError } from "../../core/errors.ts";
import type { Io } from "../io.ts";

/** Where tools may come from. */
export interface Toolbox {
  readonly env: Io["env"];
  /** The folder that is verified: nothing in it is a tool. */
  readonly foreign: string;
  /** The folder in which packages of Node are installed; undefined for those beside onebit. */
  readonly runtimes?: string | undefined;
}

/** Whether a program is on the PATH, or, as "npm:NAME" or "py:NAME", a package of Node or Python can be loaded. */
export async function isThere(tool: string, box: Toolbox, running: Running): Promise<boolean> {
  if (tool.startsWith("npm:")) return findPackage(tool.slice(4), box) !== undefined;
  if (!tool.startsWith("py:")) return findProgram(tool, box) !== undefined;
  return runTool("python3", ["-I", "-c", `import ${tool.slice(3)}`], box, running).then(
    () => true,
    () => false,
  );
}

/** The environment of children: of the user's, what says where programs, temporary files and the user are. What compilers,
 *  interpreters and linkers take orders from (MAKEFLAGS, PYTHONPATH, NODE_OPTIONS, CPATH, LD_PRELOAD …) stays out. */
export function childEnv({ env, foreign }: Toolbox, scratch: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => KEPT.has(name.toUpperCase()));
  const path = searchPath(env, foreign).join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, LC_ALL: "C", TMPDIR: scratch, TEMP: scratch, TMP: scratch };
}

const KEPT: ReadonlySet<string> = new Set(
  "HOME USER LOGNAME PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC USERPROFILE".split(" "),
);

/** The folders of the PATH that programs are taken from: absolute ones outside of `foreign`. Package managers put
 *  node_modules/.bin of the current directory there; it holds no compilers. */
export function searchPath(env: Io["env"], foreign: string): string[] {
  return variable(env, "PATH")
    .split(delimiter)
    .filter(
      (folder) => isAbsolute(folder) && !folder.includes(join("node_modules", ".bin")) && !isInside(folder, foreign),
    );
}

/** The first file of that name on the PATH that may be run. */
function findProgram(tool: string, { env, foreign }: Toolbox): string | undefined {
  const names = namesOf(tool, env, process.platform === "win32");
  const files = searchPath(env, foreign).flatMap((folder) => names.map((name) => join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile() && !isInside(file, foreign);
    } catch {
      return false;
    }
  });
}

/** The names of a program's file: its own and, on Windows, those with an ending of PATHEXT. */
export function namesOf(tool: string, env: Io["env"], windows: boolean): string[] {
  const endings = windows ? (variable(env, "PATHEXT") || ".COM;.EXE;.BAT;.CMD").split(";") : [];
  return ["", ...endings].map((ending) => tool + ending);
}

/** A variable, whose name is in capitals; on Windows it may be written in any case. */
function variable(env: Io["env"], name: string): string {
  return env[name] ?? env[Object.keys(env).find((key) => key.toUpperCase() === name) ?? name] ?? "";
}

/** The file to load for a package of Node: in `runtimes`, or in a node_modules of a folder that onebit itself is in. (What
 *  NODE_PATH names, or a node_modules of the current directory, is not asked.) */
export function findPackage(name: string, { runtimes, foreign }: Toolbox): string | undefined {
  const from = runtimes === undefined ? fileURLToPath(import.meta.url) : join(resolve(runtimes), "package.json");
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const home = join(folder, "node_modules", name);
    if (existsSync(home)) {
      const entry = entryOf(name, from);
      const foreignOne = runtimes === undefined && isInside(home, foreign);
      return entry !== undefined && isInside(entry, home) && !foreignOne ? entry : undefined;
    }
    if (runtimes !== undefined || dirname(folder) === folder) return undefined;
  }
}

function entryOf(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined; // a folder of that name that is no package
  }
}

/** Whether `path` is `folder` or something in it, wherever links lead. */
function isInside(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** In which folder a program runs, and what ends it. */
export interface Running {
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** How long a program may take. */
const PATIENCE = 600_000;

/** Runs a program in a scratch folder and returns all that it wrote; "./NAME" is one in that folder. What it has started ends
 *  with it, also when `signal` aborts. Throws `missing` when there is no such program, and `file`, with the end of what it
 *  wrote, when it cannot be started, exits with none of `statuses`, or takes more than ten minutes. */
export function runTool(
  program: string,
  argv: readonly string[],
  box: Toolbox,
  { scratch, signal }: Running,
  statuses: readonly number[] = [0],
): Promise<string> {
  const path = program.startsWith("./") ? join(scratch, program) : findProgram(program, box);
  if (path === undefined) return Promise.reject(new OnebitError("missing", `${program} is not installed`));
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A group of its own, so that its children can be ended with it.
    const group = process.platform !== "win32";
    const env = childEnv(box, scratch);
    const child = spawn(path, argv, { cwd: scratch, env, detached: group, stdio: ["ignore", "pipe", "pipe"] });
    const end = () => {
      if (child.pid === undefined) return;
      try {
        if (group) process.kill(-child.pid, "SIGKILL");
        else child.kill();
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(end, PATIENCE);
    signal.addEventListener("abort", end);
    process.on("exit", end);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    const settle = (failure?: string) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      process.off("exit", end);
      if (failure === undefined) resolve(text);
      else reject(new OnebitError("file", `${program} ${argv.at(-1)} ${failure}: ${text.trim().slice(-400)}`));
    };
    child.on("error", (error) => settle(error.message));
    child.on("close", (status, ended) =>
      settle(status !== null && statuses.includes(status) ? undefined : `ended with ${status ?? ended}`),
    );
  });
}
