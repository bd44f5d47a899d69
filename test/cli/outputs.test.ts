import { mkdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { refuseExisting, refuseFilled } from "../../src/cli/outputs.ts";
import { temporaryFolder } from "./harness.ts";

const at = temporaryFolder();

it("refuses to replace a file", async () => {
  await writeFile(at("there"), "");
  await expect(refuseExisting([at("none"), at("there")])).rejects.toMatchObject({
    code: "exists",
    message: `${at("there")} exists already`,
  });
  await expect(refuseExisting([at("none")])).resolves.toBeUndefined();
});

it("tells a filled folder from an empty one and none", async () => {
  await mkdir(at("vacant"));
  await refuseFilled(at("vacant"));
  await refuseFilled(at("not-there"));
  await writeFile(at("vacant", "x"), "");
  await expect(refuseFilled(at("vacant"))).rejects.toMatchObject({ code: "exists" });
  await expect(refuseFilled(at("vacant", "x"))).rejects.toMatchObject({ code: "file" });
});
