/** Functions of one number, as layers compute them: their values and gradients on a grid, and their curves with jumps. */

import { floats, type Layer, sequential } from "onebit";
import { type Line, type LinesOptions, type Point, panel } from "onebit/plots";
import { illustration, type Numbers, outputsOf } from "./illustration.ts";

export interface Sampled {
  readonly x: Numbers;
  /** The layer's first output. */
  readonly values: Numbers;
  /** Its derivative by x, as the backward pass has it. */
  readonly gradients: Numbers;
}

/** −limit … limit in steps of 1/16, and on both sides of −1, 0 and 1, where a function may jump, 1/1024 away. All are exact
 *  in float32. */
export function grid(limit: number): Numbers {
  const even = Array.from({ length: 32 * limit + 1 }, (_, i) => i / 16 - limit);
  const close = [-1, 0, 1].flatMap((x) => [x - 1 / 1024, x + 1 / 1024]);
  return [...even, ...close].sort((a, b) => a - b);
}

/** The first output of a layer without parameters that is fed (x, 0, …, 0), `inputs` numbers, for each x. */
export async function sampled(layer: Layer<"float32", "float32">, x: Numbers, inputs = 1): Promise<Sampled> {
  const trainer = await illustration(sequential(floats(), [layer]), inputs, x.length);
  const first = (numbers: Numbers) => numbers.filter((_, i) => i % inputs === 0);
  const spread = (numbers: Numbers) => numbers.flatMap((z) => [z, ...Array<number>(inputs - 1).fill(0)]);
  const [outputs] = outputsOf(trainer, spread(x));
  const input = trainer.backward(spread(x.map(() => 1)))!;
  return { x, values: first(outputs!), gradients: first([...input]) };
}

/** A change between neighbours of the grid that is no slope of the functions shown here. */
const JUMP = 0.5;

/** The curve through (x, y), in pieces where it jumps. The last piece has the name. */
export function curve(x: Numbers, y: Numbers, line: Omit<Line, "points">): Line[] {
  const pieces: Point[][] = [];
  for (const [i, value] of y.entries()) {
    if (i === 0 || Math.abs(value - y[i - 1]!) > JUMP) pieces.push([]);
    pieces.at(-1)!.push({ x: x[i]!, y: value });
  }
  return pieces.map((points, i) => ({ ...line, name: i === pieces.length - 1 ? line.name : "", points }));
}

/** A plot of curves, with a filled dot where a piece has its end and a hollow one where it only comes near: of the two
 *  sides of a jump, the one at a multiple of 1/16 is the value there. */
export function functionPanel(options: LinesOptions) {
  const { x, lines } = options;
  const dots = lines.flatMap(({ points, color }) =>
    [points[0]!, points.at(-1)!]
      .filter((point) => !x.domain.includes(point.x))
      .map((point) => {
        const exact = Number.isInteger(16 * point.x);
        return { x: exact ? point.x : Math.round(point.x), y: point.y, color, fill: exact ? color : "white" };
      }),
  );
  const plot = panel(options);
  if (dots.length === 0) return plot;
  const raw = (field: string) => ({ field, type: "nominal" as const, scale: null });
  const layer = {
    data: { values: dots },
    mark: { type: "point" as const, size: 34, opacity: 1, strokeWidth: 1.5 },
    encoding: { fill: raw("fill"), stroke: raw("color") },
  };
  return { ...plot, layer: [...plot.layer, layer] };
}
