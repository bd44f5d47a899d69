/** What all figures have in common. */

import type { TopLevelSpec } from "vega-lite";

/** A colour that the colour-blind can tell from the others (Okabe and Ito 2008), dark enough for text on white. */
export const VERMILION = "#D55E00";
/** Likewise blue. */
export const BLUE = "#0072B2";
/** Likewise bluish green, darkened. */
export const GREEN = "#00795A";
/** Likewise reddish purple, darkened. */
export const PURPLE = "#A3498B";
/** Likewise orange, darkened. */
export const ORANGE = "#B57A00";
/** A dark grey for lines and words. */
export const GREY = "#4D4D4D";
/** A light grey for what only guides the eye. */
export const SILVER = "#9A9A9A";

/** Of unordered series, in this order. */
export const COLORS = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, GREY] as const;

/** Of ordered series, from the first to the last: the colour map plasma (Smith and van der Walt 2015) without its light end,
 *  whose lightness rises evenly, also for the colour-blind. */
export function ordered(count: number): string[] {
  const stops = ["#0D0887", "#5B02A3", "#9A179B", "#CB4679", "#EB7852", "#F0A030"];
  return Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? 0 : (i * (stops.length - 1)) / (count - 1);
    return mix(stops[Math.floor(at)]!, stops[Math.ceil(at)]!, at % 1);
  });
}

function mix(a: string, b: string, share: number): string {
  const channel = (from: number) => {
    const [x, y] = [a, b].map((color) => Number.parseInt(color.slice(from, from + 2), 16)) as [number, number];
    return Math.round(x + (y - x) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

export const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

export const CONFIG: NonNullable<TopLevelSpec["config"]> = {
  font: "Helvetica, Arial, DejaVu Sans, sans-serif",
  view: { stroke: null },
  axis: {
    domainColor: "#888888",
    gridColor: "#E6E6E6",
    labelColor: "#333333",
    labelFontSize: 11,
    tickColor: "#888888",
    titleColor: "#333333",
    titleFontSize: 11,
    titleFontWeight: "normal",
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false, labelPadding: 6 },
  line: { strokeWidth: 2, strokeJoin: "round" },
};
