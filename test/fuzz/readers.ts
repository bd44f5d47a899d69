/** What is fuzzed: each reader of files that may come from anywhere, how its inputs are made, checksums repaired so that what
 *  lies behind them is reached, and how much memory it may take. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync, inflateRawSync } from "node:zlib";
import { expand } from "../../src/config/expand.ts";
import { parseConfig } from "../../src/config/read.ts";
import { parseRecipe } from "../../src/config/recipe.ts";
import { OnebitError } from "../../src/core/errors.ts";
import type { Extent } from "../../src/core/limits.ts";
import { below } from "../../src/core/random.ts";
import { encodeIdx, type IdxArray, idxExtent, parseIdx } from "../../src/data/idx.ts";
import { threshold } from "../../src/encoders/index.ts";
import { importText, textLengths } from "../../src/export/text/read.ts";
import { writeText } from "../../src/export/text/write.ts";
import type { GreyPicture } from "../../src/images/grey.ts";
import { decodePgm, pgmExtent } from "../../src/images/pgm.ts";
import { pngExtent } from "../../src/images/png/chunks.ts";
import { decodePng } from "../../src/images/png/decode.ts";
import { batchNorm, binaryDense, scale, sign } from "../../src/layers/index.ts";
import { decodeModel, encodeModel, type ModelFile, modelExtent } from "../../src/model/file.ts";
import { modelHash } from "../../src/model/hash.ts";
import { classesOf } from "../../src/model/model.ts";
import { sequential } from "../../src/network/sequential.ts";
import { checkpointExtent, decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { compile, openCheckpoint } from "../../src/train/compile.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { chunk, headerChunk, type PngLayout, png, pngFile } from "../images/png-file.ts";
import { randomImages, randomModel } from "../model/random-model.ts";
import { mutateBytes, mutateJson, type Next, pick } from "./mutate.ts";

export interface Reader {
  readonly name: string;
  /** A broken input, a function of the random words. */
  make(next: Next): Uint8Array;
  /** Reads it, under the watchdog; what it throws is looked at. */
  read(bytes: Uint8Array): unknown;
  /** What must hold of what was read. Throws when it does not. */
  check?(read: unknown): void;
  /** Bytes of all arrays that reading this input may allocate: twice what its header rightly asks, and what is fixed. */
  room(bytes: Uint8Array): number;
}

/** Hash states, texts, tables. */
const FIXED = 2 ** 20;
/** What decompression takes beside its result: windows and tables, anew for each piece. */
const INFLATION = 2 ** 23;

export async function readers(): Promise<readonly Reader[]> {
  return [
    modelReader("model", [
      encodeModel(randomModel([40, 20, 9, 4], "threshold", 1), { note: "ü" }, ["a", "b", "c", "d"]),
      encodeModel({ ...randomModel([36, 7, 3], "pixels", 2), shape: [6, 6, 1] }),
      encodeModel(randomModel([5, 3], "pixels", 3)),
      fixture("test/model/fixtures/version-1-pixels.onebit"),
    ]),
    await checkpointReader(),
    pngReader(),
    pgmReader(),
    idxReader("idx", (bytes) => bytes),
    idxReader("idx in gzip", (bytes, next) => gzipSync(bytes, { level: below(next(), 10) })),
    gzipReader(),
    textReader(),
    jsonReader("run", expand(parseRecipe({ preset: "quick" }, "x")), { version: 2 }),
    jsonReader(
      "recipe",
      { preset: "quick", layers: [784, 64, 10], binarize: { kind: "threshold", threshold: 100 }, seed: 2 },
      {},
    ),
  ];
}

/** What `readBytes` does, of a file that is in memory. */
export function readThrough(bytes: Uint8Array, extent: Extent): Uint8Array {
  let start = bytes.subarray(0, 0);
  for (;;) {
    const wanted = Math.min(bytes.length, extent(start, bytes.length));
    if (wanted <= start.length) return start;
    start = bytes.slice(0, wanted);
  }
}

/** From the root of the repository, where npm runs its scripts. */
const fixture = (path: string) => Uint8Array.from(readFileSync(path));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const le32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Magic, version, header and what follows it, with header or rest broken, or anything. */
function framed(bytes: Uint8Array, next: Next): Uint8Array {
  const length = new DataView(bytes.buffer).getUint32(12, true);
  const [start, header, rest] = [bytes.subarray(0, 12), bytes.subarray(16, 16 + length), bytes.subarray(16 + length)];
  switch (below(next(), 4)) {
    case 0:
      return mutateBytes(bytes, next);
    case 1:
      return join(start, le32(length), header, mutateBytes(rest, next));
    default: {
      const broken = json(mutateJson(JSON.parse(new TextDecoder().decode(header)), next));
      return join(start, le32(broken.length), broken, rest);
    }
  }
}

function modelReader(name: string, originals: readonly Uint8Array[]): Reader {
  /** With a right SHA-256: of the header or, in version 1, of all. */
  const seal = (bytes: Uint8Array) => {
    if (bytes.length < 48) return bytes;
    const end = bytes[8] === 1 ? -32 : Math.min(bytes.length - 32, 16 + new DataView(bytes.buffer).getUint32(12, true));
    return join(bytes.subarray(0, -32), sha256(bytes.subarray(0, end)));
  };
  return {
    name,
    make(next) {
      const bytes = seal(framed(pick(next, originals), next));
      // The reader tells which hash the model would have to name.
      try {
        decodeModel(bytes);
      } catch (error) {
        const [, named, actual] = /names its model (\w*), but holds (\w+)/.exec((error as Error).message) ?? [];
        if (named && actual)
          return seal(
            Uint8Array.from(Buffer.from(Buffer.from(bytes).toString("latin1").replace(named, actual), "latin1")),
          );
      }
      return bytes;
    },
    read: (bytes) => decodeModel(readThrough(bytes, modelExtent("x.onebit")), "x.onebit"),
    check(read) {
      const { model, hash, info, classes } = read as ModelFile;
      if (modelHash(model) !== hash) throw new Error("a model that is not the one its file names");
      if (classes && classes.length !== classesOf(model)) throw new Error("classes that are not the model's");
      encodeModel(model, info, classes);
    },
    room: (bytes) => 3 * bytes.length + 16_384, // the file, its rows in memory, a hash's state
  };
}

/** A trainer of a small network, after two epochs. */
export async function smallTrainer(): Promise<Trainer> {
  const trainer = await compile(
    sequential(threshold(127), [binaryDense(5), batchNorm(), sign(), binaryDense(3), scale()]),
    { inputs: randomImages(12, 16, 1), labels: Uint8Array.from({ length: 12 }, (_, i) => i % 3), shape: [4, 4, 1] },
    { batch: 4, validation: 2, kernels: "reference", threads: 1 },
  );
  await trainer.fit({ epochs: 2 });
  return trainer;
}

async function checkpointReader(): Promise<Reader> {
  const trainer = await smallTrainer();
  const originals = [trainer.checkpoint(), fixture("test/cli/fixtures/version-1/stopped/checkpoint.bin")];
  await trainer.close();
  return {
    name: "checkpoint",
    make(next) {
      const bytes = framed(pick(next, originals), next);
      return bytes.length < 32 ? bytes : join(bytes.subarray(0, -32), sha256(bytes.subarray(0, -32)));
    },
    async read(bytes) {
      const checkpoint = decodeCheckpoint(readThrough(bytes, checkpointExtent("x.bin")), "x.bin");
      // More than this would be asked for rightly, by the batch, but not here.
      if (checkpoint.plan.batch > 100) return;
      const opened = await openCheckpoint(checkpoint, { kernels: "reference", threads: 1 });
      try {
        opened.freeze();
        opened.checkpoint();
      } finally {
        await opened.close();
      }
    },
    room: (bytes) => 8 * bytes.length + 4 * FIXED,
  };
}

function pngReader(): Reader {
  const size = { width: 13, height: 9 };
  const samples = (channels: number, most: number) =>
    Array.from({ length: size.width * size.height * channels }, (_, i) => (i * i * 7) % (most + 1));
  const palette = Array.from({ length: 48 }, (_, i) => i * 5);
  const layouts: readonly PngLayout[] = [
    { ...size, type: 0, depth: 8, samples: samples(1, 255), filters: [0, 1, 2, 3, 4] },
    { ...size, type: 0, depth: 1, samples: samples(1, 1), interlaced: true, transparency: [0, 1] },
    { ...size, type: 2, depth: 16, samples: samples(3, 65535), filters: [4], interlaced: true },
    { ...size, type: 3, depth: 4, samples: samples(1, 15), palette, transparency: [0, 128] },
    { ...size, type: 6, depth: 8, samples: samples(4, 255), filters: [2, 3], chunkLength: 20 },
  ];
  const files = layouts.map(pngFile);
  return {
    name: "png",
    make(next) {
      if (next() & 1) return sealChunks(mutateBytes(pick(next, files), next));
      // A header beside rows that were broken before they were compressed.
      const layout = pick(next, layouts);
      const edge = () =>
        pick(next, [0, 1, 2, 3, 7, 8, 9, 13, 14, 100, 65_536, 2 ** 20, 2 ** 26, 2 ** 31 - 1, 2 ** 32 - 1]);
      const header = {
        width: next() & 1 ? layout.width : edge(),
        height: next() & 1 ? layout.height : edge(),
        depth: next() & 1 ? layout.depth : pick(next, [1, 2, 4, 8, 16, 0, 3, 32]),
        type: next() & 1 ? layout.type : below(next(), 8),
        interlaced: (next() & 1) === 1,
      };
      const rows = mutateBytes(
        Uint8Array.from({ length: below(next(), 3000) }, () => next() & 3),
        next,
      );
      const chunks = [
        chunk("PLTE", palette.slice(0, below(next(), 48))),
        chunk("tRNS", palette.slice(0, below(next(), 8))),
        chunk("iCCP", deflateSync(new Uint8Array(100_000))),
      ].filter(() => next() & 1);
      return png(headerChunk(header), ...chunks, chunk("IDAT", deflateSync(rows)), chunk("IEND", []));
    },
    read: (bytes) => decodePng(readThrough(bytes, pngExtent("x.png")), "x.png"),
    check: checkPicture,
    room(bytes) {
      const view = new DataView(bytes.buffer);
      const pixels = bytes.length < 24 ? 0 : view.getUint32(16) * view.getUint32(20);
      // Eight bytes a pixel is the most that a header can ask for; rows that cannot be there are not asked for rightly.
      return bytes.length + 2 * 8 * Math.min(pixels, 8 * 1032 * bytes.length) + INFLATION;
    },
  };
}

function checkPicture(read: unknown): void {
  const { width, height, pixels } = read as GreyPicture;
  if (pixels.length !== width * height) throw new Error("a picture of another size");
}

/** With right checksums of all chunks that are still there. */
function sealChunks(bytes: Uint8Array): Uint8Array {
  const parts = [bytes.subarray(0, 8)];
  const view = new DataView(bytes.buffer);
  for (let at = 8; at < bytes.length; ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at + 12 + length > bytes.length) return join(...parts, bytes.subarray(at));
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    parts.push(chunk(type, bytes.subarray(at + 8, at + 8 + length)));
    at += 12 + length;
  }
  return join(...parts);
}

function pgmReader(): Reader {
  const text = (content: string, ...bytes: number[]) => join(new TextEncoder().encode(content), Uint8Array.from(bytes));
  const originals = [
    text("P5 3 2 255\n", 0, 50, 100, 150, 200, 255),
    text("P5 # a comment\n2 2 65535\n", 0, 1, 2, 3, 4, 5, 6, 255),
    text("P2\n3 2\n# greatest\n15\n0 1 2\n13 14 15\n"),
  ];
  return {
    name: "pgm",
    make: (next) => mutateBytes(pick(next, originals), next),
    read: (bytes) => decodePgm(readThrough(bytes, pgmExtent("x.pgm")), "x.pgm"),
    check: checkPicture,
    room: (bytes) => 3 * bytes.length + FIXED,
  };
}

const idxFiles = [
  encodeIdx([3, 4, 4], randomImages(3, 16, 1)),
  encodeIdx([20], randomImages(1, 20, 2)),
  encodeIdx([2, 2, 2, 3], randomImages(2, 12, 3)),
];

const readIdx = (bytes: Uint8Array) => parseIdx(readThrough(bytes, idxExtent("x-idx")), "x-idx");

function checkIdx(read: unknown): void {
  const { dimensions, values } = read as IdxArray;
  if (dimensions.reduce((a, b) => a * b, 1) !== values.length) throw new Error("an array of another size");
}

/** The broken array, packed. */
function idxReader(name: string, pack: (bytes: Uint8Array, next: Next) => Uint8Array): Reader {
  return {
    name,
    make: (next) => Uint8Array.from(pack(mutateBytes(pick(next, idxFiles), next), next)),
    read: readIdx,
    check: checkIdx,
    room: (bytes) => 2 * 1032 * bytes.length + INFLATION,
  };
}

/** The broken gzip file, of one or two members. */
function gzipReader(): Reader {
  const originals = idxFiles.flatMap((bytes): Uint8Array[] => [
    Uint8Array.from(gzipSync(bytes)),
    join(gzipSync(bytes.subarray(0, 9)), gzipSync(bytes.subarray(9), { level: 0 })),
    Uint8Array.from(gzipSync(join(bytes.subarray(0, 8), new Uint8Array(100_000)))),
  ]);
  return {
    name: "gzip",
    make(next) {
      const bytes = mutateBytes(pick(next, originals), next);
      const sealed = next() & 1 ? sealGzip(bytes) : undefined;
      return sealed ?? bytes;
    },
    read: readIdx,
    check: checkIdx,
    room: (bytes) => 2 * 1032 * bytes.length + INFLATION,
  };
}

/** With the right checksum and length in its trailer, where it is of one member that can be decompressed. */
function sealGzip(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const content = inflateRawSync(bytes.subarray(10, -8), { maxOutputLength: 2 ** 22 });
    return join(bytes.subarray(0, -8), gzipSync(content).subarray(-8));
  } catch {
    return undefined;
  }
}

const TEXT_NAMES = ["weights.txt", "thresholds.txt", "scores.txt", "manifest.json"] as const;

/** The four files, one behind the other in one input. */
function textReader(): Reader {
  const originals = (["threshold", "pixels"] as const).map((kind) => {
    const model = randomModel([12, 6, 4], kind, 5);
    const files = writeText({ model, info: {}, hash: modelHash(model) }, "source", "a test");
    return Object.fromEntries(files.map(({ name, chunks }) => [name, join(...chunks)]));
  });
  return {
    name: "text",
    make(next) {
      const files: Record<string, Uint8Array> = { ...pick(next, originals) };
      const name = pick(next, TEXT_NAMES);
      if (name === "manifest.json" && next() & 3) {
        files[name] = json(mutateJson(JSON.parse(new TextDecoder().decode(files[name])), next));
      } else {
        files[name] = mutateBytes(files[name]!, next);
      }
      if (name !== "manifest.json") {
        const manifest = JSON.parse(new TextDecoder().decode(files["manifest.json"]));
        delete manifest.files;
        delete manifest.model;
        files["manifest.json"] = json(manifest);
      }
      return json(
        Object.fromEntries(Object.entries(files).map(([key, bytes]) => [key, Buffer.from(bytes).toString("latin1")])),
      );
    },
    read(bytes) {
      const texts = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, string>>;
      const files = Object.fromEntries(
        Object.entries(texts).map(([key, text]) => [key, Uint8Array.from(Buffer.from(text, "latin1"))]),
      );
      textLengths(files["manifest.json"]);
      return importText(files);
    },
    check(read) {
      const { model, info, classes } = read as ModelFile;
      encodeModel(model, info, classes);
    },
    room: (bytes) => 4 * bytes.length + FIXED,
  };
}

function jsonReader(name: string, original: object, version: object): Reader {
  const text = json({ ...version, ...original });
  return {
    name,
    make: (next) =>
      next() & 7 ? json(mutateJson(JSON.parse(new TextDecoder().decode(text)), next)) : mutateBytes(text, next),
    read(bytes) {
      let value: unknown;
      try {
        value = JSON.parse(new TextDecoder().decode(bytes));
      } catch {
        throw new OnebitError("config", "x.json is not JSON");
      }
      return parseConfig(value, "x.json");
    },
    room: (bytes) => 4 * bytes.length + FIXED,
  };
}
