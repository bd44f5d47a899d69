/** Run folders of onebit 0.1, before configurations were made of values: one that was stopped after epoch 3 of 12, and
 *  the same one after it had ended. fixtures/version-1/expected.json holds what that version said of them. */

import { cp, readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import expected from "./fixtures/version-1/expected.json" with { type: "json" };
import { onebit, temporaryFolder, writeBars } from "./harness.ts";

const at = temporaryFolder();
const json = async (...argv: string[]) => {
  const { status, out, err } = await onebit([...argv, "--json"]);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  return JSON.parse(out.trim().split("\n").at(-1)!);
};

beforeAll(async () => {
  await writeBars(at("bars"));
  await writeBars(at("faint"), 3, 22);
  await cp(new URL("fixtures/version-1", import.meta.url), at("."), { recursive: true });
  for (const name of ["stopped", "ended"]) {
    const text = await readFile(at(name, "config.json"), "utf8");
    await writeFile(at(name, "config.json"), text.replace('"idx:bars"', JSON.stringify(`idx:${at("bars")}`)));
  }
});

describe.each(["stopped", "ended"] as const)("a %s run of version 1", (name) => {
  it("is evaluated as it was", async () => {
    expect(await json("eval", at(name), "--data", `idx:${at("faint")}`)).toMatchObject(expected[name].eval);
  });

  it("has the sizes it had", async () => {
    expect((await json("summary", at(name))).total).toMatchObject(expected[name].summary);
  });
});

it("of version 1 ends as it would have", async () => {
  const result = await json("train", "--resume", "--out", at("stopped"));
  expect(result).toMatchObject({ epochs: 12, modelSha256: expected.modelSha256 });
  const rows = (await readFile(at("stopped", "metrics.jsonl"), "utf8")).trim().split("\n");
  expect(rows.map((row) => JSON.parse(row))).toEqual(
    expected.rows.map((row) => ({ ...row, seconds: expect.any(Number) })),
  );
});

it("of version 1 trains further, from its checkpoint and from its model", async () => {
  for (const file of ["checkpoint.bin", "model.onebit"]) {
    const flags = ["--data", `idx:${at("bars")}`, "--layers", "64,16,3", "--validation", "16", "--batch", "16"];
    const init = ["--epochs", "1", "--init", at("ended", file), "--out", at("longer"), "--force"];
    expect(await json("train", ...flags, ...init)).toMatchObject({ epochs: 1 });
    const row = JSON.parse(await readFile(at("longer", "metrics.jsonl"), "utf8"));
    expect(row.trainLoss).toBeLessThan(expected.rows[0]!.trainLoss);
  }
});
