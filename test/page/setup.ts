/** A folder as a web developer has it: the package installed, sources that import it by name, and what Vite makes of them.
 *  Once for all tests. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createLogger, type Rolldown } from "vite";
import type { TestProject } from "vitest/node";

/** A file that Vite wrote, and its code where it has some. */
export interface Built {
  readonly name: string;
  readonly code?: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** The site's folder: sources, node_modules/onebit, dist. */
    site: string;
    /** What `vite build` wrote into dist. */
    built: Built[];
    /** What it warned of. */
    warnings: string[];
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

export default async function setup(project: TestProject): Promise<() => void> {
  const site = realpathSync(mkdtempSync(join(tmpdir(), "onebit-page-")));
  cpSync(fileURLToPath(new URL("site", import.meta.url)), site, { recursive: true });
  install(site);
  const warnings: string[] = [];
  const logger = createLogger("warn");
  logger.warn = (message) => void warnings.push(message);
  const pages = ["index.html", "smallest.html", "classify.html"];
  const result = (await build({
    root: site,
    configFile: false,
    customLogger: logger,
    worker: { format: "es" },
    build: { rolldownOptions: { input: pages.map((name) => join(site, name)) } },
  })) as Rolldown.RolldownOutput;
  project.provide("site", site);
  project.provide(
    "built",
    result.output.map((file) => ({ name: file.fileName, ...(file.type === "chunk" && { code: file.code }) })),
  );
  project.provide("warnings", warnings);
  return () => rmSync(site, { recursive: true });
}

/** Installs what `npm pack` packs of the build that is there. */
function install(site: string): void {
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", site], { cwd: root });
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }];
  const folder = join(site, "node_modules/onebit");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", join(site, filename), "-C", folder, "--strip-components=1"]);
}
