/** A folder as a web developer has it: the package installed, sources that import it by name, and what Vite makes of
 *  them. Once for all tests. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createLogger } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The site's folder: sources, node_modules/onebit, and in dist/NAME what Vite builds of NAME.html. */
    site: string;
    /** What Vite warned of. */
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
  for (const name of ["index", "smallest", "classify"]) {
    await build({
      root: site,
      configFile: false,
      customLogger: logger,
      worker: { format: "es" },
      build: { outDir: join(site, "dist", name), rolldownOptions: { input: join(site, `${name}.html`) } },
    });
  }
  project.provide("site", site);
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
