import { expect, it } from "vitest";
import { jsonListener, type TrainingListener, textListener } from "../../src/cli/listeners.ts";
import { shielded } from "../../src/cli/shown.ts";
import { expand } from "../../src/config/expand.ts";
import { presets } from "../../src/config/presets.ts";
import { runFolder } from "../../src/node/run-folder.ts";
import { captured } from "./harness.ts";

const row = {
  epoch: 3,
  learningRate: 0.001,
  trainLoss: 0.25,
  trainAccuracy: 0.9,
  validationAccuracy: null,
  flipRatio: 0.00125,
  seconds: 8.25,
};

/** Tells of an epoch, the third one. */
function tell(listener: TrainingListener): void {
  listener.start({ shape: [28, 28, 1], epoch: 2, rows: [], bytes: 0 });
  listener.progress({ epoch: 3, done: 5500, samples: 55000, loss: 0.3, accuracy: 0.875 });
  listener.epoch(row);
}

it("shows progress with rate and time left on a terminal, and removes it before the epoch's line", () => {
  const io = captured({ isTTY: true, env: { NO_COLOR: "1" } });
  tell(textListener(runFolder("runs/x"), expand(presets.quick), { ...io, stderr: shielded(io.stderr) }));
  expect(io.err()).toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
    /^\r\x1b\[2Kepoch 3\/\d+ {2}10\.00 % {2}accuracy 87\.50 % {2}[\d,]+ samples\/s {2}[\d:]+( s)? left\r\x1b\[2K$/,
  );
  expect(io.out()).toMatch(/^784-500-1024-1024-10 binary, mnist, seed 1$/m);
  expect(io.out()).toMatch(/^continues after epoch 2$/m);
  expect(io.out()).toMatch(/^epoch +3\/\d+ {2}loss 0\.2500 {2}train 90\.00 % {2}flips 0\.125 % {2}8\.3 s$/m);
});

it("writes no control characters and no progress elsewhere", () => {
  const io = captured();
  const listener = textListener(runFolder("runs/x"), expand(presets.quick), io);
  tell(listener);
  listener.stopped(3);
  expect(io.err()).toBe("");
  expect(io.out()).not.toContain("\x1b");
  expect(io.out()).toContain("continue with: npx onebit train --resume --out runs/x");
});

it("writes a line of JSON an event", () => {
  const io = captured();
  const listener = jsonListener(io);
  tell(listener);
  listener.stopped(3);
  const lines = io.out().trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: "start", epoch: 2, rows: [], bytes: 0 },
    { event: "progress", epoch: 3, done: 5500, images: 55000, loss: 0.3, accuracy: 0.875 },
    { event: "epoch", ...row },
    { event: "stopped", epoch: 3 },
  ]);
});
