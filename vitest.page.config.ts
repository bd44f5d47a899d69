import { defineConfig } from "vitest/config";

// Tests that need Chromium and what `npm run build` writes; `npm test` needs neither.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/page/**/*.page.ts"],
    globalSetup: "test/page/setup.ts",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
