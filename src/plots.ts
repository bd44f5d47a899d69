/** onebit/plots: figures as Vega-Lite specifications, which are plain objects, and as SVG, for which `vega` and `vega-lite` are
 *  installed.
 *
 *  @module onebit/plots */

export { type CurvesOptions, curvesSpec, curvesSvg } from "./plots/curves.ts";
export {
  arrow,
  box,
  type DiagramOptions,
  diagramSpec,
  edge,
  indexed,
  type Look,
  node,
  type Place,
  type Shape,
  type Stroke,
  type Words,
  words,
} from "./plots/diagram.ts";
export {
  type Axis,
  figure,
  type Line,
  type LinesOptions,
  linesRow,
  linesSpec,
  type Point,
  panel,
  type Stretch,
} from "./plots/lines.ts";
export { type PictureOptions, pictureSpec } from "./plots/picture.ts";
export { renderSvg } from "./plots/svg.ts";
export { BLUE, COLORS, GREEN, GREY, ORANGE, ordered, PURPLE, SILVER, VERMILION } from "./plots/theme.ts";
