/** Mutation fuzzing of every reader, each in a process of its own under a watchdog of memory and time.
 *
 *      npm run fuzz                                   25,000 inputs a reader, under a seed that is printed
 *      npm run fuzz -- --seed 7 --inputs 1000         others
 *      npm run fuzz -- --seed 7 --reader png --from 412 --inputs 1     one input again
 *
 *  A broken input must end in an OnebitError of a code, or be read. Anything else (another error, a crash, a second of
 *  computing, more memory than the input's header rightly asks) is a fault: the input is kept in the folder that is named. */

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { OnebitError } from "../../src/core/errors.ts";
import { randomWords } from "../../src/core/random.ts";
import { type Reader, readers } from "./readers.ts";

/** Of a reader's process beyond what it had after its first inputs, garbage included. */
const MOST_MEMORY = 256 * 2 ** 20;
/** Seconds without a sign of life, of a process that may have to wait for a core. */
const PATIENCE = 60;
/** Seconds of computing for one input. */
const MOST_SECONDS = 1;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "25000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    from: { type: "string", default: "0" },
    reader: { type: "string" },
    child: { type: "boolean", default: false },
  },
});
const [inputs, seed, from] = [Number(values.inputs), Number(values.seed), Number(values.from)];

const all = await readers();
const wanted = all.filter(({ name }) => values.reader === undefined || name === values.reader);
if (wanted.length === 0) throw new Error(`the readers are ${all.map(({ name }) => name).join(", ")}`);
if (values.child) await fuzz(wanted[0]!);
else await watchAll();

/** Reads the inputs, in this process. A line each 100 inputs, and a summary at the end. */
async function fuzz(reader: Reader): Promise<void> {
  const ends: Record<string, number> = {};
  let base = 0;
  for (let i = from; i < from + inputs; i++) {
    const bytes = reader.make(randomWords(seed, `${reader.name} ${i}`));
    if (i === from + 20 || i === from) base = process.resourceUsage().maxRSS;
    const before = process.memoryUsage().arrayBuffers;
    const started = process.cpuUsage();
    const { end, value } = await endOf(reader, bytes);
    const allocated = process.memoryUsage().arrayBuffers - before; // less than 0 after a garbage collection
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6;
    const fault =
      typeof end !== "string"
        ? ((end as Error).stack ?? String(end))
        : allocated > reader.room(bytes)
          ? `it allocates ${allocated} bytes, ${reader.room(bytes)} are right`
          : seconds > MOST_SECONDS
            ? `it takes ${seconds} s of computing`
            : undefined;
    if (fault !== undefined) fail(reader, i, bytes, fault);
    if (end === "read") {
      try {
        reader.check?.(value);
      } catch (error) {
        fail(reader, i, bytes, (error as Error).stack ?? String(error));
      }
    }
    ends[end as string] = (ends[end as string] ?? 0) + 1;
    if (i % 100 > 0) continue;
    process.stdout.write(`${i}\n`);
    (globalThis as { gc?: () => void }).gc?.(); // garbage is no reader's need
  }
  const memory = 1024 * (process.resourceUsage().maxRSS - base);
  process.stdout.write(`${JSON.stringify({ ends, memory })}\n`);
}

/** How reading ends: "read", with what was read, the code of an OnebitError, or another error. */
async function endOf(reader: Reader, bytes: Uint8Array): Promise<{ end: unknown; value?: unknown }> {
  try {
    return { end: "read", value: await reader.read(bytes) };
  } catch (error) {
    return { end: error instanceof OnebitError && !/defect/.test(error.message) ? error.code : error };
  }
}

function fail(reader: Reader, input: number, bytes: Uint8Array, fault: string): never {
  const folder = join(tmpdir(), "onebit-fuzz");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${reader.name.replaceAll(" ", "-")}-${seed}-${input}`);
  writeFileSync(path, bytes);
  process.stderr.write(`${reader.name}, input ${input} of seed ${seed}, kept as ${path}:\n${fault}\n`);
  process.exit(1);
}

/** A process for each reader; exits with 1 when one of them fails. */
async function watchAll(): Promise<void> {
  process.stdout.write(`seed ${seed}, ${inputs} inputs a reader\n`);
  let [faults, total] = [0, 0];
  for (const { name } of wanted) {
    const started = performance.now();
    const summary = await watch(name);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    if (summary === undefined) {
      faults++;
      continue;
    }
    const { ends, memory } = summary;
    const mib = memory / 2 ** 20;
    total += inputs;
    const list = Object.entries(ends).map(([end, count]) => `${count} ${end}`);
    process.stdout.write(`${name.padEnd(14)} ${list.join(", ")}; ${mib.toFixed(0)} MiB more at most; ${seconds} s\n`);
    if (memory <= MOST_MEMORY) continue;
    faults++;
    process.stderr.write(`${name}: more than ${MOST_MEMORY / 2 ** 20} MiB\n`);
  }
  process.stdout.write(`${total} inputs, ${faults} faults\n`);
  process.exitCode = faults > 0 ? 1 : 0;
}

interface Summary {
  readonly ends: Readonly<Record<string, number>>;
  readonly memory: number;
}

/** What a reader's process says at its end; undefined when it failed, which it or this function has told. */
async function watch(name: string): Promise<Summary | undefined> {
  const args = [
    "--child",
    "--reader",
    name,
    "--seed",
    String(seed),
    "--inputs",
    String(inputs),
    "--from",
    String(from),
  ];
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--max-old-space-size=256", fileURLToPath(import.meta.url), ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let last = "";
  const kill = () => {
    process.stderr.write(`${name}: no sign of life for ${PATIENCE} s behind input ${last} of seed ${seed}\n`);
    child.kill("SIGKILL");
  };
  let alarm = setTimeout(kill, PATIENCE * 1000);
  for await (const line of createInterface(child.stdout)) {
    last = line;
    clearTimeout(alarm);
    alarm = setTimeout(kill, PATIENCE * 1000);
  }
  const status = await ended;
  clearTimeout(alarm);
  if (status === 0) return JSON.parse(last) as Summary;
  process.stderr.write(`${name}: its process ended with ${status}\n`);
  return undefined;
}
