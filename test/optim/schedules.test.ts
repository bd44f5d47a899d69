import { expect, test } from "vitest";
import { constant, cosine, type Schedule, schedules, steps } from "../../src/optim/schedules.ts";

const rateAt = (schedule: Schedule, rate: number, progress: number) =>
  schedules.of(schedule).at(schedule, rate, progress, 10);

test("constant", () => {
  expect(rateAt(constant(), 1.5, 7.5)).toBe(1.5);
});

test("steps: × gamma every stepSize epochs, within an epoch unchanged", () => {
  const schedule = steps({ stepSize: 2, gamma: 0.5 });
  expect([0, 1.99, 2, 3.5, 4, 9].map((progress) => rateAt(schedule, 1, progress))).toEqual([
    1, 1, 0.5, 0.5, 0.25, 0.0625,
  ]);
});

test("cosine: as Math.cos has it, to 1e-15", () => {
  for (let i = 0; i <= 1000; i++) {
    const off = rateAt(cosine(), 1, i / 100) - (0.5 + 0.5 * Math.cos((Math.PI * i) / 1000));
    expect(Math.abs(off)).toBeLessThanOrEqual(1e-15);
  }
});

test("an option that is not allowed is an error that says where", () => {
  expect(() => steps({ stepSize: 0, gamma: 0.5 })).toThrow(
    expect.objectContaining({ code: "argument", message: expect.stringMatching(/^step: stepSize: too small/) }),
  );
});
