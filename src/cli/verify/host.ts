/** What targets may do on this machine: the export, a scratch folder, programs, packages. */

import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import type { Host } from "../../export/format.ts";
import { findPackage, isThere, runTool, type Toolbox } from "./tools.ts";

/** A host, and whether it has a tool: a need of a target. */
export interface Workshop extends Host {
  has(tool: string): Promise<boolean>;
}

/** Calls `use` with a host for the export of these files. Its scratch folder, which only this user may enter, is removed
 *  afterwards, also when the process ends. */
export async function withHost<T>(
  files: ReadonlyMap<string, Uint8Array>,
  box: Toolbox,
  signal: AbortSignal,
  use: (host: Workshop) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(resolve(tmpdir()), "onebit-verify-"));
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.on("exit", remove);
  const write = async (name: string, content: Uint8Array | readonly Uint8Array[]) => {
    const path = join(scratch, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content instanceof Uint8Array ? content : Buffer.concat([...content]));
  };
  const running = { scratch, signal };
  try {
    return await use({
      names: [...files.keys()],
      has: (tool) => isThere(tool, box, running),
      read(name) {
        const bytes = files.get(name);
        if (bytes === undefined) throw new OnebitError("model", `the export has no file ${name}`);
        return bytes;
      },
      async copyExport() {
        for (const [name, bytes] of files) await write(name, bytes);
      },
      write,
      run: (program, args, statuses) => runTool(program, args, box, running, statuses),
      load(name) {
        const entry = findPackage(name, box);
        if (entry === undefined) throw new OnebitError("missing", `${name} is not installed`);
        return createRequire(entry)(entry);
      },
      throwIfStopped: () => signal.throwIfAborted(),
    });
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    process.off("exit", remove);
  }
}
