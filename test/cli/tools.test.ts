import { join } from "node:path";
import { expect, test } from "vitest";
import { candidates } from "../../src/cli/verify/tools.ts";

test("a program lies in a folder of the PATH under its own name", () => {
  expect(candidates("make", { PATH: "/usr/bin:/bin" }, ":")).toEqual([join("/usr/bin", "make"), join("/bin", "make")]);
  expect(candidates("make", { PATH: "/bin", PATHEXT: ".EXE" }, ":")).toEqual([join("/bin", "make")]);
});

test("on Windows it has an ending of PATHEXT, and the variables are written in any case", () => {
  expect(candidates("cc", { Path: "C:;D:", PathExt: ".EXE;.CMD" }, ";")).toEqual(
    ["C:", "D:"].flatMap((folder) => ["cc", "cc.EXE", "cc.CMD"].map((name) => join(folder, name))),
  );
  expect(candidates("cc", { PATH: "C:" }, ";")).toContain(join("C:", "cc.EXE"));
});
