/** What others named reaches no terminal as an order. */

import { mkdir, rename, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { mark, shielded, shown } from "../../src/cli/shown.ts";
import { colorsOf } from "../../src/cli/terminal.ts";
import { encodeIdx } from "../../src/data/idx.ts";
import { encodeModel } from "../../src/model/file.ts";
import { randomModel } from "../model/random-model.ts";
import { captured, onebit, temporaryFolder, writeBars } from "./harness.ts";

const at = temporaryFolder();

/** A style, a title, a bell, an order in C1, a carriage return, a line of its own, and text from right to left. */
const evil = "\x1b[31m\x1b]0;title\x07\x9b2J\rx\nFORGED\u2028\u202e\u2066\x85\x7f";
/** What no output may hold: controls and what sets the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const orders = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: onebit's own
const own = /\x1b\[[0-2]m|\x1b\[31merror:\x1b\[0m|\r\x1b\[2K/g;

test("each control becomes an escape of JSON; others stay", () => {
  for (let code = 0; code < 0x3000; code++) {
    const character = String.fromCharCode(code);
    if (orders.test(character) || character === "\n") {
      expect(JSON.parse(`"${shown(character)}"`)).toBe(character);
      expect(shown(character)).toMatch(/^\\u[0-9a-f]{4}$/);
    } else expect(shown(character)).toBe(character);
  }
});

test("styles get through, and none that a text brings along", () => {
  const io = captured({ isTTY: true });
  const output = shielded(io.stdout);
  const { bold } = colorsOf(output, {});
  output.write(`${shown(bold("name \x1b[1m"))}\n`);
  expect(io.out()).toBe("\x1b[1mname \\u001b[1m\x1b[0m\n");
  expect(colorsOf(output, { NO_COLOR: "1" }).bold("name")).toBe("name");
  expect(mark("bold")).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/); // drawn anew: nobody knows it before
});

describe.runIf(process.platform !== "win32")("a command", () => {
  const model = randomModel([64, 9, 3], "threshold", 1);
  const classes = ["a", "b", "c"].map((name) => `${name}${evil}`);

  beforeAll(async () => {
    await writeBars(at("bars"));
    await mkdir(at(evil));
    await writeFile(at(evil, "m"), encodeModel(model, { config: { data: `idx:${evil}` } }, classes));
    await writeFile(at(`${evil}.idx`), encodeIdx([2, 8, 8], new Uint8Array(128)));
    await onebit(["export", at(evil, "m"), "--format", "json", "--out", at("received")]);
    await writeFile(at("received", evil), "");
    await rename(at("received"), at(`${evil}received`));
  });

  const commands: readonly [string, () => string[], number][] = [
    ["eval", () => ["eval", at(evil, "m"), "--data", `idx:${at("bars")}`], 0],
    ["eval without data", () => ["eval", at(evil, "m")], 2],
    ["classify", () => ["classify", at(evil, "m"), at(`${evil}.idx`)], 0],
    ["data", () => ["data", "--data", `idx:${at(evil)}`], 2],
    ["export", () => ["export", at(evil, "m"), "--out", at(evil, `text${Math.random()}`)], 0],
    ["verify", () => ["verify", at(`${evil}received`), "--no-run"], 0],
    ["a file that is not there", () => ["summary", at(`${evil}no`)], 2],
    ["a word that is no command", () => [evil], 2],
    ["an option that is none", () => ["train", `--${evil}`], 2],
    ["a value that is none", () => ["train", "--batch", evil], 2],
    ["no configuration", () => ["train", "--config", at(evil, "m")], 2],
  ];

  test.each(commands)("%s", async (_, argv, expected) => {
    const io = captured({ isTTY: true, columns: 300 });
    const { status, out, err } = await onebit(argv(), io);
    expect(status, err).toBe(expected);
    const text = (out + err).replace(own, "");
    expect(text).toContain("\\u001b[31m");
    expect(text).not.toMatch(orders);
    expect(text).not.toMatch(/^FORGED/m);
  });

  test.each(commands)("%s --json is JSON with the same names", async (_, argv, expected) => {
    const [first, ...rest] = argv();
    const { status, out, err } = await onebit(first === evil ? [evil, "--json"] : [first!, "--json", ...rest]);
    expect(status).toBe(expected);
    expect(out + err).not.toMatch(orders);
    const lines = (out + err)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(JSON.stringify(lines)).toContain(JSON.stringify(evil).slice(1, -8));
  });
});
