/** Training in Chromium: the committed model, with threads and without, on and beside the main thread, under any
 *  policy. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeIdx, exporters, loadModel } from "onebit";
import { fromCanvas } from "onebit/infer";
import { loadDataSet } from "onebit/node";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { firstOf } from "../../src/data/dataset.ts";
import { COMMITTED_MODEL } from "../train/committed.ts";
import { launch, type Visit, visit } from "./browser.ts";
import { type Served, type Server, serve } from "./server.ts";
import { faults } from "./site/faults.ts";

let browser: Browser;
let files: Record<string, Uint8Array>;
let open: { readonly server: Server; readonly visit: Visit } | undefined;

beforeAll(async () => {
  browser = await launch();
  const { inputs, labels } = firstOf((await loadDataSet("mnist")).train, 7000);
  files = {
    "/mnist/images": encodeIdx([7000, 28, 28], inputs as Uint8Array),
    "/mnist/labels": encodeIdx([7000], labels),
    "/model.onebit": await readFile(new URL("../../hdl/boards/ice40-hx8k/784-64-64-32-10.onebit", import.meta.url)),
  };
});

afterEach(async () => {
  await open?.visit.close();
  await open?.server.close();
  open = undefined;
});

afterAll(() => browser.close());

/** The built page, served so. */
async function visitSite(served: Omit<Served, "root" | "files"> = {}): Promise<Visit> {
  const server = await serve({ root: join(inject("site"), "dist/index"), files, ...served });
  open = { server, visit: await visit(browser, server.origin) };
  return open.visit;
}

/** What a strict site allows, and Vite's small assets; Chromium asks for `connect-src` to fetch the model. */
const STRICT = "default-src 'none'; connect-src 'self'; img-src data:; worker-src 'self'; script-src 'self'";

test("in a worker of a cross-origin isolated page: the committed model, on threads", async () => {
  const page = await visitSite({ isolated: true });
  const { value, error, isolated } = await page.run("worker", "train", { threads: "auto" });
  expect({ error, isolated }).toEqual({ error: undefined, isolated: true });
  expect(value!.hash).toBe(COMMITTED_MODEL);
  expect(value!.threads).toBeGreaterThan(1);
  expect((await page.run("worker", "train", { threads: 3 })).value).toEqual({ threads: 3, hash: COMMITTED_MODEL });
  expect(page.errors).toEqual([]);
});

test("in a worker of a page that is not isolated: the committed model, on one thread; more are refused", async () => {
  const page = await visitSite();
  const { value, isolated } = await page.run("worker", "train", { threads: "auto" });
  expect({ value, isolated }).toEqual({ value: { threads: 1, hash: COMMITTED_MODEL }, isolated: false });
  const { error } = await page.run("worker", "train", { threads: 2 });
  expect(error).toMatchObject({ name: "OnebitError", code: "host" });
  expect(error!.message).toContain("not cross-origin isolated");
  expect(error!.hint).toContain("Cross-Origin-Opener-Policy");
  expect(page.errors).toEqual([]);
});

test("on the main thread: the committed model, on one thread; more are refused, isolated or not", async () => {
  const page = await visitSite({ isolated: true });
  const { value } = await page.run("page", "train", { threads: "auto" });
  expect(value).toEqual({ threads: 1, hash: COMMITTED_MODEL });
  const { error } = await page.run("page", "train", { threads: 2 });
  expect(error).toMatchObject({ name: "OnebitError", code: "host" });
  expect(error!.message).toContain("main thread");
  expect(page.errors).toEqual([]);
});

test("a policy without 'wasm-unsafe-eval': training says so, inference goes on and says why it is slow", async () => {
  const page = await visitSite({ policy: STRICT });
  for (const where of ["page", "worker"] as const) {
    const { error } = await page.run(where, "train", { threads: 1 });
    expect(error).toMatchObject({ name: "OnebitError", code: "host" });
    expect(error!.message).toContain("Content-Security-Policy");
    expect(error!.hint).toContain("'wasm-unsafe-eval'");
    const { value, violations } = await page.run(where, "classify", { url: "/model.onebit", images: blank });
    expect(value).toMatchObject({ engine: "plain", classes: expected(blank) });
    expect(value!.engineNote).toContain("'wasm-unsafe-eval'");
    // The compilations of WebAssembly that are reported, and no probe for eval.
    expect(new Set(violations.map((text) => text.split(" ")[1]))).toEqual(new Set(["wasm-eval"]));
  }
  expect(page.errors).toEqual([]);
});

test("a policy with 'wasm-unsafe-eval': training and inference break no rule", async () => {
  const page = await visitSite({ policy: `${STRICT} 'wasm-unsafe-eval'` });
  const { value, violations } = await page.run("worker", "train", { threads: "auto" });
  expect({ value, violations }).toEqual({ value: { threads: 1, hash: COMMITTED_MODEL }, violations: [] });
  const classified = await page.run("page", "classify", { url: "/model.onebit", images: blank });
  expect(classified.value).toEqual({ engine: "wasm", engineNote: undefined, classes: expected(blank) });
  expect(classified.violations).toEqual([]);
  expect(page.errors).toEqual([]);
});

test("a policy without worker-src blob: says that threads cannot start, and with it they do", async () => {
  const page = await visitSite({ isolated: true, policy: `${STRICT} 'wasm-unsafe-eval'` });
  const { error, violations } = await page.run("worker", "train", { threads: 2 });
  expect(error).toMatchObject({ name: "OnebitError", code: "worker" });
  expect(error!.hint).toContain("worker-src blob:");
  expect(violations).toEqual(["worker-src blob"]);
  await open!.visit.close();
  await open!.server.close();
  const policy = `${STRICT} 'wasm-unsafe-eval'`.replace("worker-src", "worker-src blob:");
  const allowed = await visitSite({ isolated: true, policy });
  const { value, violations: none } = await allowed.run("worker", "train", { threads: 2 });
  expect({ value, none }).toEqual({ value: { threads: 2, hash: COMMITTED_MODEL }, none: [] });
});

test("bad input is the same OnebitError as in Node", async () => {
  const inNode = await faults({});
  for (const [title, fault] of Object.entries(inNode)) {
    expect(fault?.name, title).toBe("OnebitError");
    expect(fault!.message, title).not.toBe("");
  }
  const page = await visitSite();
  expect((await page.run("page", "faults", {})).value).toEqual(inNode);
  const { error } = await page.run("page", "classify", { url: "/nowhere.onebit", images: [] });
  expect(error).toMatchObject({ name: "OnebitError", code: "file" });
  expect(error!.message).toContain("404");
});

test("a model is exported byte for byte as in Node", async () => {
  const page = await visitSite();
  const { value } = await page.run("worker", "exportC", { url: "/model.onebit" });
  const here = exporters.c(loadModel(files["/model.onebit"]!));
  expect(here.length).toBeGreaterThan(2);
  expect(Object.keys(value!).sort()).toEqual(here.map(({ name }) => name).sort());
  for (const { name, chunks } of here) {
    const bytes = Buffer.from(Object.values(value![name] as unknown as Record<string, number>));
    expect(bytes.equals(Buffer.concat(chunks)), name).toBe(true);
  }
});

test("a model is fetched by its address and classifies as in Node", async () => {
  const { inputs } = firstOf((await loadDataSet("mnist")).train, 50);
  const page = await visitSite();
  for (const where of ["page", "worker"] as const) {
    const { value } = await page.run(where, "classify", { url: "/model.onebit", images: [...inputs] });
    expect(value).toEqual({ engine: "wasm", engineNote: undefined, classes: expected(inputs) });
  }
  expect(new Set(expected(inputs)).size).toBeGreaterThan(5);
});

test("a drawing on a canvas is fitted as in Node", async () => {
  const page = await visitSite();
  for (const where of ["page", "worker"] as const) {
    const { value, error } = await page.run(where, "draw", { width: 120, height: 160 });
    expect(error).toBeUndefined();
    const { data, digit } = value!;
    expect(digit).toEqual([...fromCanvas({ width: 120, height: 160, data: Uint8ClampedArray.from(data) })]);
    expect(loadModel(files["/model.onebit"]!).predict(Uint8Array.from(digit))).toEqual(["7"]);
  }
});

test("the table of formats is there, and all entry points have one OnebitError", async () => {
  const page = await visitSite();
  const { value } = await page.run("page", "known", {});
  expect(value).toEqual({ formats: Object.keys(exporters), oneError: true });
  expect(page.errors).toEqual([]);
});

const blank = Array.from({ length: 784 }, () => 0);

function expected(images: ArrayLike<number>): string[] {
  return loadModel(files["/model.onebit"]!).predict(Uint8Array.from(images));
}
