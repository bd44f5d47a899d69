import { execFileSync } from "node:child_process";
import { symlink, truncate, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { OnebitError } from "../../src/core/errors.ts";
import { atMost, bytesText } from "../../src/core/limits.ts";
import { fileError, readBytes, readJson } from "../../src/node/read.ts";
import { temporaryFolder } from "../cli/harness.ts";

const at = temporaryFolder();

it("reads bytes and JSON", async () => {
  await writeFile(at("value.json"), '{"a": 1}');
  const bytes = await readBytes(at("value.json"));
  expect([bytes.length, bytes.constructor]).toEqual([8, Uint8Array]);
  expect(await readJson(at("value.json"))).toEqual({ a: 1 });
  await symlink(at("value.json"), at("link.json"));
  expect(await readJson(at("link.json"))).toEqual({ a: 1 });
  await writeFile(at("none.json"), "{");
  await expect(readJson(at("none.json"))).rejects.toMatchObject({ code: "config" });
  await expect(readBytes(at("none"))).rejects.toMatchObject({ code: "file", message: `${at("none")} does not exist` });
});

it("reads as much as the beginning asks for, and decides by no more", async () => {
  await writeFile(
    at("numbers"),
    Uint8Array.from({ length: 100_000 }, (_, i) => i & 255),
  );
  const seen: number[][] = [];
  const bytes = await readBytes(at("numbers"), (start, size) => {
    seen.push([start.length, size]);
    return start.length === 0 ? 4 : start.length === 4 ? 70_000 + start[3]! : 70_003;
  });
  expect(seen).toEqual([
    [0, 100_000],
    [4, 100_000],
    [70_003, 100_000],
  ]);
  expect([bytes.length, bytes[4], bytes[70_002]]).toEqual([70_003, 4, 70_002 & 255]);
});

it("refuses a file that is too long without reading it", async () => {
  await writeFile(at("huge"), "");
  await truncate(at("huge"), 5e12);
  const before = process.memoryUsage().rss;
  await expect(readBytes(at("huge"))).rejects.toMatchObject({
    code: "file",
    message: `${at("huge")} has 4656.6 GiB; at most 2 GiB are read of such a file`,
  });
  await expect(readJson(at("huge"))).rejects.toMatchObject({ code: "file" });
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
});

it.each([
  ["a pipe that nobody writes to", () => execFileSync("mkfifo", [at("fifo")]), () => at("fifo")],
  ["a device", () => {}, () => "/dev/zero"],
  ["a link to a device", () => symlink("/dev/zero", at("zero")), () => at("zero")],
])("does not read %s", async (_, make, path) => {
  await make();
  await expect(readBytes(path())).rejects.toMatchObject({
    code: "file",
    message: `${path()} is not a regular file`,
  });
});

it("does not read a folder", async () => {
  await expect(readBytes(at())).rejects.toMatchObject({ message: `${at()} is a directory, not a file` });
});

it("passes on what a file may not be", async () => {
  await writeFile(at("five"), "12345");
  await expect(readBytes(at("five"), atMost(4, "five"))).rejects.toMatchObject({
    message: "five has 5 bytes; at most 4 bytes are read of such a file",
  });
});

it.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KiB"],
  [1_600_000, "1.5 MiB"],
  [2 ** 31 - 1, "2 GiB"],
])("%i is %s", (count, text) => {
  expect(bytesText(count)).toBe(text);
});

describe("fileError", () => {
  it.each([
    ["EACCES", "x may not be read: no permission"],
    ["EPERM", "x may not be read: no permission"],
    ["ENOENT", "x does not exist"],
    ["EIO", "x cannot be read: i/o error"],
  ])("puts %s into words", (code, message) => {
    const cause = Object.assign(new Error("i/o error"), { code });
    const error = fileError(cause, "x");
    expect(error).toBeInstanceOf(OnebitError);
    expect(error).toMatchObject({ code: "file", message, cause });
  });
});
