/** Keeps two processes from working in one folder. */

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { OnebitError } from "../../core/errors.ts";
import { writeAtomic } from "../files.ts";

/** Runs `work` while `folder` is marked as this process's. A mark whose process is gone counts for nothing. Throws `exists` when
 *  another process is at work there. */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  const owner = Number(await readFile(path, "utf8").catch(() => ""));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new OnebitError(
      "exists",
      `process ${owner} is at work in ${folder}`,
      `Wait for it, or give another --out. If there is no such process of onebit, delete ${path}.`,
    );
  }
  await writeAtomic(path, String(process.pid));
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
