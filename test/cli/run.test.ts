import { mkdir, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { captured, onebit, temporaryFolder, writeBars } from "./harness.ts";

const at = temporaryFolder();
const commands = [
  "start",
  "train",
  "eval",
  "summary",
  "classify",
  "bench",
  "export",
  "verify",
  "import",
  "images",
  "data",
];

describe("help", () => {
  it("lists the commands, also without arguments", async () => {
    const { status, out, err } = await onebit(["--help"]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    for (const name of commands) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    expect((await onebit([])).out).toBe(out);
  });

  it.each(commands)("%s --help shows an example and --json", async (name) => {
    const { status, out, err } = await onebit([name, "--help"]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain(`Usage: onebit ${name}`);
    expect(out).toMatch(new RegExp(`Example:\n {2}onebit ${name}`));
    expect(out).toContain("--json");
    expect((await onebit(["help", name])).out).toBe(out);
  });

  it.each([...commands, "reproduce", "completion"])("%s --help fits 80 columns", async (name) => {
    const { out } = await onebit([name, "--help"], captured({ columns: 80 }));
    expect(out).toMatch(/^Usage: onebit /);
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("tells the version", async () => {
    expect(await onebit(["--version"])).toEqual({ status: 0, out: `${manifest.version}\n`, err: "" });
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["trian"], "unknown command 'trian'", "Did you mean train?"],
    [["train", "--bacth", "10"], "unknown option '--bacth'", "Did you mean --batch?"],
    [["train", "--batch"], "option '--batch <value>' argument missing", undefined],
    [["train", "--batch", "0"], '--batch does not take "0"', "It takes 1…65536."],
    [["train", "--binarize", "otsu"], '--binarize does not take "otsu"', "It takes threshold:0…255 | "],
    [["train", "--preset", "fast"], "option '--preset <name>' argument 'fast' is invalid", undefined],
    [["train", "--threads", "0"], '--threads does not take "0"', "It takes an integer from 1 to 64."],
    [["train", "now"], "too many arguments for 'train'", undefined],
    [["train", "--activation", "relu"], 'activation is "relu"', 'Set activation to "sign"'],
    [["eval"], "missing required argument 'path'", undefined],
    [["eval", "x", "--split", "half"], "argument 'half' is invalid. Allowed choices are test, train.", undefined],
    [["export", "x"], "required option '--out <dir>' not specified", undefined],
    [["import", "--out", "x"], "missing required argument 'dir'", undefined],
    [["images", "--seed", "-1"], '--seed does not take "-1"', "It takes an integer from 0 to "],
    [
      ["data", "--data", "cifar"],
      'there is no data set "cifar"',
      "Give mnist, fashion-mnist, one of them with a number of samples (mnist:3000), or idx:DIR.",
    ],
    [
      ["train", "--resume", "--lr", "1", "--force"],
      "does not take --lr, --force",
      "start a new run from its weights: --init runs/quick/checkpoint.bin.",
    ],
    [
      ["train", "--resume", "--epochs", "12", "--out", "runs/x"],
      "does not take --epochs",
      "--init runs/x/checkpoint.bin.",
    ],
    [
      ["train", "--surrogate", "tanh", "--linear", "normal", "--activation", "relu"],
      "there is no sign",
      "Leave surrogate out.",
    ],
    [
      ["train", "--linear", "normal", "--activation", "relu", "--gradients", "int8"],
      "for binary layers",
      "Leave gradients",
    ],
    [["reproduce", "all", "--draw", "--again"], "--draw trains and measures nothing", "Leave it out."],
    [["summary", "x", "--layers", "784,10"], "x has its own configuration; leave out --layers", undefined],
  ])("%o exits 2 with one clear error", async (argv, message, hint) => {
    const { status, out, err } = await onebit(argv);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toMatch(/^error: /);
    expect(err).toContain(message);
    expect(err).toContain(hint ?? "");
    expect(err.split("\n").length).toBeLessThanOrEqual(3);

    const json = JSON.parse((await onebit([argv[0]!, "--json", ...argv.slice(1)])).err);
    expect(json.error.message).toContain(message);
    expect(json.error.code).toMatch(/^(argument|config)$/);
    if (hint === undefined) expect(json.error.hint).toBeNull();
    else expect(json.error.hint).toContain(hint);
  });
});

describe("files that are wrong", () => {
  beforeAll(async () => {
    await writeBars(at("bars"));
    await mkdir(at("empty"));
    await writeFile(at("broken.json"), '{"batch": ');
    await writeFile(at("list.json"), "[]");
    await writeFile(at("typo.json"), '{"bacth": 10}');
    await writeFile(at("text"), "some text");
  });

  it.each([
    ["lr", 0.1, "learningRate"],
    ["learning_rate", 0.1, "learningRate"],
    ["batch_size", 10, "batch"],
    ["bacth", 10, "batch"],
  ])("a configuration's key %s is told its name", async (key, value, meant) => {
    await writeFile(at("key.json"), JSON.stringify({ [key]: value }));
    const { status, err } = await onebit(["train", "--config", at("key.json")]);
    expect({ status, err }).toEqual({
      status: 2,
      err: `error: ${at("key.json")}: there is no key "${key}"\nDid you mean "${meant}"?\n`,
    });
  });

  const fits = () => ["--data", `idx:${at("bars")}`, "--layers", "64,8,3", "--validation", "16", "--batch", "16"];

  it.each<[string, () => string[], string, string]>([
    ["a missing configuration", () => ["train", "--config", at("no.json")], "file", "no.json does not exist"],
    ["a folder as a configuration", () => ["train", "--config", at("empty")], "file", "empty is a directory"],
    ["a broken configuration", () => ["train", "--config", at("broken.json")], "config", "broken.json is not JSON"],
    [
      "another JSON value",
      () => ["train", "--config", at("list.json")],
      "config",
      "list.json does not hold a JSON object",
    ],
    ["an unknown key", () => ["train", "--config", at("typo.json")], "config", 'there is no key "bacth"'],
    ["a missing data set", () => ["data", "--data", `idx:${at("no")}`], "file", "does not exist"],
    ["a data set without files", () => ["data", "--data", `idx:${at("empty")}`], "file", "has no file"],
    ["other classes", () => ["train", ...fits(), "--layers", "64,8,10"], "config", "the network ends with 10 outputs"],
    ["other pixels", () => ["train", ...fits(), "--layers", "784,8,3"], "shape", "the network takes 784 numbers"],
    ["a large batch", () => ["train", ...fits(), "--batch", "81"], "config", "batch is 81, but only 80 samples"],
    ["no training image", () => ["train", ...fits(), "--validation", "96"], "config", "validation is 96"],
    ["a missing init", () => ["train", ...fits(), "--init", at("no.onebit")], "file", "no.onebit does not exist"],
    ["a wrong init", () => ["train", ...fits(), "--init", at("text")], "checkpoint", "is not a checkpoint"],
    ["an --out that is a file", () => ["train", ...fits(), "--out", at("text")], "file", "cannot be written"],
    ["an --out below a file", () => ["train", ...fits(), "--out", at("text", "run")], "file", "cannot be written"],
    ["nothing to resume", () => ["train", "--resume", "--out", at("empty")], "file", "config.json does not exist"],
    ["a missing run", () => ["eval", at("no")], "file", "no does not exist"],
    ["a folder that is no run", () => ["eval", at("empty")], "file", "config.json does not exist"],
    ["no model", () => ["eval", at("text")], "model", "text is not a .onebit file"],
    ["no model to export", () => ["export", at("empty"), "--out", at("x")], "file", "holds no model and no checkpoint"],
    ["nothing to import", () => ["import", at("empty"), "--out", at("x")], "file", "manifest.json does not exist"],
    [
      "no 3 and no 4",
      () => ["images", "--data", `idx:${at("bars")}`, "--out", at("x")],
      "data",
      "has no image of class",
    ],
    ["a missing model", () => ["summary", at("no.onebit")], "file", "no.onebit does not exist"],
  ])("%s", async (_, argv, code, message) => {
    const { status, out, err } = await onebit([...argv(), "--json"]);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    const { error } = JSON.parse(err);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

it("describes a data set", async () => {
  await writeBars(at("described"));
  const { status, out } = await onebit(["data", "--data", `idx:${at("described")}`]);
  expect(status).toBe(0);
  expect(out).toContain("8 × 8 × 1, 3 classes");
  expect(out).toMatch(/^class 2 +32 +16$/m);
  const json = JSON.parse((await onebit(["data", "--data", `idx:${at("described")}`, "--json"])).out);
  expect(json.train).toMatchObject({ count: 96, perClass: [32, 32, 32] });
});

it("writes the report's pictures, and does not replace them unasked", async () => {
  await writeBars(at("five"), 5);
  const argv = ["images", "--data", `idx:${at("five")}`, "--out", at("pictures"), "--json"];
  const { status, out } = await onebit(argv);
  expect(status).toBe(0);
  expect(JSON.parse(out).files).toHaveLength(4);
  const again = await onebit(argv);
  expect(again.status).toBe(2);
  expect(JSON.parse(again.err).error.code).toBe("exists");
  expect((await onebit([...argv, "--force"])).status).toBe(0);
});

describe("a defect", () => {
  const failing = (env: Record<string, string>) =>
    captured({
      env,
      onWrite(text) {
        if (text.startsWith("Usage")) throw new TypeError("x is not a function");
      },
    });

  it("exits 1 and asks for a report", async () => {
    const { status, err } = await onebit(["--help"], failing({}));
    expect(status).toBe(1);
    expect(err).toBe(
      "error: this is a defect of onebit: x is not a function\n" +
        "Please report it; ONEBIT_DEBUG=1 shows where it happened.\n",
    );
  });

  it("shows where it happened with ONEBIT_DEBUG=1", async () => {
    expect((await onebit(["--help"], failing({ ONEBIT_DEBUG: "1" }))).err).toContain("    at ");
  });
});

it("is coloured on a terminal, unless NO_COLOR is set", async () => {
  const red = "\x1b[31m";
  expect((await onebit(["trian"], captured({ isTTY: true }))).err).toContain(red);
  expect((await onebit(["trian"], captured({ isTTY: true, env: { NO_COLOR: "1" } }))).err).not.toContain(red);
  expect((await onebit(["trian"])).err).not.toContain(red);
});
