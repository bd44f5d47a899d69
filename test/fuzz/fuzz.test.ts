/** A small share of `npm run fuzz`: enough to notice a reader that crashes, hangs or takes memory that its input does not
 *  ask for. The seed is another one each time; main.ts says how an input is read again. */

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("1,000 broken inputs of each reader", { timeout: 600_000 }, () => {
  const output = execFileSync("npm", ["run", "--silent", "fuzz", "--", "--inputs", "1000"], { encoding: "utf8" });
  console.log(output);
  expect(output).toMatch(/^seed \d+, 1000 inputs a reader\n/);
  expect(output).toMatch(/\n1\d000 inputs, 0 faults\n$/);
});
