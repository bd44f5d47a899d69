/** onebit-report: the figures, tables and findings of the report, and the page of them. It says which networks are to be trained;
 *  `onebit reproduce` trains them. */

export type {
  Done,
  Drawing,
  Experiment,
  Figure,
  Finding,
  Material,
  MeasureContext,
  Measured,
  Table,
} from "./experiment.ts";
export { experiments } from "./experiments/index.ts";
export { type Entry, figurePath, pageText } from "./page.ts";
export { type Picture, type ReportPictureOptions, reportPictures } from "./pictures.ts";
export { type Scale, scales } from "./runs.ts";
export { finalAccuracy } from "./statistics.ts";
