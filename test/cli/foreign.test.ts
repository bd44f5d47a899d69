/** Folders and models that someone sent: nothing in them runs, nothing outside of them is read. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { sha256Hex } from "../../src/core/hash.ts";
import { encodeModel } from "../../src/model/file.ts";
import { randomModel } from "../model/random-model.ts";
import { captured, onebit, temporaryFolder } from "./harness.ts";

const at = temporaryFolder();
const marker = () => at("it-ran");
const [posix, here] = [process.platform !== "win32", process.cwd()];

beforeAll(async () => {
  await writeFile(at("model.onebit"), encodeModel(randomModel([24, 9, 3], "threshold", 1)));
});

afterEach(() => {
  process.chdir(here);
  expect(existsSync(marker()), "something foreign ran").toBe(false);
});

let count = 0;
async function exported(format: string): Promise<string> {
  const folder = at(`${format}-${count++}`);
  const options = format === "vhdl" ? ["--vectors", "0"] : [];
  const { err } = await onebit(["export", at("model.onebit"), "--format", format, "--out", folder, ...options]);
  expect(err).toBe("");
  return folder;
}

/** Runs `verify --json`. What is refused is so at once: before anything runs, and without reading what does not belong. */
async function verify(folder: string, env: Record<string, string | undefined> = process.env, ...options: string[]) {
  const { status, out, err } = await onebit(["verify", folder, "--json", ...options], captured({ env }));
  return {
    status,
    report: out === "" ? undefined : JSON.parse(out),
    error: err === "" ? undefined : JSON.parse(err).error,
  };
}

async function refused(folder: string, message: string): Promise<void> {
  const start = performance.now();
  const { status, report, error } = await verify(folder);
  expect({ status, report }).toEqual({ status: 2, report: undefined });
  expect(error.message).toContain(message);
  expect(performance.now() - start).toBeLessThan(10_000);
}

/** Writes a file of an export anew, and its hash into the manifest, as whoever sends an export may do. */
async function forge(folder: string, name: string, content: string): Promise<void> {
  await writeFile(join(folder, name), content);
  await editManifest(folder, (manifest) => {
    const entry = manifest.files.find((file: { name: string }) => file.name === name);
    Object.assign(entry, { length: Buffer.byteLength(content), sha256: sha256Hex(Buffer.from(content)) });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the tests write what does not belong there
async function editManifest(folder: string, edit: (manifest: any) => void): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  edit(manifest);
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}

describe("code in a folder", () => {
  const hostileMake = () => `X := $(shell touch ${marker()})\nmain:\n\ttouch ${marker()}\n`;
  const hostileC = () =>
    `#include <stdlib.h>\n__attribute__((constructor)) void f(void) { system("touch ${marker()}"); }\n`;

  test.each([
    ["a Makefile", "c", "Makefile", hostileMake],
    ["a source", "c", "model.c", hostileC],
    ["a linker script", "c", "bare.ld", () => "INCLUDE /etc/passwd\n"],
    ["a core", "vhdl", "rtl/onebit_pkg.vhd", () => "package onebit_pkg is end;\n"],
    ["a model", "onnx", "model.onnx", () => "no model"],
  ])("%s that was altered is named, and one with the right hash too", async (_, format, name, content) => {
    const folder = await exported(format);
    const before = await readFile(join(folder, name));
    await writeFile(join(folder, name), before.fill(32));
    await refused(folder, `"${name}" was altered`);
    await forge(folder, name, content().padEnd(before.length));
    await refused(folder, `"${name}" is not what onebit writes for this model`);
    await forge(folder, name, content().padEnd(before.length + 1));
    await refused(folder, `"${name}" cannot be taken`);
    await rm(join(folder, name));
    await refused(folder, `"${name}" is missing`);
  });

  test.each([
    ["a name", { name: 'x"; touch' }, '"model.h" is no file'],
    ["a writer that ends a comment", undefined, "cannot name what writes an export"],
    ["an unknown option", { shell: "touch" }, 'has no option "shell"'],
    ["options that are none", "touch", "its options are not an object"],
  ])("%s does not reach a source", async (_, options, message) => {
    const folder = await exported("c");
    await editManifest(folder, (manifest) => {
      if (options === undefined) manifest.writer = '*/\n__asm__(".incbin \\"/etc/passwd\\"");/*';
      else manifest.options = options;
    });
    await refused(folder, message);
  });

  test("a stimulus that is none is refused", async () => {
    const folder = await exported("vhdl");
    await forge(folder, "vectors/stimulus.hex", "0x1; touch\n");
    await refused(folder, "stimulus.hex is not beats of 8 pixels");
  });
});

describe.runIf(posix)("modules and tools in the folder and the current directory", () => {
  const script = () => `#!/bin/sh\ntouch ${marker()}\n`;

  test("numpy.py", async () => {
    const folder = await exported("json");
    await writeFile(join(folder, "numpy.py"), `open(${JSON.stringify(marker())}, "w")`);
    await writeFile(join(folder, "json.py"), `open(${JSON.stringify(marker())}, "w")`);
    process.chdir(folder);
    const { status, report } = await verify(".", { ...process.env, PYTHONPATH: folder, PYTHONSTARTUP: "numpy.py" });
    expect(status).toBe(0);
    expect(report.unlisted).toEqual(["json.py", "numpy.py"]);
  });

  test("node_modules", async () => {
    const folder = await exported("onnx");
    for (const name of ["onnxruntime-node", "onnxruntime-web"]) {
      await mkdir(join(folder, "node_modules", name), { recursive: true });
      const code = `require("node:fs").writeFileSync(${JSON.stringify(marker())}, "")`;
      await writeFile(join(folder, "node_modules", name, "index.js"), code);
    }
    process.chdir(folder);
    const { report } = await verify(".", { ...process.env, NODE_PATH: join(folder, "node_modules") });
    expect(report.unlisted).toEqual(["node_modules/"]);
    expect(report.rows.at(-1)).toMatchObject({ target: "onnxruntime-web", mismatches: 0 }); // a development dependency
  });

  test("programs, wherever the PATH points", async () => {
    const folder = await exported("c");
    await mkdir(join(folder, "node_modules", ".bin"), { recursive: true });
    for (const name of ["cc", "arm-none-eabi-gcc", "qemu-system-arm", "node_modules/.bin/cc"]) {
      await writeFile(join(folder, name), script());
      await chmod(join(folder, name), 0o755);
    }
    await symlink(folder, at("alias"));
    await cp(folder, at("current"), { recursive: true });
    const PATH = ["", ".", "node_modules/.bin", folder, join(folder, "node_modules", ".bin"), at("alias")].join(
      delimiter,
    );
    for (const current of [folder, at("current")]) {
      process.chdir(current);
      const { status, report } = await verify(folder, { PATH });
      expect(status).toBe(0);
      expect(report.rows.slice(1).every((row: { missing?: unknown }) => row.missing !== undefined)).toBe(true);
    }
    await rm(at("alias"));
  });

  test("children get an environment without orders, and an empty folder", async () => {
    const [tools, folder] = [at("tools"), await exported("npz")];
    await mkdir(tools);
    await writeFile(
      join(tools, "python3"),
      `#!/bin/sh\n/usr/bin/env > ${at("env")}\n/bin/ls -A > ${at("ls")}\nexit 1\n`,
    );
    await chmod(join(tools, "python3"), 0o755);
    const orders = [
      "MAKEFLAGS",
      "PYTHONPATH",
      "PYTHONHOME",
      "NODE_OPTIONS",
      "NODE_PATH",
      "LD_PRELOAD",
      "CPATH",
      "GCC_EXEC_PREFIX",
    ];
    await verify(folder, {
      PATH: [".", folder, tools].join(delimiter),
      HOME: "/home/x",
      ...Object.fromEntries(orders.map((name) => [name, "."])),
    });
    const lines = (await readFile(at("env"), "utf8")).split("\n");
    expect(lines).toContain("HOME=/home/x");
    expect(lines).toContain(`PATH=${tools}`);
    expect(lines.filter((line) => orders.includes(line.split("=")[0]!))).toEqual([]);
    expect(await readFile(at("ls"), "utf8")).toBe("");
  });

  test("--no-run starts nothing", async () => {
    const [tools, folder] = [at("no-run"), await exported("c")];
    await mkdir(tools);
    await writeFile(join(tools, "cc"), script());
    await chmod(join(tools, "cc"), 0o755);
    const { status, report } = await verify(folder, { PATH: tools }, "--no-run");
    expect({ status, report }).toEqual({
      status: 0,
      report: { rows: [{ target: "SHA-256 of the files" }], unlisted: [] },
    });
    for (const option of ["--data", "--runtimes"]) {
      expect((await verify(folder, {}, "--no-run", option, "mnist")).error.message).toContain(
        `${option} has nothing to do`,
      );
    }
    expect((await verify(folder, {}, "--runtimes", here)).error.message).toContain("needs no --runtimes");
  });
});

describe("names in a manifest", () => {
  test.each([
    "../../../dev/zero",
    "/dev/zero",
    "/etc/passwd",
    "..",
    ".",
    "",
    "rtl/../../x",
    "C:\\Windows\\win.ini",
    "\\\\host\\share",
    "con",
    "manifest.json",
    "model.c\0.txt",
    "__proto__",
  ])("%j is not opened", async (name) => {
    const folder = await exported("c");
    await editManifest(folder, (manifest) => manifest.files.push({ name, length: 1, sha256: "0".repeat(64) }));
    await refused(folder, `${JSON.stringify(name)} is no file of this format`);
    const text = await exported("text");
    await editManifest(text, (manifest) => manifest.files.push({ name, length: 1, sha256: "0".repeat(64) }));
    const { status } = await onebit(["import", text, "--out", at("no.onebit")]);
    expect({ status, there: existsSync(at("no.onebit")) }).toEqual({ status: 2, there: false });
  });

  test("a file that is not listed is missed", async () => {
    const folder = await exported("c");
    await editManifest(folder, (manifest) => manifest.files.pop());
    await refused(folder, '"model.onebit" is not listed');
  });
});

describe("whatever a manifest says", () => {
  const nested = `${"[".repeat(5000)}${"]".repeat(5000)}`;
  const values = ["null", "0", "-1", "1e308", '""', '"x"', "[]", "{}", "true", "[[0]]", '{"toString":1}', nested];

  /** The places of a value and of all in it: ["files", "0", "name"]. */
  function placesIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [at];
    return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
  }

  /** The JSON of `value` with another text at a place. */
  function replaced(value: unknown, [key, ...rest]: readonly string[], text: string): string {
    if (key === undefined) return text;
    const inner = Object.entries(value as object).map(([k, v]) => [
      k,
      k === key ? replaced(v, rest, text) : JSON.stringify(v),
    ]);
    if (Array.isArray(value)) return `[${inner.map(([, v]) => v).join(",")}]`;
    return `{${inner.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(",")}}`;
  }

  test.each(["text", "json", "c", "vhdl"])("%s is checked or refused", async (format) => {
    const folder = await exported(format);
    const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    manifest.files.length = Math.min(manifest.files.length, 4); // the others are of the same form
    for (const place of placesIn(manifest)) {
      for (const value of format === "vhdl" ? values.slice(0, 6) : values) {
        await writeFile(join(folder, "manifest.json"), replaced(manifest, place, value));
        const { status, error } = await verify(folder, {}, "--no-run");
        expect([0, 2], `${place.join(".")} = ${value.slice(0, 20)}: ${error?.message}`).toContain(status);
        if (format !== "text") continue;
        // The file is there, which is found out after all has been read.
        const imported = await onebit(["import", folder, "--out", at("model.onebit")]);
        expect([0, 2], `${place.join(".")} = ${value.slice(0, 20)}: ${imported.err}`).toContain(imported.status);
      }
    }
  });
});

describe.runIf(posix)("what stands in a file's place", () => {
  const places: readonly [string, (path: string) => Promise<unknown> | unknown, string][] = [
    ["a link to a device", (path) => symlink("/dev/zero", path), "is not a regular file"],
    ["a link to a file", (path) => symlink("/etc/passwd", path), "is not a regular file"],
    ["a pipe", (path) => execFileSync("mkfifo", [path]), "is not a regular file"],
    ["a folder", (path) => mkdir(path), "is not a regular file"],
    ["a file of a terabyte", (path) => writeFile(path, "").then(() => truncate(path, 2 ** 40)), "more than the"],
  ];

  test.each(places)("%s is not read", async (_, put, message) => {
    for (const [format, name] of [
      ["c", "model.c"],
      ["c", "manifest.json"],
      ["c", "model.onebit"],
      ["vhdl", "vectors/stimulus.hex"],
      ["text", "weights.txt"],
      ["text", "scores.txt"],
    ] as const) {
      const folder = await exported(format);
      await rm(join(folder, name));
      await put(join(folder, name));
      await refused(folder, message);
      if (format !== "text") continue;
      const { status, err } = await onebit(["import", folder, "--out", at("no.onebit")]);
      expect(status).toBe(2);
      expect(err).toContain(message);
    }
  });

  test("a link to a folder is not followed", async () => {
    const folder = await exported("vhdl");
    await rename(join(folder, "rtl"), at("elsewhere"));
    await symlink(at("elsewhere"), join(folder, "rtl"));
    await refused(folder, "rtl is a link");
  });

  test("the data set that a model names is not opened, unless it is one that onebit knows", async () => {
    const data = at("pipes");
    await mkdir(data);
    for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
      execFileSync("mkfifo", [join(data, name)]);
    const model = randomModel([24, 9, 3], "threshold", 1);
    await writeFile(at("piped.onebit"), encodeModel(model, { config: { data: `idx:${data}` } }));
    for (const argv of [["eval"], ["export", "--format", "vhdl", "--out", at("piped")]]) {
      const { status, err } = await onebit([argv[0]!, at("piped.onebit"), ...argv.slice(1)]);
      expect(status).toBe(2);
      expect(err).toContain("which onebit opens only if you say so\nName the data set with --data.");
    }
    await writeFile(at("known.onebit"), encodeModel(model, { config: { data: "mnist:10" } }));
    expect((await onebit(["eval", at("known.onebit")])).err).toContain("mnist:10 has samples of 28 × 28 × 1");
  });
});

describe.runIf(posix)("Ctrl-C", () => {
  test("ends what runs, with its children, and removes the scratch folder", async () => {
    const [tools, folder] = [at("slow"), await exported("c")];
    await mkdir(tools);
    const slow = `#!/bin/sh\n/bin/sleep 600 &\n/bin/pwd > ${at("where.part")}\necho $$ $! >> ${at("where.part")}\n`;
    await writeFile(join(tools, "cc"), `${slow}/bin/mv ${at("where.part")} ${at("where")}\nwait\n`);
    await chmod(join(tools, "cc"), 0o755);
    const io = captured({ env: { PATH: tools } });
    const verified = onebit(["verify", folder], io);
    while (!existsSync(at("where"))) await new Promise((resolve) => setTimeout(resolve, 10));
    const [scratch, pids] = (await readFile(at("where"), "utf8")).trim().split("\n") as [string, string];
    expect(basename(dirname(scratch))).toBe(basename(tmpdir()));
    io.interrupt();
    expect((await verified).status).toBe(130);
    expect(existsSync(scratch)).toBe(false);
    for (const pid of pids.split(" ").map(Number)) await gone(pid);
    expect((await readdir(dirname(scratch))).includes(basename(scratch))).toBe(false);
  });

  /** Waits until there is no such process, or only one that nobody has asked about yet. */
  async function gone(pid: number): Promise<void> {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      if (/\) Z /.test(status)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
});
