/** What targets may do on this machine: the export's folder, a scratch folder, programs, packages. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import type { Host } from "../../export/format.ts";
import { writeAtomic } from "../../node/files.ts";
import { readBytes } from "../../node/read.ts";
import type { Io } from "../io.ts";
import { findPackage, runTool } from "./tools.ts";

/** Calls `use` with a host for the export in `folder`, whose scratch folder is removed afterwards. */
export async function withHost<T>(folder: string, env: Io["env"], use: (host: Host) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "onebit-verify-"));
  try {
    return await use({
      read: (name) => readBytes(join(folder, name)),
      copyExport: () => cp(folder, scratch, { recursive: true }),
      write: (name, content) => writeAtomic(join(scratch, name), content),
      run: (program, args) => runTool(program.startsWith("./") ? join(scratch, program) : program, args, scratch, env),
      load(name) {
        const from = findPackage(name);
        if (from === undefined) throw new OnebitError("missing", `${name} is not installed`);
        return createRequire(from)(name);
      },
    });
  } finally {
    await rm(scratch, { recursive: true });
  }
}
