import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { writeAtomic, writeError, writeTogether } from "../../src/node/files.ts";
import { temporaryFolder } from "../cli/harness.ts";

const at = temporaryFolder();

it("writes texts, bytes and chunks, replaces what is there, and leaves nothing beside it", async () => {
  const path = at("a", "b", "file");
  await writeAtomic(path, "text");
  expect(await readFile(path, "utf8")).toBe("text");
  await writeAtomic(path, Uint8Array.of(104, 105));
  expect(await readFile(path, "utf8")).toBe("hi");
  await writeAtomic(path, [Uint8Array.of(104), Uint8Array.of(105, 33)]);
  expect(await readFile(path, "utf8")).toBe("hi!");
  expect(await readdir(at("a", "b"))).toEqual(["file"]);
});

it("keeps the old file when the disk is full", async () => {
  await mkdir(at("full"));
  await writeFile(at("full", "file"), "old");
  await symlink("/dev/full", at("full", "file.partial"));
  await expect(writeAtomic(at("full", "file"), "new")).rejects.toMatchObject({
    code: "file",
    message: `${at("full", "file")} cannot be written: the disk is full`,
  });
  expect(await readFile(at("full", "file"), "utf8")).toBe("old");
  expect(await readdir(at("full"))).toEqual(["file"]);
});

it("does not write below a file or over a folder", async () => {
  await writeFile(at("plain"), "old");
  await expect(writeAtomic(at("plain", "x"), "new")).rejects.toMatchObject({ code: "file" });
  expect(await readFile(at("plain"), "utf8")).toBe("old");
  await mkdir(at("folder"));
  await expect(writeAtomic(at("folder"), "new")).rejects.toMatchObject({
    code: "file",
    message: `${at("folder")} cannot be written: it is a directory`,
  });
  expect(await readdir(at("folder"))).toEqual([]);
});

it.each([
  ["EACCES", "no permission"],
  ["EPERM", "no permission"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EIO", "i/o error"],
])("%s means: %s", (code, reason) => {
  const error = writeError(Object.assign(new Error("i/o error"), { code }), "some/file");
  expect(error).toMatchObject({ code: "file", message: `some/file cannot be written: ${reason}` });
});

it("writes several files, or none of them", async () => {
  await mkdir(at("several"));
  await writeFile(at("several", "first"), "old");
  await writeFile(at("several", "plain"), "a file");
  const files = (second: string) => [
    { path: at("several", "first"), content: "new" },
    { path: at("several", second), content: "new" },
  ];
  await expect(writeTogether(files("plain/second"))).rejects.toMatchObject({ code: "file" });
  expect(await readFile(at("several", "first"), "utf8")).toBe("old");
  await writeTogether(files("second"));
  expect(await readFile(at("several", "first"), "utf8")).toBe("new");
  expect((await readdir(at("several"))).sort()).toEqual(["first", "plain", "second"]);
});
