import { afterEach, expect, test, vi } from "vitest";
import { renderSvg } from "../../src/plots/svg.ts";

afterEach(() => {
  vi.doUnmock("vega");
});

const spec = {
  data: { values: [{ a: 1 }] },
  mark: "point" as const,
  encoding: { x: { field: "a", type: "quantitative" as const } },
};

test("draws a specification", async () => {
  const svg = await renderSvg(spec);
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg".*<\/svg>\n$/s);
  expect(svg).toContain('aria-roledescription="point"');
});

test("says what to install where vega is missing", async () => {
  vi.doMock("vega", () => {
    throw new Error("Cannot find package 'vega'");
  });
  await expect(renderSvg(spec)).rejects.toMatchObject({
    name: "OnebitError",
    code: "missing",
    hint: "Run: npm install vega vega-lite",
  });
});
