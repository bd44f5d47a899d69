import { defineConfig } from "vitest/config";

// Tests that need GHDL, Icarus Verilog, Yosys and nextpnr; `npm test` needs none of them.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: { include: ["test/**/*.sim.ts"], testTimeout: 300_000, maxWorkers: 1 },
});
