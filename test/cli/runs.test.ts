/** Whole runs on a tiny data set: train, stop, resume, evaluate, export, import. */

import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { defaultFolder } from "../../src/cli/options.ts";
import { decodeModel } from "../../src/model/file.ts";
import type { RunResult } from "../../src/node/run-folder.ts";
import { captured, onebit, temporaryFolder, writeBars } from "./harness.ts";

const at = temporaryFolder();
const EPOCHS = 4;

/** Flags of a network that learns the bars in a moment. */
const flags = (...more: string[]) => [
  ...["--preset", "quick", "--data", `idx:${at("bars")}`, "--layers", "64,16,3", "--validation", "16"],
  ...["--batch", "16", "--epochs", String(EPOCHS), "--threads", "1", ...more],
];
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const result = (name: string): Promise<RunResult> => json(at(name, "result.json"));

beforeAll(async () => {
  await writeBars(at("bars"));
  const { status, err } = await onebit(["train", ...flags("--out", at("run"))]);
  expect({ status, err }).toEqual({ status: 0, err: "" });
});

describe("train", () => {
  it("writes configuration, metrics, checkpoint, model and result", async () => {
    expect((await readdir(at("run"))).sort()).toEqual(
      ["checkpoint.bin", "config.json", "metrics.jsonl", "model.onebit", "result.json"].sort(),
    );
    const config = await json(at("run", "config.json"));
    expect(config).toMatchObject({ version: 2, epochs: EPOCHS, seed: 1, data: `idx:${at("bars")}` });
    expect(config.network.layers.map(({ kind }: { kind: string }) => kind)).toEqual([
      "binary-dense",
      "batch-norm",
      "sign",
      "binary-dense",
      "scale",
    ]);
    const rows = lines(await readFile(at("run", "metrics.jsonl"), "utf8"));
    expect(rows.map((row) => row.epoch)).toEqual([1, 2, 3, 4]);
    expect(Object.keys(rows[0])).toEqual([
      "epoch",
      "learningRate",
      "trainLoss",
      "trainAccuracy",
      "validationAccuracy",
      "flipRatio",
      "seconds",
    ]);
    const { testAccuracy, validationAccuracy, epochs, seconds, modelSha256 } = await result("run");
    expect(testAccuracy).toBeGreaterThan(0.9);
    expect(validationAccuracy).toBe(rows.at(-1).validationAccuracy);
    expect(epochs).toBe(EPOCHS);
    expect(seconds).toBeCloseTo(rows.reduce((sum, row) => sum + row.seconds, 0));
    const file = decodeModel(await readFile(at("run", "model.onebit")));
    expect(file.hash).toBe(modelSha256);
    expect(file.info).toMatchObject({ testAccuracy, epochs, config: { data: config.data, network: config.network } });
  });

  it("prints a line per epoch and the test accuracy", async () => {
    const { out } = await onebit(["train", ...flags("--out", at("text"))]);
    expect(out).toMatch(/^64-16-3 binary, idx:.*, seed 1$/m);
    expect(out.match(/^epoch \d\/4 {2}loss \d\.\d{4} {2}train .* % {2}validation .* % {2}flips .* s$/gm)).toHaveLength(
      4,
    );
    expect(out).toMatch(/^trained and frozen model differ on 0 test samples$/m);
    expect(out).toMatch(/^test accuracy \d+\.\d\d % \(frozen model\)$/m);
    expect((await result("text")).modelSha256).toBe((await result("run")).modelSha256);
  });

  it("prints one JSON object a line with --json", async () => {
    const { out } = await onebit(["train", ...flags("--out", at("json"), "--json")]);
    const events = lines(out).filter(({ event }) => event !== "progress");
    expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "epoch", "epoch", "result"]);
    expect(events.at(-1)).toEqual({ event: "result", ...(await result("json")), differing: 0 });
  });

  it("takes a configuration's file, and names the folder after it", async () => {
    const recipe = { data: `idx:${at("bars")}`, layers: [64, 16, 3], validation: 16, batch: 16, epochs: 1 };
    await writeFile(at("mine.json"), JSON.stringify(recipe));
    const { status, out } = await onebit(["train", "--config", at("mine.json"), "--out", at("mine"), "--seed", "9"]);
    expect({ status, last: out.trim().split("\n").at(-1) }).toEqual({ status: 0, last: `written to ${at("mine")}` });
    expect(await json(at("mine", "config.json"))).toMatchObject({ epochs: 1, seed: 9 });

    // A run's own configuration is one, too, as it stands.
    const again = ["train", "--config", at("mine", "config.json"), "--out", at("again")];
    expect(await onebit(again)).toMatchObject({ status: 0 });
    expect((await result("again")).modelSha256).toBe((await result("mine")).modelSha256);
    const seeded = await onebit([...again, "--force", "--seed", "1"]);
    expect(seeded.status).toBe(0);
    expect(await json(at("again", "config.json"))).toMatchObject({ seed: 1 });
    const refused = await onebit([...again, "--force", "--lr", "1"]);
    expect(refused).toMatchObject({ status: 2, err: expect.stringContaining("learningRate is a key of recipes") });
  });

  it("begins with the preset quick unless told otherwise, in runs/<preset>", async () => {
    const [preset, ...rest] = [flags("--out", at("unnamed")).slice(0, 2), ...flags("--out", at("unnamed")).slice(2)];
    expect(preset).toEqual(["--preset", "quick"]);
    expect(await onebit(["train", ...rest])).toMatchObject({ status: 0 });
    expect(await json(at("unnamed", "config.json"))).toEqual(await json(at("run", "config.json")));
    expect(defaultFolder({})).toBe(join("runs", "quick"));
    expect(defaultFolder({ preset: "report" })).toBe(join("runs", "report"));
    expect(defaultFolder({ config: "some/mine.json" })).toBe(join("runs", "mine"));
  });

  it("notes the test accuracy after each epoch with --watch-test, and trains the same", async () => {
    expect(await onebit(["train", ...flags("--out", at("watched"), "--watch-test")])).toMatchObject({ status: 0 });
    const rows = lines(await readFile(at("watched", "metrics.jsonl"), "utf8"));
    const { testAccuracy, modelSha256 } = await result("watched");
    expect(rows.map((row) => typeof row.testAccuracy)).toEqual(["number", "number", "number", "number"]);
    expect(rows.at(-1).testAccuracy).toBe(testAccuracy);
    expect(modelSha256).toBe((await result("run")).modelSha256);
  });

  it("stops when the target accuracy is reached", async () => {
    await onebit(["train", ...flags("--out", at("target"), "--target-accuracy", "20%")]);
    expect((await result("target")).epochs).toBeLessThan(EPOCHS);
  });

  it("begins with the weights of a model or a checkpoint", async () => {
    for (const file of ["model.onebit", "checkpoint.bin"]) {
      const argv = ["train", ...flags("--out", at("init"), "--force", "--epochs", "1", "--init", at("run", file))];
      expect(await onebit(argv)).toMatchObject({ status: 0 });
      const [row] = lines(await readFile(at("init", "metrics.jsonl"), "utf8"));
      const [first] = lines(await readFile(at("run", "metrics.jsonl"), "utf8"));
      expect(row.trainLoss).toBeLessThan(first.trainLoss);
    }
  });

  it("trains a network that has no frozen form", async () => {
    const argv = ["train", ...flags("--out", at("normal"), "--linear", "normal", "--activation", "relu")];
    expect((await onebit(argv)).out).toMatch(/^test accuracy \d+\.\d\d %$/m);
    expect(await result("normal")).toMatchObject({ modelSha256: null, epochs: EPOCHS });
    expect(await readdir(at("normal"))).not.toContain("model.onebit");
    const evaluation = JSON.parse((await onebit(["eval", at("normal"), "--json"])).out);
    expect(evaluation).toMatchObject({ frozen: null, differing: null });
    expect(evaluation.trained.accuracy).toBe((await result("normal")).testAccuracy);
    const refused = await onebit(["export", at("normal"), "--out", at("x"), "--json"]);
    expect(JSON.parse(refused.err).error.code).toBe("freeze");
  });

  it("refuses a folder that holds a run, and replaces its files, and no others, with --force", async () => {
    await onebit(["train", ...flags("--out", at("forced"))]);
    await writeFile(at("forced", "notes.txt"), "mine");
    const before = await readFile(at("forced", "config.json"));
    const refused = await onebit(["train", ...flags("--out", at("forced"), "--seed", "2", "--json")]);
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.err).error).toMatchObject({
      code: "exists",
      message: `${at("forced")} already holds a run`,
    });
    expect(await readFile(at("forced", "config.json"))).toEqual(before);

    // What is wrong with the new run is found before the old one is removed.
    const unfit = ["--layers", "64,5,3", "--init", at("forced", "checkpoint.bin")];
    const blind = ["--patience", "3", "--validation", "0"];
    for (const wrong of [["--batch", "90"], unfit, blind]) {
      const { status } = await onebit(["train", ...flags("--out", at("forced"), "--force", ...wrong)]);
      expect(status).toBe(2);
      expect(await readdir(at("forced"))).toContain("model.onebit");
      expect(await readFile(at("forced", "config.json"))).toEqual(before);
    }

    expect(await onebit(["train", ...flags("--out", at("forced"), "--force", "--seed", "2")])).toMatchObject({
      status: 0,
    });
    expect(await json(at("forced", "config.json"))).toMatchObject({ seed: 2 });
    expect(await readFile(at("forced", "notes.txt"), "utf8")).toBe("mine");
  });

  it("keeps the last checkpoint when the disk is full", async () => {
    await mkdir(at("full"));
    await symlink("/dev/full", at("full", "checkpoint.bin.partial"));
    const { status, err } = await onebit(["train", ...flags("--out", at("full"))]);
    expect({ status, err }).toEqual({
      status: 2,
      err: `error: ${at("full", "checkpoint.bin")} cannot be written: the disk is full\n`,
    });
    expect((await readdir(at("full"))).sort()).toEqual(["config.json", "metrics.jsonl"]);
  });
});

describe("a run that is stopped", () => {
  it("leaves at Ctrl-C with status 130, and with --resume ends as if it had not been stopped", async () => {
    const argv = ["train", ...flags("--out", at("stopped"), "--epochs", "400", "--json")];
    const interrupting = () =>
      captured({
        onWrite(text, io) {
          if (text.startsWith('{"event":"epoch","epoch":1,')) io.interrupt();
        },
      });
    const stopped = await onebit(argv, interrupting());
    expect(stopped.status).toBe(130);
    const { event, epoch } = lines(stopped.out).at(-1);
    expect(event).toBe("stopped");
    expect(epoch).toBeLessThan(400);
    expect(await readdir(at("stopped"))).not.toContain("result.json");

    const resumed = await onebit(["train", "--resume", "--out", at("stopped"), "--json"]);
    expect(resumed.status).toBe(0);
    expect(lines(resumed.out)[0]).toMatchObject({ event: "start", epoch });
    const rows = lines(await readFile(at("stopped", "metrics.jsonl"), "utf8"));
    expect(rows.map((row) => row.epoch)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    await onebit(["train", ...flags("--out", at("whole"), "--epochs", "400")]);
    expect((await result("stopped")).modelSha256).toBe((await result("whole")).modelSha256);
  });

  it("continues from its beginning when it has no checkpoint yet", async () => {
    await mkdir(at("begun"));
    await writeFile(at("begun", "config.json"), await readFile(at("run", "config.json")));
    expect(await onebit(["train", "--resume", "--out", at("begun")])).toMatchObject({ status: 0 });
    expect((await result("begun")).modelSha256).toBe((await result("run")).modelSha256);
  });

  it("refuses a checkpoint that is truncated or altered", async () => {
    await mkdir(at("damaged"));
    await writeFile(at("damaged", "config.json"), await readFile(at("run", "config.json")));
    const bytes = await readFile(at("run", "checkpoint.bin"));
    await writeFile(at("damaged", "checkpoint.bin"), bytes);
    await truncate(at("damaged", "checkpoint.bin"), bytes.length - 1);
    for (const argv of [
      ["train", "--resume", "--out", at("damaged")],
      ["eval", at("damaged")],
    ]) {
      const { status, err } = await onebit([...argv, "--json"]);
      expect(status).toBe(2);
      expect(JSON.parse(err).error.code).toBe("checkpoint");
    }
  });
});

describe("eval", () => {
  it("agrees between trained and frozen model, and with the result", async () => {
    const evaluation = JSON.parse((await onebit(["eval", at("run"), "--json"])).out);
    expect(evaluation).toMatchObject({ split: "test", differing: 0 });
    expect(evaluation.trained).toEqual(evaluation.frozen);
    expect(evaluation.frozen).toMatchObject({ accuracy: (await result("run")).testAccuracy, count: 48 });
    const { data } = evaluation; // a folder: of a model alone it is not opened unless it is asked for
    expect((await onebit(["eval", at("run", "model.onebit")])).err).toContain("Name the data set with --data.");
    const model = JSON.parse((await onebit(["eval", at("run", "model.onebit"), "--data", data, "--json"])).out);
    expect(model).toMatchObject({ trained: null, differing: null, frozen: evaluation.frozen });
  });

  it("prints both confusion matrices", async () => {
    const { out } = await onebit(["eval", at("run"), "--split", "train"]);
    expect(out).toMatch(/^trained model: .* % of 96$/m);
    expect(out).toMatch(/^frozen model: .* % of 96$/m);
    expect(out.match(/^ +predicted\nlabel +0 +1 +2 +recall +precision$/gm)).toHaveLength(2);
    expect(out).toMatch(/differ on 0 samples\n$/);
  });

  it("refuses --threads where there is no checkpoint", async () => {
    const { status, err } = await onebit(["eval", at("run", "model.onebit"), "--threads", "1"]);
    expect({ status, err }).toEqual({
      status: 2,
      err: `error: --threads is for a run's checkpoint, and ${at("run", "model.onebit")} has none\nLeave it out.\n`,
    });
  });

  it("freezes the checkpoint of a run that has not ended", async () => {
    await mkdir(at("unended"));
    for (const name of ["config.json", "checkpoint.bin"]) {
      await writeFile(at("unended", name), await readFile(at("run", name)));
    }
    const [whole, unended] = [
      await onebit(["eval", at("run"), "--json"]),
      await onebit(["eval", at("unended"), "--json"]),
    ];
    expect(JSON.parse(unended.out).frozen).toEqual(JSON.parse(whole.out).frozen);
  });

  it("refuses a data set of another size, and a model that is truncated", async () => {
    await writeBars(at("four"), 4);
    const other = await onebit(["eval", at("run"), "--data", `idx:${at("four")}`]);
    expect(other).toMatchObject({ status: 2, err: expect.stringContaining("knows 3 classes, but") });
    await writeFile(at("cut.onebit"), (await readFile(at("run", "model.onebit"))).subarray(0, -1));
    const cut = await onebit(["eval", at("cut.onebit")]);
    expect(cut).toMatchObject({ status: 2, err: expect.stringContaining("cut.onebit is truncated or altered") });
  });
});

describe("summary", () => {
  it("takes the width of a network that does not say it from the data", async () => {
    const { network, ...rest } = await json(at("run", "config.json"));
    await writeFile(at("open.json"), JSON.stringify({ ...rest, network: { ...network, inputs: undefined } }));
    const [open, run] = [await onebit(["summary", "--config", at("open.json")]), await onebit(["summary", at("run")])];
    expect(open).toEqual(run);
  });

  it("agrees on weights and sizes between configuration, run and model", async () => {
    const totals = [];
    for (const argv of [[...flags().slice(0, -2)], [at("run")], [at("run", "model.onebit")]]) {
      const { status, out } = await onebit(["summary", ...argv, "--json"]);
      expect(status).toBe(0);
      const { bits, packedBytes, macs } = JSON.parse(out).total;
      totals.push({ bits, packedBytes, macs });
    }
    const expected = { bits: 1072, packedBytes: 19 * 16 + 16 * 4 + 3 * 8, macs: 1072 };
    expect(totals).toEqual([expected, expected, expected]);
  });

  it("prints a table with totals", async () => {
    const { out } = await onebit(["summary", at("run", "model.onebit")]);
    const [head, hidden, output, total, none, ...notes] = out.trim().split("\n");
    expect(head).toMatch(/^layer +kind +shape +weights +packed kB +MACs$/);
    expect(hidden).toMatch(/^hidden\[0\] +agreements +64 → 16 +1,024 +0\.3 +1,024$/);
    expect(output).toMatch(/^output +agreements +16 → 3 +48 +0\.1 +48$/);
    expect(total).toMatch(/^total +1,072 +0\.4 +1,072$/);
    expect([none, ...notes]).toEqual([
      "",
      "1,072 of 1,072 weights are bits",
      "float32 weights take 4.3 kB, packed 0.4 kB",
      "MACs: multiply-accumulates for one sample",
    ]);
  });
});

describe("export and import", () => {
  it.each(["source", "target"])("give the same model back, weights in %s order", async (order) => {
    const folder = at(`export-${order}`);
    const exported = await onebit(["export", at("run"), "--out", folder, "--order", order, "--json"]);
    expect(JSON.parse(exported.out).files).toHaveLength(4);
    expect(await readFile(`${folder}/weights.txt`, "utf8")).toMatch(/^[01]{1072}$/);
    const model = at(`${order}.onebit`);
    const imported = await onebit(["import", folder, "--out", model, "--json"]);
    const { modelSha256 } = await result("run");
    expect(JSON.parse(imported.out)).toEqual({ path: model, layers: [64, 16, 3], modelSha256 });

    for (const argv of [
      ["export", at("run"), "--out", folder],
      ["import", folder, "--out", model],
    ]) {
      expect(await onebit(argv)).toMatchObject({ status: 2, err: expect.stringContaining("exists already") });
      expect(await onebit([...argv, "--force"])).toMatchObject({ status: 0, err: "" });
    }
  });
});

describe("start", () => {
  const start = () => onebit(["start", "--out", at("first")]);

  it("continues a run, plots and exports it, and then shows it", async () => {
    await mkdir(at("first"));
    await writeFile(at("first", "config.json"), await readFile(at("run", "config.json")));
    const first = await start();
    expect(first).toMatchObject({ status: 0, err: "" });
    expect(first.out).toMatch(/^test accuracy \d+\.\d\d %: the frozen model's/m);
    expect(first.out).toContain(`onebit eval ${at("first")} `);
    expect((await result("first")).modelSha256).toBe((await result("run")).modelSha256);
    expect((await readdir(at("first", "export"))).sort()).toEqual([
      "manifest.json",
      "scores.txt",
      "thresholds.txt",
      "weights.txt",
    ]);
    expect(await readFile(at("first", "curves.svg"), "utf8")).toMatch(/^<svg/);

    await rm(at("first", "curves.svg"));
    const again = await start();
    expect(again.out).toContain("holds a finished run; train it anew with: npm start -- --force");
    expect(await readFile(at("first", "curves.svg"), "utf8")).toMatch(/^<svg/);

    const idle = await onebit(["start", "--out", at("first"), "--threads", "1"]);
    expect(idle).toMatchObject({ status: 2, err: expect.stringContaining("--threads has nothing to do") });

    await writeFile(at("first", "metrics.jsonl"), '{"epoch":1,'); // the checkpoint has the rows, too
    expect((await start()).status).toBe(0);
    await writeFile(at("first", "result.json"), "{}");
    const broken = await start();
    expect(broken).toMatchObject({ status: 2, err: expect.stringContaining("result.json is not the result of a run") });
  });
});
