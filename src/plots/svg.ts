/** Vega-Lite specifications to SVG, without a browser or a canvas. Vega is an optional package of some megabytes, loaded
 *  with the first figure. Without a canvas it estimates text widths, so the SVG is the same on every machine. */

import type { TopLevelSpec } from "vega-lite";
import { OnebitError } from "../core/errors.ts";

/** The figure as the text of an SVG file. Throws `missing` when vega or vega-lite is not installed. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const { vega, vegaLite } = await loadVega();
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

async function loadVega() {
  try {
    const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
    return { vega, vegaLite };
  } catch (cause) {
    throw new OnebitError(
      "missing",
      "figures are drawn by vega and vega-lite, which are not installed",
      "Run: npm install vega vega-lite",
      { cause },
    );
  }
}
