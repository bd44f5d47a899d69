import { expect, it } from "vitest";
import { shielded } from "../../src/cli/shown.ts";
import { count, duration, LiveLine, Pace, percent, table } from "../../src/cli/terminal.ts";
import { captured } from "./harness.ts";

it.each([
  [0, "0 s"],
  [59.4, "59 s"],
  [59.6, "1:00"],
  [75, "1:15"],
  [3599, "59:59"],
  [3725, "1:02:05"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it("formats shares and counts", () => {
  expect(percent(0.97125)).toBe("97.13 %");
  expect(percent(1)).toBe("100.00 %");
  expect(count(1952576)).toBe("1,952,576");
});

it("aligns texts left and numbers right", () => {
  const rows = [
    ["layer", "shape", "weights"],
    ["hidden 1", "784 → 500", "392,000"],
    ["output", "", "10"],
  ];
  expect(table(rows, 2)).toBe(
    ["layer     shape      weights", "hidden 1  784 → 500  392,000", "output                    10", ""].join("\n"),
  );
});

it("shows a live line on a terminal only, cut to its width", () => {
  const terminal = captured({ isTTY: true });
  const live = new LiveLine(shielded(terminal.stdout));
  live.clear();
  live.show("x".repeat(200));
  live.clear();
  live.clear();
  expect(terminal.out()).toBe(`\r\x1b[2K${"x".repeat(99)}\r\x1b[2K`);

  const pipe = captured();
  new LiveLine(pipe.stdout).show("x");
  expect(pipe.out()).toBe("");
});

it("tells rate and time left", () => {
  let now = 1000;
  const pace = new Pace(() => now);
  now = 3000;
  expect(pace.at(500, 1000)).toEqual({ rate: 250, left: 4 });
});
