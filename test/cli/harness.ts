/** Runs the command line in this process, with captured output, on a tiny data set. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import type { Io, Output } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run.ts";
import { randomWords } from "../../src/core/random.ts";
import { encodeIdx } from "../../src/data/idx.ts";

export interface Captured extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** Does what Ctrl-C does. */
  readonly interrupt: () => void;
  readonly exits: number[];
}

export function captured(
  given: { isTTY?: boolean; columns?: number; env?: Io["env"]; onWrite?: (text: string, io: Captured) => void } = {},
): Captured {
  const texts = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  const output = (name: keyof typeof texts): Output => ({
    write(text) {
      texts[name] += text;
      given.onWrite?.(text, io);
    },
    isTTY: given.isTTY ?? false,
    columns: given.columns ?? 100,
  });
  const io: Captured = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: given.env ?? {},
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    command: [process.execPath, fileURLToPath(new URL("../../dist/cli.js", import.meta.url))],
    exit: (status) => void io.exits.push(status),
    exits: [],
    out: () => texts.stdout,
    err: () => texts.stderr,
    interrupt() {
      for (const listener of listeners) listener();
    },
  };
  return io;
}

export interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `onebit ...argv`. */
export async function onebit(argv: readonly string[], io = captured()): Promise<Run> {
  const status = await runCli(argv, io);
  return { status, out: io.out(), err: io.err() };
}

/** A folder for the tests of a file, removed after them. */
export function temporaryFolder(): (...names: string[]) => string {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "onebit-cli-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return (...names) => join(folder, ...names);
}

/** Writes an IDX folder of 8 × 8 images: class c is a bar in rows 2c and 2c + 1, `brightness` above the noise. */
export async function writeBars(folder: string, classes = 3, brightness = 140): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [part, count] of [
    ["train", 96],
    ["t10k", 48],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
    const next = randomWords(1, part);
    const images = Uint8Array.from({ length: 64 * count }, (_, i) => {
      const bar = Math.floor((i % 64) / 16) === labels[Math.floor(i / 64)];
      return (bar ? brightness : 0) + (next() % 110);
    });
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), encodeIdx([count, 8, 8], images));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), encodeIdx([count], labels));
  }
}
