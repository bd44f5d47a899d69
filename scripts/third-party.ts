// Bundler plugin: emits THIRD-PARTY-LICENSES.txt, the licence of each package whose code the bundles hold. Which these are
// is read from the bundles themselves, so that none can be forgotten.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rolldown } from "tsdown";

export function thirdPartyLicenses(): Rolldown.Plugin {
  return {
    name: "third-party-licenses",
    generateBundle(_, bundle) {
      const folders = new Map<string, string>();
      for (const chunk of Object.values(bundle)) {
        for (const id of chunk.type === "chunk" ? chunk.moduleIds : []) {
          const [, folder, name] = id.match(/^\0?(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//) ?? [];
          if (folder !== undefined && name !== undefined) folders.set(name, folder);
        }
      }
      const notices = [...folders].sort().map(([name, folder]) => notice(name, folder));
      const source = notices.join(`\n${"-".repeat(80)}\n\n`);
      if (notices.length > 0) this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENSES.txt", source });
    },
  };
}

function notice(name: string, folder: string): string {
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${name} is bundled, but has no licence file`);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return `${name} ${version}\n\n${readFileSync(join(folder, licence), "utf8").trim()}\n`;
}
