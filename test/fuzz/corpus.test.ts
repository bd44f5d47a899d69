/** Inputs that once crashed a reader, took gigabytes, or were read though they should not be: each is refused by name, without
 *  the memory that it claims. Small ones are files in corpus/, named by their reader; large ones are made here. */

import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { sha256 } from "../../src/core/hash.ts";
import { encodeIdx, idxHeader } from "../../src/data/idx.ts";
import { encodeModel } from "../../src/model/file.ts";
import { loadIdxFolder } from "../../src/node/idx-folder.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { chunk, headerChunk, png } from "../images/png-file.ts";
import { randomModel } from "../model/random-model.ts";
import { type Reader, readers, smallTrainer } from "./readers.ts";

const all = new Map((await readers()).map((reader) => [reader.name, reader]));
const corpus = new URL("corpus/", import.meta.url);

/** Megabytes that a refusal may cost: what was measured is half of it, most of it the first piece that is decompressed. */
const MOST = 16;

/** What reading ends with. Fails when it takes more memory or time than a refusal may. */
async function endOf(run: () => unknown): Promise<unknown> {
  const [before, peak, started] = [
    process.memoryUsage().arrayBuffers,
    process.resourceUsage().maxRSS,
    process.cpuUsage(),
  ];
  const end = await Promise.resolve()
    .then(run)
    .then(
      () => "read",
      (error: unknown) => error,
    );
  const { user, system } = process.cpuUsage(started);
  expect((process.memoryUsage().arrayBuffers - before) / 2 ** 20).toBeLessThan(MOST);
  expect((process.resourceUsage().maxRSS - peak) / 1024).toBeLessThan(8 * MOST); // with the heap and its garbage
  expect((user + system) / 1e6).toBeLessThan(1);
  return end;
}

const refused = (code: string, message: string) =>
  expect.objectContaining({ name: "OnebitError", code, message: expect.stringContaining(message) });

test.each(readdirSync(corpus))("%s", async (file) => {
  const reader = all.get(file.split("-")[0]!)!;
  const end = await endOf(() => reader.read(Uint8Array.from(readFileSync(new URL(file, corpus)))));
  expect(end).toMatchObject({ name: "OnebitError" });
});

const zeros = (mebibytes: number) => new Uint8Array(mebibytes * 2 ** 20);
const end = chunk("IEND", []);
const grey = (width: number, height: number) => headerChunk({ width, height, depth: 8, type: 0 });
const deflated = deflateSync(zeros(100));

test.each([
  ["png", "of 10,000 × 10,000", png(grey(10_000, 10_000), chunk("IDAT", deflated), end), "67,108,864 are read"],
  [
    "png",
    "of 8,000 × 8,000 without rows",
    png(grey(8000, 8000), chunk("IDAT", deflateSync(zeros(0))), end),
    "is truncated",
  ],
  ["png", "of 28 × 28 that decompresses to 100 MiB", png(grey(28, 28), chunk("IDAT", deflated), end), "more rows than"],
  ["png", "with a profile of 100 MiB and no rows", png(grey(28, 28), chunk("iCCP", deflated), end), "fewer rows than"],
  ["pgm", "of 8,000 × 8,000 in 11 bytes", Buffer.from("P2 8000 8000 255\n0 1 2"), "is truncated"],
  ["idx", "of 2 GiB in 12 bytes", idxHeader([65536, 32767]), "is truncated"],
  ["gzip", "of 2 GiB in 100 bytes", gzipSync(idxHeader([65536, 32767])), "is truncated"],
  [
    "gzip",
    "of 3 values that decompresses to 100 MiB",
    gzipSync(Buffer.concat([idxHeader([3]), zeros(100)])),
    "is too long",
  ],
])("%s %s", async (name, _, bytes, message) => {
  const reader = all.get(name) as Reader;
  expect(await endOf(() => reader.read(Uint8Array.from(bytes)))).toEqual(refused("data", message));
});

const at = temporaryFolder();

test("labels that decompress to more than the images", async () => {
  await mkdir(at("labels"));
  await writeFile(at("labels", "train-images-idx3-ubyte"), encodeIdx([3, 2, 2], new Uint8Array(12)));
  const labels = gzipSync(Buffer.concat([idxHeader([100 * 2 ** 20]), zeros(100)]));
  await writeFile(at("labels", "train-labels-idx1-ubyte.gz"), labels);
  const message = "labels train has 3 samples, but 104857600 labels";
  expect(await endOf(() => loadIdxFolder("labels", at("labels")))).toEqual(refused("data", message));
});

/** A file of magic, version, header and rest with another header, under a right checksum. */
function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const length = new DataView(bytes.buffer).getUint32(12, true);
  const header = JSON.parse(Buffer.from(bytes.subarray(16, 16 + length)).toString());
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const content = Buffer.concat([bytes.subarray(0, 16), text, bytes.subarray(16 + length, -32)]);
  content.writeUInt32LE(text.length, 12);
  return content;
}

test.each([
  ["claims a gigabyte of weights", { shape: [65793], layers: [{ kind: "output", units: 65793 }] }, "which takes"],
  ["has a header of 2 MiB", { info: { text: "x".repeat(2 ** 21) } }, "has a header of 2 MiB; at most 1 MiB are read"],
])("a model that %s", async (_, values, message) => {
  const content = withHeader(encodeModel(randomModel([8, 4], "threshold", 1)), (header) =>
    Object.assign(header, values),
  );
  const bytes = Uint8Array.from([...content, ...new Uint8Array(32)]);
  expect(await endOf(() => all.get("model")!.read(bytes))).toEqual(refused("model", message));
});

type Header = { [key: string]: unknown };
const plan = (change: (plan: Header) => void) => (header: Header) => change(header.plan as Header);
const layers = (change: (layers: Header[]) => void) =>
  plan(({ network }) => change((network as { layers: Header[] }).layers));

test.each<[string, (header: Header) => void, string]>([
  ["no plan", (header) => delete header.plan, "its plan does not hold a JSON object"],
  ["a batch of 0", plan((values) => Object.assign(values, { batch: 0 })), "batch: too small"],
  ["a layer of another kind", layers(([first]) => Object.assign(first!, { kind: "conv" })), 'no layer of kind "conv"'],
  [
    "a layer of a prototype's name",
    layers(([first]) => Object.assign(first!, { kind: "constructor" })),
    "no layer of kind",
  ],
  ["a layer that does not follow", layers((list) => list.pop()), "the network ends with binaryDense(3)"],
  ["a layer of a million units", layers(([first]) => Object.assign(first!, { units: 60_000 })), "1140000 weights"],
  ["samples of another size", (header) => Object.assign(header, { shape: [400] }), "2015 weights, but its arrays hold"],
  ["no shape", (header) => Object.assign(header, { shape: null }), "a shape is an array of sizes, not null"],
  ["classes too few", (header) => Object.assign(header, { classes: ["a"] }), "3 outputs for 1 classes"],
  [
    "classes that are numbers",
    (header) => Object.assign(header, { classes: [0, 1, 2] }),
    "not a list of different names",
  ],
  ["a digest that is none", (header) => Object.assign(header, { data: 3 }), "data is not the digest"],
  ["half an epoch", (header) => Object.assign(header, { epoch: 0.5 }), "epoch is 0.5"],
  ["more epochs than rows", (header) => Object.assign(header, { epoch: 9 }), "rows are not a list of 9"],
  ["a row of null", (header) => Object.assign(header, { rows: [null], epoch: 1 }), "rows[0] is not that of epoch 1"],
  ["steps below 0", (header) => Object.assign(header, { steps: -1 }), "steps is -1"],
  ["no arrays", (header) => Object.assign(header, { arrays: {} }), "arrays are not a list"],
  [
    "an array of -1 numbers",
    (header) => Object.assign((header.arrays as Header[])[0]!, { length: -1 }),
    "is not the name and",
  ],
  ["an array twice", ({ arrays }) => (arrays as Header[]).push((arrays as Header[])[0]!), "is there twice"],
  ["an array too long", ({ arrays }) => Object.assign((arrays as Header[])[0]!, { length: 1e9 }), "numbers take"],
])("a checkpoint with a right checksum and %s", async (_, change, message) => {
  const trainer = await smallTrainer();
  const content = withHeader(trainer.checkpoint(), change);
  await trainer.close();
  const bytes = Uint8Array.from([...content, ...sha256(content)]);
  expect(await endOf(() => all.get("checkpoint")!.read(bytes))).toEqual(refused("checkpoint", message));
});

test("a checkpoint with a number that is none", async () => {
  const trainer = await smallTrainer();
  const checkpoint = decodeCheckpoint(trainer.checkpoint());
  await trainer.close();
  const arrays = new Map([...checkpoint.arrays].map(([name, values]) => [name, values.slice()]));
  const [name, values] = [...arrays][0]!;
  values[2] = Number.NaN;
  const message = `number 2 of ${name} is NaN`;
  expect(await endOf(() => all.get("checkpoint")!.read(encodeCheckpoint({ ...checkpoint, arrays })))).toEqual(
    refused("checkpoint", message),
  );
});
