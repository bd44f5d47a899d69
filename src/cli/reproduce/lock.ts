/** Keeps two processes from working in one folder. */

import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import { writeError } from "../../node/files.ts";
import { isAlive } from "../processes.ts";

/** Runs `work` while `folder` is marked as this process's. A mark whose process is gone counts for nothing. Throws
 *  `exists` when another process is at work there, `file` when the folder cannot be written. */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeError(cause, folder);
  });
  if (!(await claim(path))) {
    const owner = await ownerOf(path);
    if (owner !== process.pid && isAlive(owner)) {
      throw new OnebitError(
        "exists",
        `process ${owner} is at work in ${folder}`,
        `Wait for it, or give another --out. If there is no such process of onebit, delete ${path}.`,
      );
    }
    await rm(path, { force: true });
    if (!(await claim(path))) throw new OnebitError("exists", `another process began to work in ${folder}`);
  }
  try {
    return await work();
  } finally {
    if ((await ownerOf(path)) === process.pid) await rm(path, { force: true });
  }
}

/** Makes the mark, unless there is one. */
async function claim(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw writeError(cause, path);
  }
}

const ownerOf = async (path: string) => Number(await readFile(path, "utf8").catch(() => ""));
