/** docs/report is what the code makes of the results that are committed beside it. */

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runKey, runRow } from "onebit";
import { loadDataSet } from "onebit/node";
import { renderSvg } from "onebit/plots";
import { describe, expect, test } from "vitest";
import { drawAll } from "../../src/cli/reproduce/draw.ts";
import { Store } from "../../src/cli/reproduce/store.ts";
import { experiments } from "../src/index.ts";
import { pageText } from "../src/page.ts";

const report = fileURLToPath(new URL("../../docs/report", import.meta.url));
const store = new Store(`${report}/results`);
await store.load();
const entries = await drawAll(store, "full", await loadDataSet("mnist"), experiments);
const figures = entries.flatMap(({ drawing }) => drawing.figures);

describe("docs/report", () => {
  test("has all runs of all experiments, but for table 5.7", () => {
    expect(entries.map(({ experiment }) => experiment.id)).toEqual(experiments.map(({ id }) => id));
    const missing = entries.filter(({ done, total }) => done < total).map(({ experiment }) => experiment.id);
    expect(missing.filter((id) => id !== "tab-5.7")).toEqual([]);
  });

  test("has no figure that no experiment draws", () => {
    expect(readdirSync(`${report}/figures`).sort()).toEqual(figures.map(({ name }) => `${name}.svg`).sort());
  });

  test.each(figures.map((figure) => [figure.name, figure] as const))(
    "%s.svg is drawn from the results",
    async (name, { spec }) => {
      const path = `${report}/figures/${name}.svg`;
      expect(existsSync(path)).toBe(true); // a missing snapshot would be written
      await expect(await renderSvg(spec)).toMatchFileSnapshot(path);
    },
  );

  test("each result is named by its own configuration and today's numerics", () => {
    for (const { experiment } of entries) {
      for (const run of experiment.runs?.("full") ?? []) {
        const row = store.run(runKey(run));
        if (row) expect(row.config).toEqual(runRow(run, [], row).config);
      }
    }
  });

  test("the page is made of the results", async () => {
    await expect(pageText("full", entries, "docs/report")).toMatchFileSnapshot(`${report}/README.md`);
  });
});
