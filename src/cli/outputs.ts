/** What a command does not write over unless it is told to. */

import { readdir } from "node:fs/promises";
import { OnebitError } from "../core/errors.ts";
import { exists } from "../node/files.ts";
import { fileError } from "../node/read.ts";

/** Throws `exists` when one of `paths` is there already. */
export async function refuseExisting(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await exists(path)) throw new OnebitError("exists", `${path} exists already`, "Give --force to replace it.");
  }
}

/** Throws `exists` when `folder` is there and holds something, `file` when it cannot be read. */
export async function refuseFilled(folder: string): Promise<void> {
  const names = (await exists(folder))
    ? await readdir(folder).catch((cause) => {
        throw fileError(cause, folder);
      })
    : [];
  if (names.length > 0) {
    throw new OnebitError("exists", `${folder} exists already and is not empty`, "Give --force to write into it.");
  }
}
