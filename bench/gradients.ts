/** What rounding gradients costs in accuracy: the preset quick with five seeds, integer gradients against float32, by the
 *  validation accuracy after the last epoch. The test set is not looked at. */

import { expand } from "../src/config/expand.ts";
import { presets } from "../src/config/presets.ts";
import { loadDataSet } from "../src/node/data-sets.ts";
import { train } from "../src/train/train.ts";

const SEEDS = [1, 2, 3, 4, 5];
const KINDS = ["int6", "float32", "int5"] as const;

export interface GradientRow {
  readonly gradients: string;
  /** Validation accuracy by seed, 0 … 1. */
  readonly accuracies: number[];
}

export async function gradients(): Promise<GradientRow[]> {
  const data = await loadDataSet("mnist");
  const rows: GradientRow[] = [];
  for (const kind of KINDS) {
    const accuracies: number[] = [];
    for (const seed of SEEDS) {
      const trainer = await train(expand({ ...presets.quick, gradients: kind, seed }), data, { threads: 2 });
      accuracies.push(trainer.rows.at(-1)!.validationAccuracy!);
      await trainer.close();
      process.stderr.write(`${kind}, seed ${seed}: ${(100 * accuracies.at(-1)!).toFixed(2)} %\n`);
    }
    rows.push({ gradients: kind, accuracies });
  }
  return rows;
}
