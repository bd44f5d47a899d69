/** npm run bench -- inference [--peers] [--json]: what onebit takes, on this machine, beside what others take. */

import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { table } from "../src/cli/terminal.ts";
import { inference } from "./inference.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
if (positionals.join() !== "inference") throw new Error("usage: npm run bench -- inference [--peers] [--json]");

const rows = await inference({ peers: values.peers });
if (values.json) console.log(JSON.stringify({ cpu: cpus()[0]?.model, node: process.version, rows }));
else {
  console.log(`784-500-1024-1024-10, one thread, ${cpus()[0]?.model}, Node ${process.version}\n`);
  const cells = rows.map(({ name, batch, median, least, most, ratio }) => [
    name,
    String(batch),
    `${median.toFixed(2)} µs`,
    `${least.toFixed(2)} … ${most.toFixed(2)}`,
    ratio.toFixed(1),
  ]);
  console.log(table([["", "batch", "an image", "range", "× onebit"], ...cells]));
}
