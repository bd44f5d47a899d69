/** What several experiments vary: the report's set-up, over so many epochs. */

import { presets, type Recipe } from "onebit";

/** Of figure 3.3 and table 3.4. */
export const fiftyEpochs: Recipe = { ...presets.report, epochs: 50 };

/** Of figures 4.1 and 4.2, and of the questions beyond the report. */
export const twentyEpochs: Recipe = { ...presets.report, epochs: 20 };

/** The batch sizes of figure 4.2 and table 4.3. */
export const BATCHES: readonly number[] = [10, 50, 100, 150, 200, 500, 1000];

/** A series of runs with one optimizer at one learning rate. */
export const seriesOf = (optimizer: string, rate: number): string => `${optimizer} ${rate}`;
