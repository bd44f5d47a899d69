/** `onebit reproduce`, with the built command line training small runs in processes of their own. */

import { spawn } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { experiments } from "onebit-report";
import { expect, test } from "vitest";
import { Store } from "../../src/cli/reproduce/store.ts";
import { type RunRow, runKey, runRow } from "../../src/runs/runs.ts";
import { captured, onebit, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
const FIGURE = "beyond-gradient-bits";
const RUNS = 5;

const reproduce = (out: string, ...more: string[]) =>
  onebit(["reproduce", FIGURE, "--scale", "smoke", "--out", out, ...more]);

/** The results that are kept, in the order in which the figure asks for them. */
async function rows(out: string): Promise<RunRow[]> {
  const store = new Store(`${out}/results`);
  await store.load();
  const runs = experiments.find(({ id }) => id === FIGURE)!.runs!("smoke");
  return runs.flatMap((run) => store.run(runKey(run)) ?? []);
}

/** What a result is, without how long it took. */
const results = (all: readonly RunRow[]) => all.map(({ seconds: _, machine: __, ...result }) => result);

const events = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string; label?: string });

const MINUTES = { timeout: 180_000 };

test("trains, draws, and trains nothing twice, whatever the number of jobs", MINUTES, async () => {
  const [one, two] = [folder("one"), folder("two")];
  const first = await reproduce(one, "--jobs", "1");
  expect(first).toMatchObject({ status: 0, err: "" });
  expect(first.out).toContain(`${RUNS} runs to train`);
  const all = await rows(one);
  expect(all.map(({ config }) => config.gradients)).toEqual(["float32", "int8", "int6", "int5", "int4"]);
  for (const { testAccuracy, modelSha256 } of all) {
    expect(testAccuracy.at(-1)).toBeGreaterThan(0.5);
    expect(modelSha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(await readdir(`${one}/runs`)).toEqual([]);
  expect(await readFile(`${one}/figures/${FIGURE}.svg`, "utf8")).toContain("6 bits");
  expect(await readFile(`${one}/README.md`, "utf8")).toContain("### Bits of a gradient");

  const parallel = await reproduce(two, "--jobs", "2", "--json");
  expect(parallel.status).toBe(0);
  expect(results(await rows(two))).toEqual(results(all));
  expect(events(parallel.out).filter(({ event }) => event === "run")).toHaveLength(RUNS);

  const again = await reproduce(one, "--json");
  expect(new Set(events(again.out).map(({ event }) => event))).toEqual(new Set(["start", "file"])); // no run
  expect(events(again.out)[0]).toMatchObject({ event: "start", runs: 0, done: RUNS });
  expect(await rows(one)).toEqual(all);
});

test("killed within a run, it goes on where it was", MINUTES, async () => {
  const out = folder("killed");
  const { command } = captured();
  const args = [...command.slice(1), "reproduce", FIGURE, "--scale", "smoke", "--jobs", "1", "--out", out];
  const child = spawn(command[0], args, { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // Until the first run has a checkpoint, which is after its first epoch of two.
  const checkpoint = async () =>
    (await readdir(out, { recursive: true })).some((name) => name.endsWith("checkpoint.bin"));
  while (child.exitCode === null && !(await checkpoint().catch(() => false))) await sleep(5);
  child.kill("SIGKILL");
  await ended;

  const { status, out: text } = await reproduce(out, "--json"); // at once: it waits for the run that was left behind
  expect(status).toBe(0);
  expect(events(text).filter(({ event }) => event === "run").length).toBeGreaterThanOrEqual(RUNS - 1);
  expect(results(await rows(out))).toEqual(results(await rows(folder("one"))));
  expect(await readdir(`${out}/runs`)).toEqual([]);
});

test("goes on in run folders whose config.json is a recipe, as it was before version 2", MINUTES, async () => {
  const out = folder("recipes");
  for (const run of experiments.find(({ id }) => id === FIGURE)!.runs!("smoke")) {
    await mkdir(`${out}/runs/${runKey(run)}`, { recursive: true });
    const { config } = runRow(run, [], { modelSha256: null, machine: "" });
    await writeFile(`${out}/runs/${runKey(run)}/config.json`, JSON.stringify(config));
  }
  expect(await reproduce(out)).toMatchObject({ status: 0, err: "" });
  expect(results(await rows(out))).toEqual(results(await rows(folder("one"))));
});

test("results that are kept at the same moment are all kept", async () => {
  const store = new Store(folder("store"));
  const experiment = experiments.find(({ id }) => id === FIGURE)!;
  const row = (await rows(folder("one")))[0]!;
  const keys = experiment.runs!("smoke").map(runKey);
  await Promise.all(keys.toReversed().map((key) => store.add(experiment, { ...row, key })));
  const again = new Store(folder("store"));
  await again.load();
  for (const key of keys) expect(again.run(key)).toEqual({ ...row, key });
});

test("--draw trains nothing, and draws what there is", async () => {
  const out = folder("drawn");
  const { status, out: text } = await onebit([
    "reproduce",
    FIGURE,
    "fig-5.1",
    "--scale",
    "smoke",
    "--draw",
    "--out",
    out,
  ]);
  expect(status).toBe(0);
  expect(text).toContain(`${FIGURE}.svg`);
  const page = await readFile(`${out}/README.md`, "utf8");
  expect(page).toContain(`*0 of ${RUNS} runs are done.*`);
  const shown = [...page.matchAll(/\]\((figures\/[^)]*)\)/g)].map(([, path]) => path!);
  expect(shown.length).toBeGreaterThan(5);
  for (const path of shown) expect(await readFile(`${out}/${path}`, "utf8")).toContain("</svg>");
});

test("interrupted, it stops with 130 and keeps what is done", MINUTES, async () => {
  const out = folder("interrupted");
  const io = captured({
    onWrite: (text, io) => {
      if (text.includes('"event":"run"')) io.interrupt();
    },
  });
  const { status, err } = await onebit(
    ["reproduce", FIGURE, "--scale", "smoke", "--jobs", "1", "--out", out, "--json"],
    io,
  );
  expect(status).toBe(130);
  expect(err).toContain("Ctrl-C again");
  expect((await rows(out)).length).toBeLessThan(RUNS);
  expect(await readdir(out)).not.toContain(".lock");
});

test("what is wrong is said in one line", async () => {
  expect(await onebit(["reproduce", "fig-4.3"])).toMatchObject({
    status: 2,
    err: expect.stringMatching(/there is no figure "fig-4.3"\nDid you mean "(fig|tab)-\d.\d"\?\n$/),
  });
  expect(await onebit(["reproduce", "everything"])).toMatchObject({
    status: 2,
    err: expect.stringContaining("There are all, fig-"),
  });

  const broken = folder("broken");
  await mkdir(`${broken}/results`, { recursive: true });
  await appendFile(`${broken}/results/${FIGURE}.jsonl`, '{"key": "0"\n');
  expect(await reproduce(broken)).toMatchObject({ status: 2, err: expect.stringContaining("line 1 is not a result") });

  const busy = folder("busy");
  await mkdir(busy);
  await writeFile(`${busy}/.lock`, String(process.ppid));
  expect(await reproduce(busy)).toMatchObject({
    status: 2,
    err: expect.stringContaining(`process ${process.ppid} is at work`),
  });
});
