import { expect, it } from "vitest";
import { interruptible } from "../../src/cli/interrupt.ts";
import { captured } from "./harness.ts";

it("aborts at the first Ctrl-C and exits 130 at the second", async () => {
  const io = captured();
  await interruptible(io, async (signal) => {
    expect(signal.aborted).toBe(false);
    io.interrupt();
    expect(signal.aborted).toBe(true);
    expect(io.err()).toContain("stopping");
    expect(io.exits).toEqual([]);
    io.interrupt();
    expect(io.exits).toEqual([130]);
  });
  io.interrupt();
  expect(io.exits).toEqual([130]);
});

it("stops listening when the work fails", async () => {
  const io = captured();
  await expect(interruptible(io, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  io.interrupt();
  expect(io.err()).toBe("");
});
