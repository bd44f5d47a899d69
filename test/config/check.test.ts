import { describe, expect, it } from "vitest";
import { checkAgainstData } from "../../src/config/check.ts";
import type { RunConfig } from "../../src/config/config.ts";
import { presets } from "../../src/config/presets.ts";
import type { DataSet, Samples } from "../../src/data/dataset.ts";

const set = (count: number): Samples => ({
  name: "small",
  count,
  inputs: new Uint8Array(12 * count),
  labels: new Uint8Array(count),
});
const data: DataSet = {
  name: "idx:small",
  shape: [4, 3, 1],
  classes: ["0", "1", "2", "3", "4"],
  train: set(20),
  test: set(2),
};
const fitting: RunConfig = { ...presets.report, layers: [12, 8, 5], validation: 4, batch: 16 };

describe("checkAgainstData", () => {
  it("accepts what fits, to the last image", () => {
    expect(() => checkAgainstData(fitting, data)).not.toThrow();
    expect(() => checkAgainstData({ ...fitting, validation: 0, batch: 20, shift: 2 }, data)).not.toThrow();
  });

  it.each<[Partial<RunConfig>, string, string]>([
    [{ layers: [784, 8, 5] }, "layers begins with 784, but the images of idx:small have 4 × 3 × 1 = 12 pixels", "12"],
    [{ layers: [12, 8, 10] }, "layers ends with 10, but idx:small has 5 classes", "5"],
    [{ validation: 20 }, "validation is 20, but idx:small has 20 training images", "19"],
    [{ batch: 17 }, "batch is 17, but only 16 images are left to train on (20 without validation)", "smaller batch"],
    [{ shift: 3 }, "shift is 3, but the images are 4 × 3", "smaller shift"],
  ])("refuses %o", (change, message, hint) => {
    expect(() => checkAgainstData({ ...fitting, ...change }, data)).toThrow(
      expect.objectContaining({ code: "config", message, hint: expect.stringContaining(hint) }),
    );
  });
});
