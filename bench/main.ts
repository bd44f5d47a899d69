/** npm run bench -- training | kernels | gradients | inference [--peers] [--json]: what onebit takes, on this machine, beside what
 *  others take. Tables of what was measured are in docs/engine.md. */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { enableRelaxedSimd } from "../src/cli/relaxed-simd.ts";
import { table } from "../src/cli/terminal.ts";
import { gradients } from "./gradients.ts";
import { inference } from "./inference.ts";
import { kernels } from "./kernels.ts";
import { training } from "./training.ts";

interface Result {
  readonly rows: readonly object[];
  readonly cells: readonly string[][];
}

const benchmarks: Record<string, (options: { peers: boolean }) => Promise<Result>> = {
  async training(options) {
    const rows = await training(options);
    const cells = rows.map(({ name, batch, threads, seconds, ratio, against }) => [
      name,
      String(batch),
      String(threads),
      `${seconds.toFixed(2)} s`,
      ratio === undefined ? "" : `${ratio.toFixed(2)} × ${against}`,
    ]);
    return { rows, cells: [["one epoch", "batch", "threads", "seconds", ""], ...cells] };
  },
  async kernels() {
    const rows = await kernels();
    const cells = rows.map(({ name, variant, rate, least, most }) => [
      name,
      variant,
      rate.toFixed(0),
      `${least.toFixed(0)} … ${most.toFixed(0)}`,
    ]);
    return { rows, cells: [["1024 × 1024, batch 100", "SIMD", "10⁹/s", "range"], ...cells] };
  },
  async gradients() {
    const rows = await gradients();
    const cells = rows.map(({ gradients, accuracies }) => {
      const mean = accuracies.reduce((a, b) => a + b) / accuracies.length;
      const each = accuracies.map((accuracy) => (100 * accuracy).toFixed(2)).join(" ");
      return [gradients, `${(100 * mean).toFixed(2)} %`, each];
    });
    return { rows, cells: [["gradients", "mean", "by seed"], ...cells] };
  },
  async inference(options) {
    const rows = await inference(options);
    const cells = rows.map(({ name, batch, median, least, most, ratio }) => [
      name,
      String(batch),
      `${median.toFixed(2)} µs`,
      `${least.toFixed(2)} … ${most.toFixed(2)}`,
      ratio.toFixed(1),
    ]);
    return { rows, cells: [["one thread", "batch", "an image", "range", "× onebit"], ...cells] };
  },
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const benchmark = benchmarks[positionals[0] ?? ""];
if (benchmark === undefined || positionals.length !== 1) {
  console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join(" | ")} [--peers] [--json]`);
  process.exit(2);
}
enableRelaxedSimd(); // as the command line does
const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
const { rows, cells } = await benchmark({ peers: values.peers });
if (values.json) console.log(JSON.stringify({ machine, rows }));
else console.log(`${machine}\n\n${table(cells.map((row) => [...row]))}`);
