import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { namesOf, searchPath } from "../../src/cli/verify/tools.ts";

test("a program has its own name and, on Windows, one with an ending of PATHEXT, a variable written in any case", () => {
  expect(namesOf("make", { PATHEXT: ".EXE" }, false)).toEqual(["make"]);
  expect(namesOf("cc", { PathExt: ".EXE;.CMD" }, true)).toEqual(["cc", "cc.EXE", "cc.CMD"]);
  expect(namesOf("cc", {}, true)).toContain("cc.EXE");
});

test.runIf(process.platform !== "win32")("programs are looked for in absolute folders that are not foreign", () => {
  const folders = ["", ".", "bin", "/foreign", "/foreign/bin", "/x/node_modules/.bin", "/foreigner", "/usr/bin"];
  expect(searchPath({ PATH: folders.join(delimiter) }, "/foreign")).toEqual(["/foreigner", "/usr/bin"]);
  expect(searchPath({ Path: "/bin" }, "/foreign")).toEqual(["/bin"]);
  expect(searchPath({ PATH: "" }, "/foreign")).toEqual([]);
  expect(searchPath({}, "/foreign")).toEqual([]);
});
