import { experiments } from "onebit-report";
import { expect, test } from "vitest";
import { textListener } from "../../src/cli/reproduce/progress.ts";
import type { Task } from "../../src/cli/reproduce/schedule.ts";
import { shielded } from "../../src/cli/shown.ts";
import { presets } from "../../src/config/presets.ts";
import { runKey, runRow } from "../../src/runs/runs.ts";
import { captured } from "./harness.ts";

const task = (seed: number): Task => {
  const run = { series: "a series", recipe: { ...presets.report, seed } };
  return { experiment: experiments[0]!, run, key: runKey(run), label: `fig-9.9  a series, seed ${seed}` };
};

test("on a terminal: runs done, running, and the time that is left once it is known", async () => {
  const io = captured({ isTTY: true, env: { NO_COLOR: "1" } });
  const listener = textListener({ ...io, stderr: shielded(io.stderr) });
  const [first, second] = [task(1), task(2)];
  listener.begin([first, second], 3);
  listener.progress(new Map([[first, 0.9]])); // was resumed there: tells nothing of the rate
  await new Promise((resolve) => setTimeout(resolve, 30));
  listener.progress(new Map([[first, 0.95]]));
  const epoch = { epoch: 1, learningRate: 1, trainLoss: 1, trainAccuracy: 0.9, flipRatio: 0, seconds: 1 };
  const row = runRow(first.run, [{ ...epoch, validationAccuracy: 0.9, testAccuracy: 0.95 }], {
    modelSha256: null,
    machine: "",
  });
  listener.done(first, row);
  listener.done(second, { ...row, failed: "the loss is no longer a finite number" });
  const [, begun, going] = io.err().split("\r");
  expect(begun).toBe("\x1b[2K0/2 done, 1 running · fig-9.9 a series, seed 1 90 %");
  expect(going).toMatch(/0\/2 done, 1 running, \d+ s left · fig-9\.9 a series, seed 1 95 %/);
  expect(io.out()).toMatch(
    /^2 runs to train, 3 kept from before\nfig-9\.9 {2}a series, seed 1 {2}95\.00 % after 1 epoch {2}1 of 2, \d+ s left\n.*no longer a finite number {2}2 of 2\n$/,
  );
});
