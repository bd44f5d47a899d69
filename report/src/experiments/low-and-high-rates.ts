/** Figures 2.8 and 2.9: a learning rate that is too low, and one that is too high. */

import { BLUE, figure, GREEN, panel, SILVER, VERMILION } from "onebit/plots";
import { descent, ERROR_SETUP, type ErrorCurve, errorCurve, valley, weights } from "../error-curve.ts";
import type { Experiment } from "../experiment.ts";
import { finding } from "../findings.ts";
import { decimal } from "../illustration.ts";

const START = -2.6;
const STEPS = 24;

/** Rates that are too low, between, and too high. */
export const rates = { low: 0.1, between: 2.5, high: 5 } as const;

/** The three ways down from the same weight. */
export function descents(curve: ErrorCurve) {
  const down = (rate: number) => descent(curve, START, rate, STEPS);
  return { low: down(rates.low), between: down(rates.between), high: down(rates.high) };
}

export const lowAndHighRates: Experiment = {
  id: "fig-2.8",
  kind: "figure",
  covers: ["fig-2.9"],
  title: "Learning rates that are too low and too high",
  section: "2.4.2",
  report:
    "With a rate that is too low the corrections stagnate and the weight stands still outside the optimum. With one that is too high it " +
    "jumps back and forth on the error curve and comes no nearer to the valley.",
  setup: `${ERROR_SETUP} Each step is one of the optimizer's kernel (SGD without momentum) on the gradient of the backward pass.`,
  discussion:
    "It takes a side valley for the weight to stand still outside the optimum: where the error has a single valley, a low rate gets there " +
    "as well, only later. A higher rate steps over the side valley.",
  async draw() {
    const curve = await errorCurve();
    const paths = descents(curve);
    const best = valley(curve);
    const caption =
      `${STEPS} steps of gradient descent from the weight ${decimal(START, 1)} on the same error curve, with the rates ` +
      `${rates.low} (too low), ${rates.between} and ${rates.high} (too high).`;
    const spec = figure(caption, {
      hconcat: [
        plot(curve, `2.8  rate ${rates.low}: too low`, VERMILION, paths.low, "error"),
        plot(curve, `rate ${rates.between}`, GREEN, paths.between),
        plot(curve, `2.9  rate ${rates.high}: too high`, BLUE, paths.high),
      ],
      spacing: 42,
      bounds: "flush" as const,
    });
    const ends = Object.values(paths).map((path) => path.at(-1)!);
    const step = (path: readonly number[]) => Math.abs(path.at(-1)! - path.at(-2)!);
    const off = (w: number) => Math.abs(w - best);
    const first = off(paths.high[1]!);
    const noNearer = paths.high.every((w) => off(w) >= first);
    const sides = paths.high.slice(2).every((w, i) => w > best !== paths.high[i + 1]! > best);
    return {
      figures: [{ name: "fig-2.8", caption, spec }],
      tables: [],
      findings: [
        finding(
          "With a rate that is too low the weight stands still outside the optimum.",
          step(paths.low) < 1e-3 && off(ends[0]!) > 1,
          true,
          () =>
            `With rate ${rates.low} the last of ${STEPS} steps changes the weight by ${decimal(step(paths.low), 4)}, at ` +
            `${decimal(ends[0]!)} in a side valley; the deepest is at ${decimal(best)}.`,
        ),
        finding(
          "With a rate that is too high it jumps back and forth and comes no nearer to the valley.",
          sides && noNearer,
          true,
          () =>
            `With rate ${rates.high} the weight changes sides of the valley with each step after the first, in the end between ` +
            `${decimal(Math.min(...paths.high.slice(-2)))} and ${decimal(Math.max(...paths.high.slice(-2)))}, and is never nearer ` +
            `than the first step brought it, ${decimal(first)}. With rate ${rates.between} it gets to ${decimal(ends[1]!)}.`,
        ),
      ],
    };
  },
};

/** The error curve with the steps on it, joined in their order. */
function plot(curve: ErrorCurve, title: string, color: string, path: readonly number[], yTitle = "") {
  const errors = (ws: readonly number[]) => ws.map((w, step) => ({ x: w, y: curve.at(w).error, step }));
  const { layer, ...rest } = panel({
    description: title,
    title,
    x: { title: "weight", domain: [-3.8, 3], values: [-3, -2, -1, 0, 1, 2, 3], format: "d" },
    y: { title: yTitle, domain: [1.1, 2.2], values: [1.2, 1.6, 2], format: ".1f" },
    lines: [{ name: "", color: SILVER, points: errors(weights) }],
    width: 195,
    height: 210,
  });
  const steps = errors(path);
  const line = {
    data: { values: steps },
    mark: { type: "line" as const, color, strokeWidth: 1.2, point: { color, size: 28, opacity: 1 } },
    encoding: { order: { field: "step", type: "quantitative" as const } },
  };
  const start = {
    data: { values: steps.slice(0, 1) },
    mark: { type: "text" as const, text: "start", color, fontSize: 11, align: "right" as const, dx: -6, dy: 7 },
  };
  return { ...rest, layer: [...layer, line, start] };
}
